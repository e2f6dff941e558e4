/// What a row's score is.
public struct ScoreSettings: Sendable, Equatable, Codable {
  /// What of the model makes it.
  public var kind = ScoreKind.probability
  /// How windows that overlap are joined.
  public var aggregate = ScoreAggregate.last
  /// K, the latent points of a window.
  public var samples = AutoencoderScores.usualSamples
  /// Of the noise of these.
  public var seed: UInt64 = 0

  public init() {}

  /// `probability of 16 samples, by the last window`
  public var description: String {
    let count = kind.isSampled ? " of \(samples) \(samples == 1 ? "sample" : "samples")" : ""
    return
      "\(kind.rawValue)\(count), by the \(aggregate == .last ? "last window" : "\(aggregate.rawValue) of the windows")"
  }

  /// Whether scores are the same: samples and their seed only count where points are drawn.
  public static func == (a: ScoreSettings, b: ScoreSettings) -> Bool {
    a.kind == b.kind && a.aggregate == b.aggregate
      && (!a.kind.isSampled || a.samples == b.samples && a.seed == b.seed)
  }
}
