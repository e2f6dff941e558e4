import Latent

/// The scores of the rows of a series beside what is known of them: which are anomalies. All measures of scores begin here.
///
///     let labelled = LabelledScores(scores, labels)
///     labelled.precisionRecallArea, labelled.volumes(window: 100).precisionRecall
///
/// Rows without a score (NaN) are left out of everything, as if the series had not had them; an infinite score counts like the
/// greatest or the least finite one.
public struct LabelledScores: Sendable {
  /// N numbers.
  public let scores: [Double]
  /// Which rows are anomalies.
  public let labels: DetectionLabels
  /// The number of rows with and without a score.
  private let allRows: Int
  /// The scores from the greatest to the least, each with whether its row is an anomaly.
  let descending: [(score: Double, isAnomaly: Bool)]

  /// - Parameters:
  ///   - scores: one for each row, the higher the less normal
  ///   - labels: of as many rows
  public init(_ scores: [Double], _ labels: DetectionLabels) {
    require(scores.count == labels.count, "LabelledScores: \(scores.count) scores, labels of \(labels.count) rows")
    allRows = scores.count
    let hasScore = scores.map { !$0.isNaN }
    var kept = zip(scores, hasScore).filter { $1 }.map(\.0)
    if !kept.allSatisfy(\.isFinite) {
      let finite = kept.filter(\.isFinite)
      let (least, greatest) = (finite.min() ?? 0, finite.max() ?? 1)
      kept = kept.map { min(greatest, max(least, $0)) }
    }
    self.scores = kept
    self.labels = labels.kept(where: hasScore)
    let isAnomaly = self.labels.isAnomaly
    var pairs = kept.indices.map { (score: kept[$0], isAnomaly: isAnomaly[$0]) }
    pairs.sort { $0.score > $1.score }
    descending = pairs
  }

  /// The alarms above a threshold, beside the labels.
  public func alarms(above threshold: Double) -> LabelledAlarms {
    LabelledAlarms(
      runs: scores.withUnsafeBufferPointer { scores in Runs.of(scores.count) { scores[$0] > threshold } }, labels)
  }

  /// The alarms that something has made of these scores, such as ``AnomalyEvents``, beside the labels.
  ///
  /// - Parameter isAlarm: one for each row, also for those without a score, which are left out
  public func alarms(_ isAlarm: [Bool]) -> LabelledAlarms {
    require(isAlarm.count == allRows, "LabelledScores.alarms: \(isAlarm.count) rows, scores of \(allRows)")
    return LabelledAlarms(labels.rows.map { isAlarm[$0] }, labels)
  }

  /// Whether there are anomalies as well as other rows, without which no curve has an area.
  var hasBothKinds: Bool { labels.anomalies > 0 && labels.anomalies < labels.count }
}
