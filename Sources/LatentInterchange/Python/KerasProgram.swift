import LatentVAE

/// A model as two functional models of Keras 3, with the names of ``KerasTable``; with our own names where it is to read our
/// own files, whose layouts are Keras's.
struct KerasProgram {
  /// What the weights are read from.
  enum Source {
    /// Our names in a safetensors file.
    case safetensors
  }

  private let plan: ModelPlan
  private let isDouble: Bool

  init(_ plan: ModelPlan, isDouble: Bool) {
    self.plan = plan
    self.isDouble = isDouble
  }

  func lines(reading source: Source, _ path: String, parity: String) -> [String] {
    var lines = ["import keras", "from keras import layers"]
    lines += ["from safetensors.numpy import load_file", ""]
    if isDouble { lines += ["keras.config.set_floatx(\"float64\")", ""] }
    lines += model + [""] + loading(source, path)
    let label = "parity[\"labels\"]"
    return lines + [
      "", "parity = load_file(\(parity))",
      "mean, log_variance = encoder.predict_on_batch(\(inputs("parity[\"images\"]", label)))",
      "reconstruction = decoder.predict_on_batch(\(inputs("mean", label)))",
    ]
  }

  private func loading(_ source: Source, _ path: String) -> [String] {
    [
      "weights = load_file(\(path))",
      "names = {\"recurrent_kernel\": \"recurrentKernel\", \"log_variance\": \"logVariance\", "
        + "\"forward_lstm\": \"forward\", \"backward_lstm\": \"backward\"}",
      "for model in (encoder, decoder):", "    for variable in model.weights:",
      "        path = [names.get(part, part) for part in variable.path.split(\"/\") if not part.endswith(\"_cell\")]",
      "        variable.assign(weights[\".\".join([model.name, *path])])",
    ] + (plan.likelihood == nil ? [] : ["pixel_log_variance = weights[\"likelihood.logVariance\"]"])
  }

  /// `encoder` and `decoder`.
  private var model: [String] {
    let (form, z) = (plan.form, plan.form.sizes.latent)
    let label = form.classes > 0 ? ["label = keras.Input((\(form.classes),))"] : []
    let joined = form.classes > 0 ? ["x = layers.Concatenate()([x, label])"] : []
    func line(_ layer: PlannedLayer) -> String { "\(call(layer))(x)" }
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
