import LatentFiles

/// The pictures of what an auto-encoder has learned, by the names that the program knows them by.
public enum PictureKind: String, Sendable, CaseIterable {
  case reconstructions, samples, interpolation, traversal, manifold, scatter, tsne, kl, curves

  /// What it shows, for people.
  public var explanation: String {
    switch self {
    case .reconstructions: "images above their reconstructions"
    case .samples: "images decoded from random latent points"
    case .interpolation: "images decoded between the codes of two images"
    case .traversal: "images decoded along each latent dimension"
    case .manifold: "images decoded over the whole latent plane"
    case .scatter: "the images' codes in the plane of most variance, by class"
    case .tsne: "the images' codes by t-SNE, by class"
    case .kl: "how much each latent dimension says about an image, in nats"
    case .curves: "training and validation losses over the epochs"
    }
  }

  /// Whether it is made from images; the others need a model alone, and the curves a run.
  public var needsImages: Bool {
    switch self {
    case .reconstructions, .interpolation, .traversal, .scatter, .tsne, .kl: true
    case .samples, .manifold, .curves: false
    }
  }

  /// Whether it shows examples: of texts, it is a text.
  package var isOfExamples: Bool {
    switch self {
    case .reconstructions, .samples, .interpolation, .traversal: true
    case .manifold, .scatter, .tsne, .kl, .curves: false
    }
  }

  /// How many images are enough where nobody says how many; nil for all.
  public var usualImages: Int? {
    switch self {
    case .reconstructions: 30
    case .interpolation, .traversal, .scatter: 2000
    case .tsne: 1000
    case .samples, .manifold, .kl, .curves: nil
    }
  }
}

/// Why a picture can't be made, in one line.
public struct LatentPictureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The picture; nil where none can be made.
  public let kind: PictureKind?
  /// What is missing.
  public let reason: String

  public init(_ kind: PictureKind?, _ reason: String) { (self.kind, self.reason) = (kind, reason) }

  public var description: String { "no \(kind.map { "\($0.rawValue) picture" } ?? "pictures"): \(reason)" }
}
