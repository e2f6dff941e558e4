import Latent

/// One line of a model's summary.
public struct LayerSummary: Sendable, Equatable {
  /// Where the layer is in the model, as in its parameters' paths: `encoder.lstm`.
  public let name: String
  /// What the layer is: `LSTM`.
  public let kind: String
  /// The shape of its output for one example, without the batch's dimension.
  public let outputShape: [Int]
  /// The number of numbers that training changes.
  public let parameterCount: Int
  /// The layers that it reads.
  public let inputs: [String]

  public init(name: String, kind: String, outputShape: [Int], parameterCount: Int = 0, inputs: [String] = []) {
    self.name = name
    self.kind = kind
    self.outputShape = outputShape
    self.parameterCount = parameterCount
    self.inputs = inputs
  }

  /// The same layer inside of a larger model: names get the prefix, except those in `renaming`.
  func inside(_ prefix: String, renaming: [String: String]) -> LayerSummary {
    func renamed(_ name: String) -> String { renaming[name] ?? prefix + "." + name }
    return LayerSummary(
      name: renamed(name), kind: kind, outputShape: outputShape, parameterCount: parameterCount,
      inputs: inputs.map(renamed))
  }
}

/// The layers of a model, in the order in which they compute.
public struct ModelSummary: Sendable, Equatable {
  /// What the model is called.
  public let title: String
  public let layers: [LayerSummary]

  public init(title: String, layers: [LayerSummary]) {
    self.title = title
    self.layers = layers
  }

  /// The number of numbers that training changes, in all layers.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }
}

extension LSTMEncoder {
  /// The encoder's layers, for images of `rows` rows.
  public func summary(rows: Int) -> ModelSummary {
    let columns = lstm.kernel.value.shape[0]
    return ModelSummary(
      title: "encoder",
      layers: [
        LayerSummary(name: "input", kind: "Input", outputShape: [rows, columns]),
        LayerSummary(
          name: "lstm", kind: "LSTM", outputShape: [lstm.hiddenSize], parameterCount: lstm.parameterCount,
          inputs: ["input"]),
        LayerSummary(
          name: "mean", kind: "Dense", outputShape: [latentSize], parameterCount: mean.parameterCount,
          inputs: ["lstm"]),
        LayerSummary(
          name: "logVariance", kind: "Dense", outputShape: [latentSize], parameterCount: logVariance.parameterCount,
          inputs: ["lstm"]),
      ])
  }
}

extension DenseDecoder {
  /// The decoder's layers.
  public var summary: ModelSummary {
    ModelSummary(
      title: "decoder",
      layers: [
        LayerSummary(name: "latent", kind: "Input", outputShape: [hidden.kernel.value.shape[0]]),
        LayerSummary(
          name: "hidden", kind: "Dense, relu", outputShape: [hidden.bias.value.count],
          parameterCount: hidden.parameterCount, inputs: ["latent"]),
        LayerSummary(
          name: "output", kind: "Dense, sigmoid", outputShape: [output.bias.value.count],
          parameterCount: output.parameterCount, inputs: ["hidden"]),
      ])
  }
}

extension VariationalAutoencoder where E == LSTMEncoder, D == DenseDecoder {
  /// The layers of encoder and decoder, with the sampling between them, for images of `rows` rows.
  public func summary(rows: Int) -> ModelSummary {
    let sampling = LayerSummary(
      name: "sampling", kind: "Gaussian sample", outputShape: [encoder.latentSize],
      inputs: ["encoder.mean", "encoder.logVariance"])
    return ModelSummary(
      title: "variational auto-encoder",
      layers: encoder.summary(rows: rows).layers.map { $0.inside("encoder", renaming: ["input": "input"]) }
        + [sampling]
        + decoder.summary.layers.dropFirst().map { $0.inside("decoder", renaming: ["latent": "sampling"]) })
  }
}
