import LatentVAE

/// A model as two functional models of Keras 3. It reads Keras's files, and files of our own names, whose layouts are Keras's.
struct KerasProgram {
  private let plan: ModelPlan
  private let isDouble: Bool

  init(_ plan: ModelPlan, isDouble: Bool) {
    self.plan = plan
    self.isDouble = isDouble
  }

  func lines(reading format: InterchangeFormat, _ path: String, _ parity: String) -> [String] {
    let label = "parity[\"labels\"]"
    return ["import keras"] + (format == .safetensors ? [] : ["import numpy"])
      + ["from keras import layers", "from safetensors.numpy import load_file", ""]
      + (isDouble ? ["keras.config.set_floatx(\"float64\")", ""] : []) + model + [""] + loading(format, path) + [
        "", "parity = load_file(\(parity))",
        "mean, log_variance = encoder.predict_on_batch(\(inputs("parity[\"images\"]", label)))",
        "reconstruction = decoder.predict_on_batch(\(inputs("mean", label)))",
      ]
  }

  /// Keras's path of a variable is also the cell's of a recurrent layer, which is not in the files.
  private func loading(_ format: InterchangeFormat, _ path: String) -> [String] {
    let weights = format == .safetensors ? "load_file(\(path))" : "numpy.load(\(path))"
    let ours = [
      ("recurrent_kernel", "recurrentKernel"), ("log_variance", "logVariance"), ("forward_lstm", "forward"),
      ("backward_lstm", "backward"),
    ].map { "\"\($0)\": \"\($1)\"" }
    let names = format == .keras ? [] : ["names = {\(ours.joined(separator: ", "))}"]
    let (part, separator) = format == .keras ? ("part", "/") : ("names.get(part, part)", ".")
    let variance = format == .keras ? "likelihood/log_variance" : "likelihood.logVariance"
    return ["weights = \(weights)"] + names + [
      "for model in (encoder, decoder):", "    for variable in model.weights:",
      "        path = [\(part) for part in variable.path.split(\"/\") if not part.endswith(\"_cell\")]",
      "        variable.assign(weights[\"\(separator)\".join([model.name, *path])])",
    ] + (plan.likelihood == nil ? [] : ["pixel_log_variance = weights[\"\(variance)\"]"])
  }

  /// `encoder` and `decoder`.
  private var model: [String] {
    let (form, z) = (plan.form, plan.form.sizes.latent)
    let label = form.classes > 0 ? ["label = keras.Input((\(form.classes),))"] : []
    let joined = form.classes > 0 ? ["x = layers.Concatenate()([x, label])"] : []
    return label + ["x = image = keras.Input((\(form.height), \(form.width)))"] + body(plan.encoder) + joined
      + plan.heads.map { "\($0.pythonName) = \(call($0))(x)" } + [
        "encoder = keras.Model(\(inputs("image", "label")), [mean, log_variance], name=\"encoder\")", "",
        "x = z = keras.Input((\(z),))",
      ] + joined + body(plan.decoder) + [
        "x = layers.Activation(\"sigmoid\")(x)",
        "decoder = keras.Model(\(inputs("z", "label")), x, name=\"decoder\")",
      ]
  }

  private func inputs(_ first: String, _ label: String) -> String {
    plan.form.classes > 0 ? "[\(first), \(label)]" : first
  }

  private func body(_ steps: [ModelPlan.Step]) -> [String] { steps.map { "x = \(call($0))(x)" } }

  private func call(_ step: ModelPlan.Step) -> String {
    switch step {
    case .flattened: "layers.Flatten()"
    case .images(let images): "layers.Reshape((\(images.height), \(images.width), \(images.channels)))"
    case .repeated(let steps): "layers.RepeatVector(\(steps))"
    case .layer(let layer): call(layer)
    }
  }

  private func call(_ layer: PlannedLayer) -> String {
    let name = "name=\"\(layer.pythonName)\""
    func convolution(_ type: String, _ sizes: ConvolutionSizes) -> String {
      "layers.\(type)(\(sizes.filters), \(sizes.kernel), \(sizes.stride), \"same\""
        + (sizes.isRelu ? ", activation=\"relu\"" : "") + ", \(name))"
    }
    switch layer.kind {
    case .lstm(_, let units, let returnsSequence):
      return "layers.LSTM(\(units)" + (returnsSequence ? ", return_sequences=True" : "") + ", \(name))"
    case .bidirectionalLSTM(_, let units):
      return "layers.Bidirectional(layers.LSTM(\(units), name=\"lstm\"), \(name))"
    case .gru(_, let units): return "layers.GRU(\(units), \(name))"
    case .dense(let sizes):
      return "layers.Dense(\(sizes.outputs)" + (sizes.isRelu ? ", \"relu\"" : "") + ", \(name))"
    case .convolution(let sizes): return convolution("Conv2D", sizes)
    case .transposedConvolution(let sizes): return convolution("Conv2DTranspose", sizes)
    case .values: fatalError("\(layer.place) is no layer of Keras")
    }
  }
}
