import Latent
import LatentData
import LatentTraining
import LatentVAE

/// What of a variational auto-encoder makes a row's score.
public enum ScoreKind: String, Sendable, CaseIterable, Codable {
  /// -log p(x|z) averaged over K points drawn from q(z|x), the reconstruction probability of An & Cho (2015); nats.
  case probability
  /// -log p(x|z) at the mean of q(z|x); nats.
  case reconstruction
  /// KL(q(z|x) || N(0, I)) of the row's window, the same for each of its rows: how unlike the codes of what was learned; nats.
  case kl
  /// The squared distance from what is expected, in the numbers that the model reads.
  case squaredError = "squared-error"
  /// ``probability`` and the row's part of the window's KL divergence, KL / T: the rows of a window add up to its negative
  /// evidence lower bound; nats.
  case mixed

  /// Whether it is an average over drawn points.
  public var isSampled: Bool { self == .probability || self == .mixed }
}

/// The scores of a variational auto-encoder.
///
///     let scorer = AnomalyScorer(try AutoencoderScores(SavedModel(contentsOf: "runs/plant")))
public struct AutoencoderScores: ScoringModel {
  /// What makes a row's score.
  public let kind: ScoreKind
  /// K, the latent points of a window that ``ScoreKind/probability`` and ``ScoreKind/mixed`` are averaged over.
  public let samples: Int
  public let window: Int
  public let features: Int
  public let element: ElementType
  private let model: AnyVariationalAutoencoder
  private let isOfVectors: Bool
  /// [K, Z]; nil for the mean alone
  private let noise: Tensor?
  private let workspace = Workspace()
  private let packs = PackedWeights()

  /// What a band holds of the values that the model expects.
  public static let bandProbability = 0.9
  /// K where nothing else is said.
  public static let usualSamples = 16

  /// - Parameters:
  ///   - saved: a model of series, or of vectors, each of which is a row
  ///   - samples: K; pairs of them lie opposite each other around the mean, which takes what is even out of the average's error
  ///   - seed: of the noise, which is the same for all windows
  public init(
    _ saved: SavedModel, kind: ScoreKind = .probability, samples: Int = usualSamples, seed: UInt64 = 0
  ) throws(AnomalyError) {
    switch saved.example {
    case .series(let steps, let features): (window, self.features, isOfVectors) = (steps, features, false)
    case .vector(let size): (window, features, isOfVectors) = (1, size, true)
    default:
      throw .model("scores are of series and tables, and the model of '\(saved.file)' is of \(saved.example.plural)")
    }
    guard saved.classLabels.isEmpty else {
      throw .model("the model of '\(saved.file)' is conditional on labels, which rows to be scored have not")
    }
    require(samples > 0, "AutoencoderScores: \(samples) samples; at least one is needed")
    (self.kind, self.samples, element, model) = (kind, samples, saved.element, saved.model)
    noise =
      [.probability, .mixed].contains(kind)
      ? Self.noise(samples, size: saved.latentSize, seed: seed, element: saved.element) : nil
  }

  /// Standard normal numbers [K, Z]: the second half is the negative of the first.
  private static func noise(_ count: Int, size: Int, seed: UInt64, element: ElementType) -> Tensor {
    let half = Tensor.normalNoise(
      key: RandomKey(seed: seed).child("scores"), streams: (0..<UInt64((count + 1) / 2)).map(\.self), columns: size,
      element: element)
    let points = Tape().constant(half)
    if count == 1 { return half }
    return Variable.concatenated([points, (-points).sliced(0..<count / 2)], axis: 0).tensor
  }

  public func scores(of windows: ExampleBatch) -> WindowScores {
    var windows = windows
    if isOfVectors {
      windows.values = windows.values.reshaped(to: [windows.count, features])
      windows.observed = windows.observed?.reshaped(to: [windows.count, features])
    }
    let found = model.judge(
      windows, noise: noise, probability: Self.bandProbability, workspace: workspace, packs: packs)
    let shape = [windows.count, window, features]
    func shaped(_ tensor: Tensor) -> Tensor { tensor.reshaped(to: shape) }
    let tape = Tape()
    func shares() -> Tensor {
      switch kind {
      case .probability, .reconstruction, .mixed: return shaped(found.losses)
      case .kl: return Tensor(zeros: shape, element: element)
      case .squaredError:
        let errors = tape.constant(shaped(found.expected)) - tape.constant(windows.values.reshaped(to: shape))
        return errors.squared().tensor
      }
    }
    var whole: Tensor?
    if kind == .kl { whole = found.divergences }
    if kind == .mixed { whole = (tape.constant(found.divergences) * (1 / Double(window))).tensor }
    return WindowScores(
      shares: shares(), whole: whole, expected: shaped(found.expected),
      band: (shaped(found.interval.low), shaped(found.interval.high)))
  }
}
