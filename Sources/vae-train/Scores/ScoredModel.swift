import LatentAnomalies
import LatentCommand
import LatentData
import LatentFiles
import LatentRun
import LatentTraining

/// Says which rows are alarms.
enum AlarmJudge {
  case fixed(Threshold)
  /// One that learns from the rows.
  case learning(StreamingThreshold)

  /// Whether the next row is an alarm.
  mutating func isAlarm(_ score: Double) -> Bool {
    switch self {
    case .fixed(let threshold): return threshold.isAlarm(score)
    case .learning(var threshold):
      let isAlarm = threshold.next(score).isAnomaly
      self = .learning(threshold)
      return isAlarm
    }
  }

  var isLearning: Bool {
    if case .learning = self { true } else { false }
  }
}

extension ScoreOptions {
  /// The threshold that goes on from here.
  ///
  /// - Throws: ``Failure`` where it is no rule that can
  func streaming(_ threshold: Threshold, _ calibration: ScoreCalibration?) throws -> StreamingThreshold {
    guard case .peaksOverThreshold(let risk) = threshold.rule, let calibration else {
      throw Failure("--adapt: \(threshold.rule) does not learn; take --threshold pot=1e-4", code: Failure.usage)
    }
    return try StreamingThreshold(risk: risk, sketch: calibration.scores)
  }
}

/// A model that scores rows, with what is known of normal ones.
struct ScoredModel {
  let saved: SavedModel
  let settings: ScoreSettings
  /// nil where a threshold that was given as a number needs none, and there is none.
  let calibration: ScoreCalibration?
  let threshold: Threshold
  /// Judges the rows of a series, from its first one on.
  let judge: AlarmJudge
  let scorer: AnomalyScorer
  let workers: DataParallel

  init(_ saved: SavedModel, _ options: ScoreOptions, workers: DataParallel) throws {
    settings = options.settings
    (self.saved, self.workers) = (saved, workers)
    // A model that can't score is refused before anything is computed.
    var scorer = try saved.scorer(settings)
    if case .number(let value) = options.threshold {
      let kept = saved.calibration.flatMap { $0.settings == options.settings ? $0 : nil }
      calibration = kept
      threshold = try kept.map { try Threshold(.number(value), sketch: $0.scores) } ?? Threshold(value)
    } else {
      let found = try options.calibration(of: saved, workers: workers)
      calibration = found
      threshold = try ScoreOptions.threshold(options.threshold, found.scores)
    }
    judge = try options.adapt ? .learning(options.streaming(threshold, calibration)) : .fixed(threshold)
    if let calibration { scorer.period = calibration.period }
    self.scorer = scorer
  }

  /// The names of the features that the model reads: [D]
  var columns: [String] { saved.columns }

  /// What is said before anything is scored.
  var head: [[String]] {
    [
      ["model", "\(saved.file): \(saved.structure)"],
      ["score", settings.description],
      [
        "threshold",
        "\(Float(threshold.value)), \(threshold.words)"
          + (calibration.map { " (\(isChosen ? "" : "\(threshold.rule), ")of \($0.part) rows)" } ?? "")
          + (judge.isLearning ? "; it learns from each row" : ""),
      ],
    ]
  }

  /// Whether the threshold is a number that somebody gave.
  private var isChosen: Bool {
    if case .number = threshold.rule { true } else { false }
  }

  /// Features that never changed in normal data: whatever is said of them says little.
  var warnings: [String] {
    guard let calibration else { return [] }
    let constant = zip(columns, calibration.features).filter { _, feature in
      feature.deviation == 0 && feature.missing < 1
    }
    return constant.map { column, feature -> String in
      "\(quotedName(column)) was \(feature.mean) in all rows that the model was validated on: any other value may be an alarm; "
        + "leave it out of --columns in training where that is not wanted"
    }
  }

  /// The series of a source, as the model's own were read, but not scaled.
  ///
  /// - Throws: `DataError`, or ``Failure`` where they are not what the model reads
  func series(of source: DataSource, labelColumn: String?) throws -> (series: [Series], notes: [String]) {
    try saved.series(of: source, for: scorer, labelColumn: labelColumn)
  }
}

extension SavedModel {
  /// The names of the features that it reads: [D]; numbers where they are not known.
  var columns: [String] { featureNames ?? (0..<example.features).map { "column \($0 + 1)" } }

  /// The series of a source, as the model's own were read, but not scaled.
  ///
  /// - Throws: `DataError`, or ``Failure`` where they are not what the model reads
  func series(
    of source: DataSource, for scorer: AnomalyScorer, labelColumn: String? = nil
  ) throws -> (series: [Series], notes: [String]) {
    var reading = reading
    if let labelColumn { reading.series.labelColumn = labelColumn }
    reading.series.window = scorer.model.window
    let (read, notes) = try source.series(reading)
    for series in read { try check(series, for: scorer) }
    return (read, notes)
  }

  private func check(_ series: Series, for scorer: AnomalyScorer) throws(Failure) {
    let file = quotedName(series.name)
    guard series.features == scorer.model.features else {
      throw Failure(
        "\(file) has \(series.features) columns of values, and the model reads \(scorer.model.features): "
          + columns.map { quotedName($0) }.joined(separator: ", "))
    }
    if series.values.allSatisfy(\.isNaN) {
      throw Failure("\(file): all values are missing, there is nothing to score: look at --columns")
    }
    if let learned = scorer.period, let period = series.period, abs(period - learned) > 0.01 * learned {
      throw Failure(
        "\(file) has a row every \(Self.text(period)) seconds, and the model has learned from one every "
          + "\(Self.text(learned)): resample it, or train on such data")
    }
    let longest = series.runs(period: scorer.period).map(\.count).max() ?? 0
    guard longest >= scorer.model.window else {
      throw Failure(
        "\(file) has no \(scorer.model.window) rows that follow each other, the model's window, but \(longest): give more "
          + "rows, or train with a smaller --window")
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() && seconds < 1e15 ? "\(Int(seconds))" : "\(seconds)"
  }
}
