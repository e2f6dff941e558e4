import LatentData
import LatentFiles
import LatentMeasures
import LatentTraining

/// What a model's measures and its training say about it, in plain sentences, each with the number that says so and one
/// piece of advice.
public struct Diagnosis: Sendable, Equatable {
  /// Something that was found.
  public struct Finding: Sendable, Equatable {
    /// What kind of thing.
    public let kind: Kind
    /// What is the case, with the number that says so.
    public let sentence: String
    /// What to do about it; empty where nothing needs to be done.
    public let advice: String

    /// The same, said of other examples than images.
    package func naming(_ example: ExampleShape) -> Finding {
      Finding(kind: kind, sentence: example.naming(sentence), advice: example.naming(advice))
    }
  }

  /// What can be the matter.
  public enum Kind: String, Sendable, CaseIterable {
    case brokenWeights = "broken weights"
    case posteriorCollapse = "posterior collapse"
    case overRegularised = "over-regularised"
    case unusedDimensions = "unused dimensions"
    case explodingLogVariance = "exploding log-variance"
    case underFitted = "under-fitted"
    case overFitted = "over-fitted"
    case farFromPrior = "far from the prior"
    case deadUnits = "dead units"
    case saturatedGates = "saturated gates"
    case denormalWeights = "denormal weights"
    case spreadAtBound = "spread at its bound"
    case notALikelihood = "not a likelihood"
    case healthy

    /// Whether something should be done about it.
    public var isProblem: Bool { ![.unusedDimensions, .notALikelihood, .healthy].contains(self) }
  }

  /// Problems first.
  public let findings: [Finding]

  /// - Parameters:
  ///   - measures: of images that the model was not trained on
  ///   - history: of its training; nil where that is not known, and then nothing is said about it
  ///   - beta: the weight of the divergence in training
  public init(_ measures: ModelMeasures, history: History? = nil, beta: Double = 1) {
    guard measures.health.nonFinite.isEmpty, measures.losses.total.isFinite else {
      let paths = measures.health.nonFinite
      findings = [
        Finding(
          kind: .brokenWeights,
          sentence: paths.isEmpty
            ? "The loss is \(measures.losses.total)."
            : "\(paths.count) of the model's parameters have elements that are infinite or undefined, such as \(paths[0]).",
          advice: "Train again with a lower --learning-rate, or with --clip-norm 1.")
      ]
      return
    }
    let found =
      Self.latentSpace(measures, beta: beta) + (history.map { Self.trainingFindings($0) } ?? []) + Self.fit(measures)
      + Self.parts(measures.health)
    let (problems, notes) = (found.filter(\.kind.isProblem), found.filter { !$0.kind.isProblem })
    findings = problems + (problems.isEmpty ? [Self.healthy(measures)] : []) + notes
  }

  private static func healthy(_ measures: ModelMeasures) -> Finding {
    let reconstructions =
      measures.tokens.map { "\(percent($0.accuracy)) of the tokens are reconstructed" }
      ?? "the reconstructions explain \(percent(measures.quality.explainedVariance)) of the images' variance"
    return Finding(
      kind: .healthy,
      sentence:
        "Nothing is wrong: \(measures.latents.activeUnits) of \(measures.latents.latentSize) latent dimensions are "
        + "in use, and \(reconstructions).",
      advice: "")
  }

  static func percent(_ fraction: Double) -> String {
    fraction.isFinite ? Format.fixed(100 * fraction, 1) + "%" : "an unknown part"
  }
}
