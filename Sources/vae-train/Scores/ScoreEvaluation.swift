import LatentAnomalies
import LatentCommand
import LatentData
import LatentReport

/// How good scores and alarms are beside labels, and those of simple methods beside them.
struct ScoreEvaluation {
  /// A method and what it says of the rows of each series.
  struct Method {
    let name: String
    /// [series][N]
    var scores: [[Double]]
    /// [series][N]; nil where it has no threshold
    var alarms: [[Bool]]?
  }

  private let methods: [(name: String, metrics: DetectionMetrics)]
  private let period: Double?

  /// - Parameters:
  ///   - labels: of each series
  ///   - methods: the first is the model
  init(_ series: [Series], _ labels: [DetectionLabels], _ methods: [Method]) {
    let all = DetectionLabels(labels.flatMap(\.isAnomaly))
    let period = series[0].period
    self.period = period
    self.methods = methods.map {
      ($0.name, DetectionMetrics($0.scores.flatMap(\.self), all, isAlarm: $0.alarms?.flatMap(\.self), period: period))
    }
  }

  /// - Throws: ``Failure`` where no row is an anomaly
  static func check(_ labels: [DetectionLabels]) throws(Failure) {
    guard labels.allSatisfy({ $0.anomalies == 0 }) else { return }
    throw Failure(
      "--evaluate: the labels say of no row that it is an anomaly, so nothing can be evaluated: give data with known anomalies"
    )
  }

  /// Names of figures, and a value for each method.
  private var rows: [(name: String, values: [String])] {
    let figures = methods.map(\.metrics.figures)
    return figures[0].map { figure in
      let values = figures.map { own in own.first { $0.name == figure.name }.map(text) ?? "" }
      let unit = figure.name.hasSuffix("delay") ? (period == nil ? ", rows" : ", seconds") : ""
      return (figure.name + unit, values)
    }
  }

  private func text(_ figure: DetectionMetrics.Figure) -> String {
    guard let value = figure.value else { return "-" }
    if ["false alarms", "anomalies missed"].contains(figure.name) { return Format.grouped(value) }
    if figure.name.hasSuffix("delay") { return Format.grouped(value.rounded()) }
    return Format.fixed(value, 4)
  }

  /// What was evaluated.
  private var title: String {
    let metrics = methods[0].metrics
    return "\(metrics.anomalies) \(metrics.anomalies == 1 ? "anomaly" : "anomalies") in "
      + "\(Format.grouped(Double(metrics.anomalousRows))) of \(Format.grouped(Double(metrics.rows))) rows with a score"
  }

  /// For the terminal.
  var lines: [String] {
    [title, ""] + MeasureText.aligned([["measure"] + methods.map(\.name)] + rows.map { [$0.name] + $0.values })
  }

  /// For a page.
  var table: ScoredPage.Evaluation {
    ScoredPage.Evaluation(
      title, methods: methods.count > 1 ? methods.map(\.name) : [], rows: rows.map { .init($0.name, $0.values) })
  }
}
