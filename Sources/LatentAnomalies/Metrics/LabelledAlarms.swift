import Latent

/// Alarms of the rows of a series beside what is known of them: which are anomalies. All measures of alarms begin here.
///
///     let labelled = LabelledAlarms(scores.map(threshold.isAlarm), labels)
///     labelled.points.f1, labelled.eventF1, labelled.delay(period: 60).mean
public struct LabelledAlarms: Sendable {
  /// Which rows are anomalies.
  public let labels: DetectionLabels
  /// The number of rows that are alarms.
  public let alarms: Int
  /// The alarms as runs of rows that follow each other.
  public let runs: [Range<Int>]
  /// For each anomaly, how many of its rows are alarms, and in how many runs.
  let found: [(rows: Int, runs: Int)]

  /// - Parameters:
  ///   - isAlarm: one for each row
  ///   - labels: of as many rows
  public init(_ isAlarm: [Bool], _ labels: DetectionLabels) {
    require(isAlarm.count == labels.count, "LabelledAlarms: \(isAlarm.count) rows, labels of \(labels.count)")
    self.init(
      runs: isAlarm.withUnsafeBufferPointer { isAlarm in Runs.of(isAlarm.count) { isAlarm[$0] } }, labels)
  }

  /// - Parameter runs: in order, and apart from each other
  init(runs: [Range<Int>], _ labels: DetectionLabels) {
    (self.runs, self.labels) = (runs, labels)
    alarms = runs.reduce(0) { $0 + $1.count }
    found = Runs.overlaps(of: labels.events, with: runs)
  }

  /// Precision and recall of rows.
  public var points: PrecisionRecall {
    let hits = found.reduce(0) { $0 + $1.rows }
    return PrecisionRecall(
      precision: alarms > 0 ? Double(hits) / Double(alarms) : nil,
      recall: labels.anomalies > 0 ? Double(hits) / Double(labels.anomalies) : nil)
  }

  /// The precision of rows with the part of the anomalies that have an alarm (Garg et al., An Evaluation of Anomaly Detection
  /// and Diagnosis in Multivariate Time Series, 2021, composite F-score; `Event-based-F1` in TSB-AD): one alarm finds an
  /// anomaly, and each row of alarms outside of one costs.
  public var events: PrecisionRecall {
    let events = labels.events.count
    return PrecisionRecall(
      precision: points.precision,
      recall: events > 0 ? Double(found.count { $0.rows > 0 }) / Double(events) : nil)
  }

  /// Range-based precision and recall (Tatbul et al., Precision and Recall for Time Series, NeurIPS 2018), with flat bias: the
  /// part of each run that the other side covers, divided by the number of runs that cover it. Recall rewards by
  /// `existenceWeight` that an anomaly is found at all; 0.2 is TSB-AD's.
  public func ranges(existenceWeight: Double = 0.2) -> PrecisionRecall {
    func mean(_ runs: [Range<Int>], _ overlaps: [(rows: Int, runs: Int)], _ weight: Double) -> Double? {
      guard !runs.isEmpty else { return nil }
      var sum = 0.0
      for (run, overlap) in zip(runs, overlaps) where overlap.rows > 0 {
        sum = sum + weight + (1 - weight) * Double(overlap.rows) / Double(run.count) / Double(overlap.runs)
      }
      return sum / Double(runs.count)
    }
    return PrecisionRecall(
      precision: mean(runs, Runs.overlaps(of: runs, with: labels.events), 0),
      recall: mean(labels.events, found, existenceWeight))
  }

  /// Affiliation precision and recall (Huet, Navarro and Rossi, Local Evaluation of Time Series Anomaly Detection Algorithms,
  /// KDD 2022): how near alarms are to anomalies and anomalies to alarms, beside random rows; about 0.5 is that of chance.
  public var affiliation: PrecisionRecall { Affiliation.precisionRecall(runs, labels.events, rows: labels.count) }
}
