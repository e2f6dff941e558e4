import Latent
import LatentData

/// What a variational auto-encoder is, but for its weights: the one description that the model itself, its parameter count,
/// its summary, the weights of other programs, ONNX graphs, Python programs and the decoder of a run's page come from.
///
///     let plan = try ModelPlan.lstm(.image(height: 28, width: 28), hiddenSize: 256, latentSize: 16)
///     var model = plan.makeModel()
///
/// It is `Codable`: `model.safetensors` holds it as JSON, and so may a file that a person writes.
public struct ModelPlan: Sendable, Equatable {
  /// What an example is
  public let example: ExampleShape
  /// x -> features [F]
  public let encoder: [LayerPlan]
  /// Z
  public let latentSize: Int
  /// z and condition [Z + C] -> what the likelihood is parametrised by
  public let decoder: [LayerPlan]
  /// p(x|z)
  public let likelihood: LikelihoodKind
  /// The labels of the classes that it is conditional on, ascending: [C]; empty for none
  public let classLabels: [UInt8]
  /// What is known of every layer once their sizes have been followed through.
  package let layers: PlannedLayers

  /// - Parameters:
  ///   - encoder: the layers before mean and log-variance
  ///   - decoder: the layers after z; what the last of them gives is flattened
  /// - Throws: ``PlanError`` where a layer can't read what the one before gives
  public init(
    example: ExampleShape, encoder: [LayerPlan], latentSize: Int, decoder: [LayerPlan],
    likelihood: LikelihoodKind = .bernoulli, classLabels: [UInt8] = []
  ) throws(PlanError) {
    (self.example, self.encoder, self.latentSize, self.decoder) = (example, encoder, latentSize, decoder)
    (self.likelihood, self.classLabels) = (likelihood, classLabels)
    layers = try PlannedLayers(
      example: example, encoder: encoder, latentSize: latentSize, decoder: decoder, likelihood: likelihood,
      classes: classLabels.count)
  }

  /// C, the number of classes that it is conditional on; 0 for none
  public var classes: Int { classLabels.count }

  /// The number of trainable parameters; in floating point, since absurd sizes must not overflow.
  public var parameterCount: Double {
    layers.parameters.reduce(0) { $0 + $1.shape.reduce(1.0) { $0 * Double($1) } }
  }

  /// The model, with its first weights.
  public func makeModel(
    objective: any Objective = EvidenceLowerBound(), key: RandomKey = RandomKey(seed: 0),
    element: ElementType = .float32
  ) -> AnyVariationalAutoencoder {
    var model = AnyVariationalAutoencoder(
      encoder: AnyEncoder(PlannedEncoder(self, key: key.child("encoder"), element: element)),
      decoder: AnyDecoder(PlannedDecoder(self, key: key.child("decoder"), element: element)),
      likelihood: likelihood.make(for: example, element: element), objective: objective, classes: classes)
    model.classLabels = classLabels
    return model
  }

  /// The same for other classes or another likelihood.
  public func with(
    likelihood: LikelihoodKind? = nil, classLabels: [UInt8]? = nil
  ) throws(PlanError) -> ModelPlan {
    try ModelPlan(
      example: example, encoder: encoder, latentSize: latentSize, decoder: decoder,
      likelihood: likelihood ?? self.likelihood, classLabels: classLabels ?? self.classLabels)
  }

  public static func == (a: ModelPlan, b: ModelPlan) -> Bool {
    a.example == b.example && a.encoder == b.encoder && a.latentSize == b.latentSize && a.decoder == b.decoder
      && a.likelihood == b.likelihood && a.classLabels == b.classLabels
  }
}

/// Why layers do not make a model, in one line that names the layers and their shapes.
public struct PlanError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

extension ModelPlan: CustomStringConvertible {
  /// `LSTM(256) encoder, 16 latent dimensions, Dense(256, relu) decoder`
  public var description: String {
    func list(_ layers: [LayerPlan]) -> String {
      let shown = layers.filter { layer in
        switch layer.kind {
        case .dense, .recurrent, .convolution, .transposedConvolution, .embedding, .teacherForcing, .maskChannel: true
        case .flatten, .images, .repeated: false
        }
      }
      return shown.isEmpty ? "linear" : shown.map(\.description).joined(separator: ", ")
    }
    return "\(list(encoder)) encoder, \(latentSize) latent dimensions, \(list(decoder.dropLast())) decoder"
  }
}
