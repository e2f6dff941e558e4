import LatentVAE

/// A model's layers as nodes. Inside, images have their channels first and sequences their steps, as ONNX has them.
extension ONNXGraph {
  mutating func addEncoder(_ plan: ModelPlan) {
    let (form, z) = (plan.form, plan.form.sizes.latent)
    var x = addInput("image", [nil, form.height, form.width])
    let label = form.classes > 0 ? addInput("label", [nil, form.classes]) : nil
    for step in plan.encoder { x = add(step, to: x) }
    if let label { x = addConcatenated([x, label]) }
    for (head, name) in zip(plan.heads, ["mean", "log_variance"]) {
      addOutput(name, [nil, z], from: add(head, to: x))
    }
  }

  mutating func addDecoder(_ plan: ModelPlan) {
    let form = plan.form
    var x = addInput("z", [nil, form.sizes.latent])
    if form.classes > 0 { x = addConcatenated([x, addInput("label", [nil, form.classes])]) }
    for step in plan.decoder { x = add(step, to: x) }
    addOutput("reconstruction", [nil, form.height * form.width], from: add("Sigmoid", [x]))
    if let likelihood = plan.likelihood {
      addOutput(
        "pixel_log_variance", [1], from: likelihood.pythonPath(separator: ".") + ".log_variance")
    }
  }

  private mutating func addConcatenated(_ parts: [String]) -> String {
    add("Concat", parts, [.int("axis", 1)])
  }

  private mutating func add(_ step: ModelPlan.Step, to x: String) -> String {
    switch step {
    case .flattened: return add("Flatten", [x], [.int("axis", 1)])
    case .images(let images): return addReshape(x, to: [-1, images.channels, images.height, images.width])
    case .repeated(let steps):
      // [B, Z] -> [1, B, Z] -> [T, B, Z] -> [B, T, Z]
      let axes = addConstant([0], named: newName("axes"))
      let one = add("Unsqueeze", [x, axes])
      let shape = addConstant([steps, 1, 1], named: newName("shape"))
      return addTransposed(add("Expand", [one, shape]), [1, 0, 2])
    case .layer(let layer): return add(layer, to: x)
    }
  }

  private mutating func add(_ layer: PlannedLayer, to x: String) -> String {
    let name = layer.pythonPath(separator: ".")
    func weights(_ names: String...) -> [String] { names.map { "\(name).\($0)" } }
    switch layer.kind {
    case .lstm(_, let units, let returnsSequence):
      let x = addTransposed(x, [1, 0, 2])
      let inputs = [x] + weights("W", "R", "B")
      let attributes: [Onnx_AttributeProto] = [.int("hidden_size", units)]
      guard returnsSequence else {
        return addSqueeze(add("LSTM", inputs, attributes, output: 1), axis: 0)
      }
      // [T, 1, B, H] -> [T, B, H] -> [B, T, H]
      return addTransposed(addSqueeze(add("LSTM", inputs, attributes), axis: 1), [1, 0, 2])
    case .bidirectionalLSTM(_, let units):
      let x = addTransposed(x, [1, 0, 2])
      let halves = [("forward", "forward"), ("backward", "reverse")].map { part, direction in
        addSqueeze(
          add(
            "LSTM", [x] + weights("\(part).W", "\(part).R", "\(part).B"),
            [.string("direction", direction), .int("hidden_size", units)], output: 1), axis: 0)
      }
      return addConcatenated(halves)
    case .gru(_, let units):
      let x = addTransposed(x, [1, 0, 2])
      let gru = add(
        "GRU", [x] + weights("W", "R", "B"), [.int("hidden_size", units), .int("linear_before_reset", 1)], output: 1)
      return addSqueeze(gru, axis: 0)
    case .dense(let sizes):
      // Gemm takes matrices only: the steps of all sequences are its rows.
      let rows = sizes.steps == nil ? x : addReshape(x, to: [-1, sizes.inputs])
      let y = activated(add("Gemm", [rows] + weights("weight", "bias")), sizes.isRelu)
      return sizes.steps.map { addReshape(y, to: [-1, $0, sizes.outputs]) } ?? y
    case .convolution(let sizes):
      return activated(add("Conv", [x] + weights("weight", "bias"), attributes(of: sizes)), sizes.isRelu)
    case .transposedConvolution(let sizes):
      return activated(add("ConvTranspose", [x] + weights("weight", "bias"), attributes(of: sizes)), sizes.isRelu)
    case .values: return x
    }
  }

  private func attributes(of sizes: ConvolutionSizes) -> [Onnx_AttributeProto] {
    let (before, after) = sizes.padding
    return [
      .ints("kernel_shape", [sizes.kernel, sizes.kernel]), .ints("pads", [before, before, after, after]),
      .ints("strides", [sizes.stride, sizes.stride]),
    ]
  }

  private mutating func activated(_ x: String, _ isRelu: Bool) -> String { isRelu ? add("Relu", [x]) : x }
}
