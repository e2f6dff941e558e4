extension DetectionMetrics {
  /// A measure as it stands in tables.
  public struct Figure: Sendable, Equatable {
    /// `VUS-PR`, `range F1`: as the field calls it.
    public let name: String
    /// nil where it is not defined.
    public let value: Double?
    /// Whether a smaller one is better.
    public let isBetterLow: Bool

    init(_ name: String, _ value: Double?, isBetterLow: Bool = false) {
      (self.name, self.value, self.isBetterLow) = (name, value, isBetterLow)
    }
  }

  /// All measures by their names: those of scores, those of the best threshold, and those of the alarms.
  public var figures: [Figure] {
    let ofScores = [
      Figure("AUC-PR", precisionRecallArea), Figure("AUC-ROC", rocArea), Figure("VUS-PR", volumes?.precisionRecall),
      Figure("VUS-ROC", volumes?.roc), Figure("best F1", bestF1), Figure("best event F1", best?.events),
      Figure("best range F1", best?.ranges), Figure("best affiliation F1", best?.affiliation),
      Figure("best point-adjusted F1", best?.pointAdjusted.value),
      Figure("best point-adjusted F1 of random scores", best?.pointAdjusted.random),
    ]
    guard let alarms else { return ofScores }
    func figures(_ name: String, _ value: PrecisionRecall) -> [Figure] {
      let prefix = name.isEmpty ? "" : name + " "
      return [
        Figure(prefix + "precision", value.precision), Figure(prefix + "recall", value.recall),
        Figure(prefix + "F1", value.f1),
      ]
    }
    return ofScores + figures("", alarms.points) + figures("event", alarms.events) + figures("range", alarms.ranges)
      + figures("affiliation", alarms.affiliation) + [
        Figure("point-adjusted F1", alarms.pointAdjustedF1?.value),
        Figure("point-adjusted F1 of random alarms", alarms.pointAdjustedF1?.random),
        Figure("false alarms", Double(alarms.falseAlarms), isBetterLow: true),
        Figure("false alarms a day", alarms.falseAlarmsPerDay, isBetterLow: true),
        Figure("anomalies missed", Double(alarms.delay.missed), isBetterLow: true),
        Figure("mean delay", alarms.delay.mean, isBetterLow: true),
        Figure("longest delay", alarms.delay.longest, isBetterLow: true),
      ]
  }
}
