import Latent
import LatentData
import LatentFiles
import LatentVAE

/// A trained auto-encoder and what is known of it: one that is in memory, or one that a file holds.
///
///     let saved = SavedModel(model, example: .image(height: 28, width: 28))
///     let other = try SavedModel(contentsOf: "runs/first")
///     let (mean, logVariance) = other.model.encode(images)
///
/// Everything that is measured and drawn of a model takes one, and needs no plan: encoder, decoder and likelihood may be
/// types of your own.
public struct SavedModel: Sendable {
  /// The model with its weights, and the objective that it was trained with.
  public var model: AnyVariationalAutoencoder
  /// The layers, where they have a description that travels; nil for an encoder or decoder of your own.
  public let plan: ModelPlan?
  /// What an example is.
  public let example: ExampleShape
  /// The element type of the weights.
  public let element: ElementType
  /// What else is known: what a file says about itself.
  public let metadata: [String: String]
  /// Where it is from: the path of a file.
  public let file: String

  /// A model in memory, of any encoder, decoder and likelihood.
  ///
  /// - Parameters:
  ///   - example: what it reads
  ///   - metadata: what else is known, such as `data`, the name of what it was trained on
  ///   - file: where it is from, for people
  public init<E, D>(
    _ model: VariationalAutoencoder<E, D>, example: ExampleShape, metadata: [String: String] = [:],
    file: String = "the model"
  ) {
    self.init(model.erased, plan: nil, example: example, metadata: metadata, file: file)
  }

  /// A model in memory that was made of a plan.
  public init(
    _ model: AnyVariationalAutoencoder, plan: ModelPlan, metadata: [String: String] = [:], file: String = "the model"
  ) {
    let fault = plan.fault(of: Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.path, $0.value.shape) }))
    require(fault == nil, "SavedModel: the model is not one of its plan: \(fault?.description ?? "")")
    self.init(model, plan: plan, example: plan.example, metadata: metadata, file: file)
  }

  private init(
    _ model: AnyVariationalAutoencoder, plan: ModelPlan?, example: ExampleShape, metadata: [String: String],
    file: String
  ) {
    (self.model, self.plan, self.example, self.metadata, self.file) = (model, plan, example, metadata, file)
    element = model.tensors.reduce(ElementType.float64) { $0.narrower($1.value.element) }
  }

  /// Z
  public var latentSize: Int { model.encoder.latentSize }

  /// The labels of the classes that it is conditional on, ascending; empty for none.
  public var classLabels: [UInt8] { model.classLabels }

  /// What the likelihood is, as it says itself.
  public var likelihood: LikelihoodKind { model.likelihood.kind }

  /// The bound of -log p(x) that its training minimised, as people call it; nil where that is none.
  public var bound: String? { likelihood.isInNats ? model.objective.bound : nil }

  /// What the labels of its classes stand for, by their numbers, where that is known.
  public var classNames: [String]? { metadata["data"].flatMap { knownClassNames(of: $0) } }

  /// The labels of its classes in words; empty where it has none.
  package var classList: String { LabelList(classLabels, names: classNames).description }

  /// Its layers for people: `LSTM(256) encoder, 16 latent dimensions, Dense(256, relu) decoder`. Of a model without a plan,
  /// the types of encoder and decoder.
  public var structure: String {
    plan?.description
      ?? "\(type(of: model.encoder.base)) encoder, \(latentSize) latent dimensions, \(type(of: model.decoder.base)) decoder"
  }

  /// The plan, for what can't do without.
  ///
  /// - Parameter purpose: what that is: `an export`
  /// - Throws: ``LatentFiles/FileError`` where there is none
  public func plan(for purpose: String) throws(FileError) -> ModelPlan {
    guard let plan else {
      throw FileError(
        file: file, reason: "a model of your own: \(purpose) needs layers with a description that travels, a ModelPlan")
    }
    return plan
  }
}
