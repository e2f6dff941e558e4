import Latent
import LatentVAE

/// A model's layers as nodes. Inside, images have their channels first and sequences their steps, as ONNX has them.
extension ONNXGraph {
  mutating func addEncoder(_ plan: ModelPlan) {
    var x = addInput("image", [nil] + plan.example.dimensions)
    let label = plan.classes > 0 ? addInput("label", [nil, plan.classes]) : nil
    for step in plan.layers.encoder { x = add(step, to: x) }
    if let label { x = addConcatenated([x, label]) }
    for (head, name) in zip(plan.layers.heads, ["mean", "log_variance"]) {
      addOutput(name, [nil, plan.latentSize], from: add(head, to: x))
    }
  }

  mutating func addDecoder(_ plan: ModelPlan) {
    var x = addInput("z", [nil, plan.latentSize])
    if plan.classes > 0 { x = addConcatenated([x, addInput("label", [nil, plan.classes])]) }
    let place = plan.layers.decoder.firstIndex(where: \.isForced) ?? plan.layers.decoder.count
    for step in plan.layers.decoder[..<place] { x = add(step, to: x) }
    if place < plan.layers.decoder.count { x = addForced(plan.layers.decoder[place...], of: plan, to: x) }
    addOutput("reconstruction", [nil, plan.example.count], from: addMean(x, count: plan.example.count, of: plan))
    if let likelihood = plan.layers.likelihood {
      let name = likelihood.pythonPath(separator: ".")
      for (value, shape) in likelihood.parameters {
        addOutput("pixel_\(value.snakeCase)", shape, from: "\(name).\(value.snakeCase)")
      }
    }
  }

  private mutating func addConcatenated(_ parts: [String]) -> String {
    add("Concat", parts, [.int("axis", 1)])
  }

  mutating func add(_ step: PlannedLayers.Step, to x: String) -> String {
    switch step {
    case .flattened(let images):
      return add("Flatten", [images == nil ? x : addTransposed(x, [0, 2, 3, 1])], [.int("axis", 1)])
    case .images(let images, true): return addReshape(x, to: [-1, images.channels, images.height, images.width])
    case .images(let images, false):
      return addTransposed(addReshape(x, to: [-1, images.height, images.width, images.channels]), [0, 3, 1, 2])
    case .repeated(let steps):
      // [B, Z] -> [1, B, Z] -> [T, B, Z] -> [B, T, Z]
      let axes = addConstant([0], named: newName("axes"))
      let one = add("Unsqueeze", [x, axes])
      let shape = addConstant([steps, 1, 1], named: newName("shape"))
      return addTransposed(add("Expand", [one, shape]), [1, 0, 2])
    case .maskChannel(let isOfImages):
      let isMissing = add("IsNaN", [x])
      let known = add("Where", [isMissing, addNumber(0), x])
      return add("Concat", [known, addAsNumber(add("Not", [isMissing]))], [.int("axis", isOfImages ? 1 : -1)])
    case .forced(let sizes): fatalError("\(sizes) is no node")
    case .layer(let layer): return add(layer, to: x)
    }
  }

  private mutating func add(_ layer: PlannedLayer, to x: String) -> String {
    let name = layer.pythonPath(separator: ".")
    func weights(_ names: String...) -> [String] { names.map { "\(name).\($0)" } }
    switch layer.kind {
    case .recurrent(let sizes): return add(sizes, named: name, to: x)
    case .dense(let sizes):
      // Gemm takes matrices only: the steps of all sequences are its rows.
      let rows = sizes.steps == nil ? x : addReshape(x, to: [-1, sizes.inputs])
      let y = activated(add("Gemm", [rows] + weights("weight", "bias")), sizes.activation)
      return sizes.steps.map { addReshape(y, to: [-1, $0, sizes.outputs]) } ?? y
    case .convolution(let sizes):
      return activated(add("Conv", [x] + weights("weight", "bias"), attributes(of: sizes)), sizes.activation)
    case .transposedConvolution(let sizes):
      return activated(add("ConvTranspose", [x] + weights("weight", "bias"), attributes(of: sizes)), sizes.activation)
    case .embedding(let sizes):
      return add("Gather", weights("weight") + [addAsWhole(addReshape(x, to: [-1, sizes.steps]))])
    case .values: return x
    }
  }

  private mutating func add(_ sizes: RecurrentSizes, named name: String, to x: String) -> String {
    let steps = addTransposed(x, [1, 0, 2])
    let halves = sizes.parts.map { part in
      let weights = ["W", "R", "B"].map { "\(name).\(part)\($0)" }
      var attributes: [Onnx_AttributeProto] = [.int("hidden_size", sizes.units)]
      if sizes.cell == .gru { attributes.append(.int("linear_before_reset", 1)) }
      if part == "backward." { attributes.append(.string("direction", "reverse")) }
      let operation = sizes.cell.rawValue.uppercased()
      guard sizes.returnsSequence else {
        return addSqueeze(add(operation, [steps] + weights, attributes, output: 1), axis: 0)
      }
      // [T, 1, B, H] -> [T, B, H] -> [B, T, H]
      return addTransposed(addSqueeze(add(operation, [steps] + weights, attributes), axis: 1), [1, 0, 2])
    }
    return halves.count == 1 ? halves[0] : add("Concat", halves, [.int("axis", sizes.returnsSequence ? 2 : 1)])
  }

  private func attributes(of sizes: ConvolutionSizes) -> [Onnx_AttributeProto] {
    let (rows, columns) = (sizes.rowPadding, sizes.columnPadding)
    return [
      .ints("kernel_shape", [sizes.kernel.height, sizes.kernel.width]),
      .ints("pads", [rows.before, columns.before, rows.after, columns.after]),
      .ints("strides", [sizes.stride.height, sizes.stride.width]),
    ]
  }

  private mutating func activated(_ x: String, _ activation: Activation) -> String {
    switch activation {
    case .linear: return x
    case .relu, .sigmoid, .tanh, .softplus, .elu:
      return add(activation.rawValue.prefix(1).uppercased() + activation.rawValue.dropFirst(), [x])
    case .leakyRelu: return add("Max", [x, add("Mul", [x, addNumber(0.2)])])
    case .softmax: return add("Softmax", [x], [.int("axis", -1)])
    case .silu: return add("Mul", [x, add("Sigmoid", [x])])
    case .gelu:
      // x (1 + erf(x / sqrt 2)) / 2
      let scaled = add("Mul", [x, addNumber(0.5.squareRoot())])
      let share = add("Mul", [add("Add", [add("Erf", [scaled]), addNumber(1)]), addNumber(0.5)])
      return add("Mul", [x, share])
    }
  }
}
