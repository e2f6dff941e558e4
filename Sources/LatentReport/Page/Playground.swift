import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

/// What a page needs to decode latent points by itself: the decoder's weights, what is known of the latent dimensions, and
/// images whose means are known.
package struct Playground: Sendable {
  /// A latent dimension over the images.
  struct Dimension: Sendable {
    let index: Int
    /// KL divergence from the prior, nats per image; nil where nothing is known.
    let divergence: Double?
    /// Of the aggregated posterior.
    let mean: Double?
    /// How far a slider goes either way.
    let reach: Double
  }

  /// Images to encode: their means are known already.
  struct Examples: Sendable {
    let title: String
    /// B height width channels; empty of what is drawn as lines
    let pixels: [UInt8]
    /// [B, T D], in the units of the data, NaN where a value is missing; empty of images
    let values: [Float]
    /// [B, Z]
    let means: [Float]
    let labels: [UInt8]?
  }

  /// Points with the pixels that the Swift decoder makes of them.
  struct Check: Sendable {
    /// [N, Z]
    let points: [Float]
    /// The class of each, of a conditional model.
    let labels: [UInt8]?
    /// [N, height width]
    let pixels: [Float]
  }

  let example: ExampleShape
  /// How examples are drawn that are no images.
  let series: PageSeries?
  let latentSize: Int
  let classLabels: [UInt8]
  let classNames: [String]
  let decoder: PageDecoder
  /// By falling divergence.
  let dimensions: [Dimension]
  let examples: Examples?
  let map: (map: LatentMap, labels: [UInt8]?)?
  let check: Check

  /// The most characters that the weights may take in the page: what is left of 3 MB is for everything else.
  package static let mostCharacters = 2_400_000
  /// Images that the dimensions' figures and the map are of: more would take time and room, and say nothing new.
  package static let mostImages = 2000
  private static let mostMapPoints = 1500

  /// - Parameters:
  ///   - images: that the model can encode; nil where there are none
  ///   - title: what they are: "Test images"
  /// - Throws: ``PlaygroundError`` where the page can't have one
  package init(
    _ saved: SavedModel, images: (any Dataset)?, title: String, on workers: DataParallel
  ) throws(PlaygroundError) {
    guard let plan = saved.plan else { throw .noPlan }
    if case .text = saved.example { throw .texts }
    if plan.layers.forced != nil { throw .teacherForcing }
    if case .image = saved.example, saved.example.drawn == nil { throw .noImages(saved.example) }
    let tensors = Dictionary(uniqueKeysWithValues: saved.model.tensors.map { ($0.path, $0.value) })
    if let path = saved.model.tensors.first(where: { !$0.value.isFinite })?.path { throw .notFinite(path) }
    (example, latentSize, classLabels) = (saved.example, saved.latentSize, saved.classLabels)
    classNames = saved.classNames ?? images?.classNames ?? []
    if case .image = saved.example { series = nil } else { series = PageSeries(saved, plan, examples: images) }
    decoder = PageDecoder(plan, tensors)
    let characters = Base64.count(bytes: 4 * decoder.weights.count)
    guard characters <= Self.mostCharacters else { throw .tooLarge(characters) }
    let posterior = images.flatMap { LatentPosterior(saved, $0.prefix(Self.mostImages), on: workers) }
    dimensions = posterior?.dimensions ?? LatentPosterior.unknown(latentSize)
    examples = posterior?.examples(title: title, of: saved)
    let shown = posterior.map { min($0.images.count, Self.mostMapPoints) } ?? 0
    map = posterior.flatMap { posterior in
      LatentMap(posterior.mean[rows: 0..<shown]).map { ($0, posterior.images.labels.map { Array($0.prefix(shown)) }) }
    }
    check = Self.check(saved)
  }

  /// A few points of the prior, fewer where images are large.
  private static func check(_ saved: SavedModel) -> Check {
    let count = max(1, min(4, 8192 / saved.example.count))
    let points = Tensor.normalNoise(
      key: RandomKey(seed: 0).child("page"), streams: (0..<UInt64(count)).map(\.self), columns: saved.latentSize
    ).converted(to: saved.element)
    let classes = saved.classLabels
    let labels = classes.isEmpty ? nil : (0..<count).map { classes[$0 % classes.count] }
    return Check(
      points: points.floats, labels: labels,
      pixels: saved.model.decode(points, labels: labels).converted(to: .float32).floats)
  }
}

/// Why a page has no playground, in one line for its reader.
package enum PlaygroundError: Error, Equatable, CustomStringConvertible {
  /// The model has no plan.
  case noPlan
  /// The model's examples are texts.
  case texts
  /// The decoder reads what it has made.
  case teacherForcing
  /// The model's examples are images of other channels than a page can show.
  case noImages(ExampleShape)
  /// A weight of this tensor is not a number or infinite.
  case notFinite(String)
  /// So many characters of weights.
  case tooLarge(Int)

  package var description: String {
    switch self {
    case .noPlan:
      "There is no playground: this is a model of your own, and its layers have no description that travels to a page."
    case .texts: "There is no playground: it draws, and the model's examples are texts."
    case .teacherForcing:
      "There is no playground: the decoder reads what it has made so far, step by step, which a page does not do. "
        + "vae-train decode makes examples of latent points."
    case .noImages(let example):
      "There is no playground: it shows images, grey or in colours, and the model's examples are \(example.plural) of \(example)."
    case .notFinite(let path):
      "There is no playground: \(path) holds numbers that are not finite, so that nothing can be decoded."
    case .tooLarge(let characters):
      "There is no playground: the decoder's weights would take \(Format.bytes(Double(characters))) of the page, and "
        + "\(Format.bytes(Double(Playground.mostCharacters))) is the most. vae-train decode makes images of latent points."
    }
  }
}

extension Tensor {
  /// Whether all elements are numbers: only then is their sum of squares over zeros one.
  fileprivate var isFinite: Bool {
    let tape = Tape()
    return (tape.constant(self) * 0).sum().tensor.scalar == 0
  }
}
