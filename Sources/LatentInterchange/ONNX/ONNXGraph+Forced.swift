import Latent
import LatentVAE

/// A decoder that reads what it has made, as nodes: those of each step again, one after the other.
extension ONNXGraph {
  /// The steps from teacher forcing on: [B, n] -> [B, T P].
  mutating func addForced(_ steps: ArraySlice<PlannedLayers.Step>, of plan: ModelPlan, to z: String) -> String {
    guard case .forced(let sizes)? = steps.first else { fatalError("addForced: nothing is forced") }
    // [B, 1] zeros of whatever z is, and then [B, D].
    let axes = addConstant([1], named: newName("axes"))
    let none = add("Mul", [add("ReduceSum", [z, axes], [.int("keepdims", 1)]), addNumber(0)])
    let shape = addConstant([1, sizes.features], named: newName("shape"))
    var before = add("Expand", [none, shape])
    var (states, made) = ([String: [String]](), [String]())
    for _ in 0..<sizes.steps {
      var x = addReshape(
        add("Concat", [z, before], [.int("axis", 1)]), to: [-1, 1, sizes.inputs + sizes.features])
      for step in steps.dropFirst() {
        guard let layer = step.weighted, case .recurrent(let recurrent) = layer.kind else {
          x = add(oneStep(step), to: x)
          continue
        }
        let name = layer.pythonPath(separator: ".")
        (x, states[name]) = addStep(recurrent, named: name, to: x, from: states[name] ?? [])
      }
      made.append(x)
      let mean = addMean(x, count: plan.example.features, of: plan)
      before =
        sizes.embedding.map {
          add("Gather", [$0.pythonPath(separator: ".") + ".weight", addAsWhole(addReshape(mean, to: [-1]))])
        } ?? mean
    }
    return add("Concat", made, [.int("axis", 1)])
  }

  /// The same for a single step of the sequence.
  private func oneStep(_ step: PlannedLayers.Step) -> PlannedLayers.Step {
    guard case .layer(let layer) = step, case .dense(let sizes) = layer.kind, sizes.steps != nil else { return step }
    return .layer(
      PlannedLayer(layer.place, .dense(DenseSizes(sizes.inputs, sizes.outputs, sizes.activation, steps: 1))))
  }

  /// A recurrent layer's step: [B, 1, n] and its states -> [B, 1, H], and the states after it.
  private mutating func addStep(
    _ sizes: RecurrentSizes, named name: String, to x: String, from states: [String]
  ) -> (String, [String]) {
    var attributes: [Onnx_AttributeProto] = [.int("hidden_size", sizes.units)]
    if sizes.cell == .gru { attributes.append(.int("linear_before_reset", 1)) }
    let inputs = [addTransposed(x, [1, 0, 2])] + ["W", "R", "B"].map { "\(name).\($0)" }
    let outputs = add(
      sizes.cell.rawValue.uppercased(), inputs + (states.isEmpty ? [] : [""] + states), attributes,
      outputs: sizes.cell == .lstm ? ["steps", "h", "c"] : ["steps", "h"])
    return (addTransposed(addSqueeze(outputs[0], axis: 1), [1, 0, 2]), Array(outputs.dropFirst()))
  }
}
