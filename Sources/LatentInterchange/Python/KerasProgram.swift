import Latent
import LatentVAE

/// A model as two functional models of Keras 3. It reads Keras's files, and files of our own names, whose layouts are Keras's.
struct KerasProgram {
  private let plan: ModelPlan
  private let element: ElementType

  /// Whether weights are stored as bfloat16, which NumPy lacks.
  private let isHalved: Bool

  init(_ plan: ModelPlan, _ element: ElementType, storing weights: ElementType?) {
    self.plan = plan
    self.element = element
    isHalved = weights == .bfloat16
  }

  func lines(reading format: InterchangeFormat, _ path: String, _ parity: String) -> [String] {
    let label = "parity[\"labels\"]"
    return ["import keras"] + (isHalved ? ["import ml_dtypes  # tells NumPy of bfloat16"] : [])
      + (format == .safetensors ? [] : ["import numpy"])
      + ["from keras import layers", "from safetensors.numpy import load_file", ""]
      + (element.pythonDefault.map { ["keras.config.set_floatx(\"\($0)\")", ""] } ?? []) + model + [""]
      + loading(format, path) + [
        "", "parity = load_file(\(parity))",
        "mean, log_variance = encoder.predict_on_batch(\(inputs("parity[\"images\"]", label)))",
        "reconstruction = decoder.predict_on_batch(\(inputs("mean", label)))",
      ]
  }

  /// Keras's path of a variable is also the cell's of a recurrent layer, which is not in the files.
  private func loading(_ format: InterchangeFormat, _ path: String) -> [String] {
    let file = format == .safetensors ? "load_file(\(path))" : "numpy.load(\(path))"
    let weights = isHalved ? "{name: value.astype(\"float32\") for name, value in \(file).items()}" : file
    let ours = (["recurrentKernel", "logVariance"] + plan.layers.all.map(\.name)).filter { $0 != $0.snakeCase }
    let renamed =
      Set(ours).sorted().map { ($0.snakeCase, $0) }
      + RecurrentCell.allCases.flatMap { cell in
        ["forward", "backward"].map { ("\($0)_\(cell.rawValue)", $0) }
      }
      + (plan.layers.all.contains { if case .embedding = $0.kind { true } else { false } }
        ? [("embeddings", "table")] : [])
    let pairs = renamed.map { "\"\($0)\": \"\($1)\"" }
    let names = format == .keras ? [] : ["names = {\(pairs.joined(separator: ", "))}"]
    let (part, separator) = format == .keras ? ("part", "/") : ("names.get(part, part)", ".")
    return ["weights = \(weights)"] + names + [
      "for model in (encoder, decoder):", "    for variable in model.weights:",
      "        path = [\(part) for part in variable.path.split(\"/\") if not part.endswith(\"_cell\")]",
      "        variable.assign(weights[\"\(separator)\".join([model.name, *path])])",
    ]
      + likelihood.map { name in
        let path = ["likelihood", format == .keras ? name.snakeCase : name].joined(separator: separator)
        return "\(name.snakeCase) = weights[\"\(path)\"]"
      }
  }

  /// The names of what the likelihood has learned.
  private var likelihood: [String] { plan.layers.likelihood?.parameters.map(\.name) ?? [] }

  /// `encoder` and `decoder`.
  private var model: [String] {
    let z = plan.latentSize
    let label = plan.classes > 0 ? ["label = keras.Input((\(plan.classes),))"] : []
    let joined = plan.classes > 0 ? ["x = layers.Concatenate()([x, label])"] : []
    return label + ["x = image = keras.Input((\(plan.example.dimensions.map { "\($0)," }.joined(separator: " "))))"]
      + body(plan.layers.encoder) + joined
      + plan.layers.heads.map { "\($0.pythonName) = \(call($0))(x)" } + [
        "encoder = keras.Model(\(inputs("image", "label")), [mean, log_variance], name=\"encoder\")", "",
        "x = z = keras.Input((\(z),))",
      ] + joined + body(plan.layers.decoder) + [
        "x = \(mean(count: plan.example.count))",
        "decoder = keras.Model(\(inputs("z", "label")), x, name=\"decoder\")",
      ]
  }

  /// The mean that the likelihood makes of the decoder's numbers `x`, those of `count` elements.
  private func mean(count: Int) -> String {
    let (first, numbers) = (plan.firstNumber("x"), plan.likelihood.numbersPerElement)
    switch plan.likelihood.link {
    case .identity: return "layers.Activation(\"linear\")(\(first))"
    case .sigmoid: return "layers.Activation(\"sigmoid\")(\(first))"
    case .exp: return "layers.Activation(\"exponential\")(\(first))"
    case .continuousBernoulli:
      return
        "keras.ops.where(keras.ops.abs(x) < 0.1, 0.5 + x / 12 - x**3 / 720, 0.5 + 0.5 / keras.ops.tanh(x / 2) - 1 / x)"
    case .largest:
      return "keras.ops.cast(keras.ops.argmax(layers.Reshape((\(count), \(numbers)))(x), -1), x.dtype)"
    case .logisticMixture:
      let parts = "layers.Reshape((\(count), 3, \(numbers / 3)))(x)"
      return "keras.ops.clip("
        + "keras.ops.sum(keras.ops.softmax(\(parts)[:, :, 0]) * \(parts)[:, :, 1], -1) / 2 + 0.5, 0, 1)"
    }
  }

  private func inputs(_ first: String, _ label: String) -> String {
    plan.classes > 0 ? "[\(first), \(label)]" : first
  }

  private func body(_ steps: [PlannedLayers.Step]) -> [String] {
    guard let place = steps.firstIndex(where: \.isForced), case .forced(let sizes) = steps[place] else {
      return steps.flatMap { step in
        embedded(step) + ["x = \(called(step))"] + (cropping(after: step).map { ["x = \($0)(x)"] } ?? [])
      }
    }
    return body(Array(steps[..<place])) + forced(sizes, Array(steps[(place + 1)...]))
  }

  /// What gives an embedding its numbers, without their own axis.
  private func embedded(_ step: PlannedLayers.Step) -> [String] {
    guard case .embedding(let sizes)? = step.weighted?.kind else { return [] }
    return ["x = layers.Reshape((\(sizes.steps),))(x)"]
  }

  /// One step after the other, each reading what was made before it.
  private func forced(_ sizes: ForcedSizes, _ rest: [PlannedLayers.Step]) -> [String] {
    let (layers, mean) = (rest.compactMap(\.weighted), mean(count: plan.example.features))
    let made = layers.map { layer -> String in
      guard case .recurrent = layer.kind else { return "\(layer.pythonName) = \(call(layer))" }
      return "\(layer.pythonName) = \(call(layer).dropLast()), return_state=True)"
    }
    let loop = rest.map { step -> String in
      guard let layer = step.weighted else { return "x = \(call(step))(x)" }
      let name = layer.pythonName
      guard case .recurrent = layer.kind else { return "x = \(name)(x)" }
      return "x, *states[\"\(name)\"] = \(name)(x, initial_state=states.get(\"\(name)\"))"
    }
    let embedding = sizes.embedding.map { ["\($0.pythonName) = \(call($0))"] } ?? []
    return embedding + made + [
      "before = keras.ops.repeat(keras.ops.zeros_like(x[:, :1]), \(sizes.features), 1)",
      "state, states, steps = x, {}, []", "for _ in range(\(sizes.steps)):",
    ]
      + ([
        "x = layers.Reshape((1, \(sizes.inputs + sizes.features)))(layers.Concatenate()([state, before]))"
      ] + loop + [
        "steps.append(x)",
        "before = " + (sizes.embedding.map { "\($0.pythonName)((\(mean))[:, 0])" } ?? mean),
      ]).map { "    " + $0 } + ["x = layers.Concatenate()(steps)"]
  }

  /// What takes off the rows and columns that a transposed convolution makes too many, where that is not Keras's `same`.
  private func cropping(after step: PlannedLayers.Step) -> String? {
    guard case .layer(let layer) = step, case .transposedConvolution(let sizes) = layer.kind, !sizes.isMost else {
      return nil
    }
    let (rows, columns) = (sizes.rowPadding, sizes.columnPadding)
    return "layers.Cropping2D(((\(rows.before), \(rows.after)), (\(columns.before), \(columns.after))))"
  }

  private func called(_ step: PlannedLayers.Step) -> String {
    guard case .maskChannel = step else { return "\(call(step))(x)" }
    let isMissing = "keras.ops.isnan(x)"
    return "keras.ops.concatenate([keras.ops.where(\(isMissing), 0.0, x), "
      + "1.0 - keras.ops.cast(\(isMissing), x.dtype)], -1)"
  }

  private func call(_ step: PlannedLayers.Step) -> String {
    switch step {
    case .flattened: "layers.Flatten()"
    case .images(let images, _): "layers.Reshape((\(images.height), \(images.width), \(images.channels)))"
    case .repeated(let steps): "layers.RepeatVector(\(steps))"
    case .maskChannel: fatalError("KerasProgram: a mask channel is no layer of Keras")
    case .forced(let sizes): fatalError("\(sizes) is no layer of Keras")
    case .layer(let layer): call(layer)
    }
  }

  private func call(_ layer: PlannedLayer) -> String {
    let name = "name=\"\(layer.pythonName)\""
    func activation(_ activation: Activation) -> String {
      activation == .linear ? "" : ", activation=\"\(activation.rawValue)\""
    }
    func convolution(_ type: String, _ sizes: ConvolutionSizes, _ padding: String = "same") -> String {
      "layers.\(type)(\(sizes.filters), \(sizes.kernel.python), \(sizes.stride.python), \"\(padding)\""
        + "\(activation(sizes.activation)), \(name))"
    }
    switch layer.kind {
    case .recurrent(let sizes):
      let cell =
        "layers.\(sizes.cell.rawValue.uppercased())(\(sizes.units)"
        + (sizes.returnsSequence ? ", return_sequences=True" : "")
      return sizes.isBidirectional
        ? "layers.Bidirectional(\(cell), name=\"\(sizes.cell.rawValue)\"), \(name))" : "\(cell), \(name))"
    case .dense(let sizes):
      return "layers.Dense(\(sizes.outputs)\(activation(sizes.activation)), \(name))"
    case .convolution(let sizes): return convolution("Conv2D", sizes)
    case .transposedConvolution(let sizes):
      return convolution("Conv2DTranspose", sizes, sizes.isMost ? "same" : "valid")
    case .embedding(let sizes): return "layers.Embedding(\(sizes.vocabulary), \(sizes.units), \(name))"
    case .values: fatalError("\(layer.place) is no layer of Keras")
    }
  }
}
