import Latent

/// How good the scores and alarms of a series are, in all measures at once.
///
///     let metrics = DetectionMetrics(scores, labels, isAlarm: scores.map(threshold.isAlarm), period: 300)
///     for figure in metrics.figures { print(figure.name, figure.value ?? "-") }
///
/// Measures of scores need no threshold. ``best`` is what a threshold chosen with a look at the labels would have had, and so is
/// beyond what anyone gets; ``alarms`` is what the threshold in use has. Each is that of its paper's or its package's own code;
/// `scripts/check-detection` compares them. Where a measure is not defined, as without anomalies, it is nil.
public struct DetectionMetrics: Sendable, Equatable, Codable {
  /// The number of rows with a score; others are left out.
  public let rows: Int
  /// The number of these that are in anomalies.
  public let anomalousRows: Int
  /// The number of anomalies.
  public let anomalies: Int
  /// The widest border of the volumes, in rows.
  public let window: Int
  /// ``LabelledScores/precisionRecallArea``
  public let precisionRecallArea: Double?
  /// ``LabelledScores/rocArea``
  public let rocArea: Double?
  /// ``LabelledScores/volumes(window:)``
  public let volumes: LabelledScores.Volumes?
  /// ``LabelledScores/bestF1``
  public let bestF1: Double?
  /// ``LabelledScores/best``
  public let best: LabelledScores.Best?
  /// nil where no alarms were given.
  public let alarms: Alarms?

  /// Measures of alarms.
  public struct Alarms: Sendable, Equatable, Codable {
    /// ``LabelledAlarms/points``
    public let points: PrecisionRecall
    /// ``LabelledAlarms/events``
    public let events: PrecisionRecall
    /// ``LabelledAlarms/ranges(existenceWeight:)``
    public let ranges: PrecisionRecall
    /// ``LabelledAlarms/affiliation``
    public let affiliation: PrecisionRecall
    /// ``LabelledAlarms/pointAdjustedF1``
    public let pointAdjustedF1: PointAdjustedF1?
    /// ``LabelledAlarms/falseAlarms``
    public let falseAlarms: Int
    /// ``LabelledAlarms/falseAlarmsPerDay(period:)``; nil where no period was given.
    public let falseAlarmsPerDay: Double?
    /// ``LabelledAlarms/delay(period:)``: in seconds, or in rows where no period was given.
    public let delay: LabelledAlarms.Delay
  }

  /// - Parameters:
  ///   - scores: one for each row, the higher the less normal; NaN is a row without one
  ///   - labels: of as many rows
  ///   - isAlarm: one for each row
  ///   - window: the widest border of anomalies in ``volumes``, in rows
  ///   - period: seconds from a row to the next
  public init(
    _ scores: [Double], _ labels: DetectionLabels, isAlarm: [Bool]? = nil, window: Int = 100, period: Double? = nil
  ) {
    let labelled = LabelledScores(scores, labels)
    (rows, anomalousRows) = (labelled.labels.count, labelled.labels.anomalies)
    (anomalies, self.window) = (labelled.labels.events.count, window)
    precisionRecallArea = labelled.precisionRecallArea
    rocArea = labelled.rocArea
    volumes = labelled.volumes(window: window)
    bestF1 = labelled.bestF1
    best = labelled.best
    alarms = isAlarm.map { Alarms(labelled.alarms($0), period: period) }
  }
}

extension DetectionMetrics.Alarms {
  init(_ alarms: LabelledAlarms, period: Double?) {
    self.init(
      points: alarms.points, events: alarms.events, ranges: alarms.ranges(), affiliation: alarms.affiliation,
      pointAdjustedF1: alarms.pointAdjustedF1, falseAlarms: alarms.falseAlarms,
      falseAlarmsPerDay: period.flatMap { alarms.falseAlarmsPerDay(period: $0) }, delay: alarms.delay(period: period))
  }
}
