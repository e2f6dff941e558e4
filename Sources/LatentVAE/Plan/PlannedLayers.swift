import Latent
import LatentData
import LatentFiles

/// The layers of a plan in the order in which they run, each with all of its sizes, and what stands between them.
package struct PlannedLayers: Sendable {
  /// What happens to an array on its way.
  package enum Step: Sendable, Equatable {
    /// All axes but the batch's as one. Programs that have an image's channels first put these of `images` last before.
    case flattened(images: ImageShape?)
    /// [B, height width C] -> [B, height, width, C]. Programs that have an image's channels first put them there, unless
    /// the layer before makes them so.
    case images(ImageShape, isMadeInOrder: Bool)
    /// [B, Z] -> [B, T, Z]
    case repeated(Int)
    /// [B, n] and the example [B, T, D] -> [B, T, n + D]
    case forced(ForcedSizes)
    /// [B, ..., D] -> [B, ..., 2 D], with what is known of the example. Programs that have an image's channels first join them
    /// along that axis for `images`.
    case maskChannel(images: Bool)
    case layer(PlannedLayer)

    /// The layer with weights; nil where there are none.
    package var weighted: PlannedLayer? {
      switch self {
      case .layer(let layer): layer
      case .forced(let sizes): sizes.embedding
      case .flattened, .images, .repeated, .maskChannel: nil
      }
    }
  }

  /// x -> features [B, F]
  package let encoder: [Step]
  /// features and condition [B, F + C] -> mean, log-variance
  package let heads: [PlannedLayer]
  /// z and condition [B, Z + C] -> what the likelihood is parametrised by, [B, P]
  package let decoder: [Step]
  /// What the likelihood has learned; nil where that is nothing.
  package let likelihood: PlannedLayer?

  init(
    example: ExampleShape, encoder: [LayerPlan], latentSize: Int, decoder: [LayerPlan], likelihood: LikelihoodKind,
    classes: Int
  ) throws(PlanError) {
    if let taken = encoder.first(where: { $0.name == "mean" || $0.name == "logVariance" })?.name {
      throw PlanError("encoder.\(taken) is the name of a layer that follows the encoder's own: give another one")
    }
    try Self.check(likelihood, of: example)
    var walk = LayerWalk("encoder", from: example.dimensions, given: "an example")
    if case .text(_, let vocabulary) = example { walk.vocabulary = vocabulary }
    for layer in encoder { try walk.add(layer) }
    guard walk.shape.count == 1 else {
      throw PlanError(
        "\(walk.before) gives \(walk.shape), but encoder.mean and encoder.logVariance read [F]: put a flatten between, or "
          + "let a recurrent layer return its last state")
    }
    let features = walk.shape[0] + classes
    heads = ["mean", "logVariance"].map { PlannedLayer(["encoder", $0], .dense(DenseSizes(features, latentSize))) }
    self.encoder = walk.steps

    walk = LayerWalk(
      "decoder", from: [latentSize + classes], given: classes > 0 ? "a latent point and its class" : "a latent point")
    walk.example = example
    for layer in decoder { try walk.add(layer) }
    let outputs = example.count * likelihood.numbersPerElement
    guard walk.shape.reduce(1, *) == outputs else {
      let each = likelihood.numbersPerElement == 1 ? "" : ", \(likelihood.numbersPerElement) for each of its numbers"
      throw PlanError(
        "\(walk.before) gives \(walk.shape), but the likelihood \(likelihood.name) of an example \(example.dimensions) "
          + "needs \(outputs) numbers\(each)")
    }
    if walk.isForced && walk.shape.count != 2 {
      throw PlanError(
        "\(walk.before) gives \(walk.shape), but a decoder with teacher forcing makes its steps one by one")
    }
    if walk.shape.count > 1 { try walk.add(LayerPlan("flatten", .flatten)) }
    self.decoder = walk.steps
    let values = likelihood.parameters(for: example)
    self.likelihood = values.isEmpty ? nil : PlannedLayer(["likelihood"], .values(values))
  }

  /// The tokens of texts are of one likelihood alone.
  private static func check(_ likelihood: LikelihoodKind, of example: ExampleShape) throws(PlanError) {
    guard case .text(_, let vocabulary) = example, likelihood != .categorical(classes: vocabulary) else { return }
    throw PlanError(
      "texts of \(example) have the likelihood \(LikelihoodKind.categorical(classes: vocabulary)), and not \(likelihood)"
    )
  }

  /// The path and shape of every parameter, in order.
  package var parameters: [(path: String, shape: [Int])] {
    all.flatMap { layer in layer.parameters.map { (layer.path($0.name), $0.shape) } }
  }

  /// What the decoder reads of examples; nil where it reads none.
  package var forced: ForcedSizes? {
    decoder.lazy.compactMap { step in if case .forced(let sizes) = step { sizes } else { nil } }.first
  }

  /// Whether the encoder reads which values of an example are known.
  package var readsMask: Bool { encoder.contains { step in if case .maskChannel = step { true } else { false } } }

  /// All that have weights.
  package var all: [PlannedLayer] {
    func layers(_ steps: [Step]) -> [PlannedLayer] {
      steps.compactMap(\.weighted)
    }
    return layers(encoder) + heads + layers(decoder) + (likelihood.map { [$0] } ?? [])
  }
}
