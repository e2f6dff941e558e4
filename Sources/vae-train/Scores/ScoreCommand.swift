import ArgumentParser
import LatentAnomalies
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentRun
import LatentTraining

/// `vae-train score`: which rows of a series the model did not expect.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Find what a trained model did not expect in a series.",
    discussion: """
      Each row gets a score: the higher, the less expected. Rows above the threshold are alarms, and alarms that follow \
      each other are events. -o scores.csv: for each row its time, values, what is expected of them and between which \
      numbers 90% of it lies, score and alarm. -o FOLDER: that table, events.csv, events.json, report.html and scores.png; \
      of several series, a page and a picture each.
      """)

  @OptionGroup var model: SavedModelOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The series: a table as --data of training takes it, or a folder of them.", valueName: "source"),
    transform: Parse.source)
  var data: DataSource?

  @Flag(help: "Read rows from standard input, and write each with its score at once.")
  var follow = false

  @OptionGroup(title: "Scores") var scores: ScoreOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Leave out events of fewer rows. (default: 1)", valueName: "rows"), transform: Parse.size)
  var minLength = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows without alarm that end an event: alarms that are nearer are one. (default: 1)", valueName: "rows"),
    transform: Parse.size)
  var cooldown = 1

  @Flag(
    help: ArgumentHelp(
      "Say how good scores and alarms are beside labels, and those of simple methods beside them: a column of labels, or "
        + "--labels."))
  var evaluate = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Known anomalies: a .csv file of intervals with the columns start and end, or a .json file as NAB has them. (default: "
        + "the column of labels)", valueName: "file"))
  var labels: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The column of labels, by name or number: 0 is normal. (default: found by its name)", valueName: "column"))
  var labelColumn: String?

  @OptionGroup(title: "Results") var output: ScoreOutputOptions

  func run() throws {
    try Failure.reportingProgress {
      if follow {
        guard data == nil else {
          throw Failure("--follow reads standard input: leave out --data", code: Failure.usage)
        }
        return try FollowedScores(scoredModel()).run()
      }
      guard let data else {
        throw Failure(
          "--data: give the series to score, or --follow to read rows from standard input", code: Failure.usage)
      }
      // What is wrong with names is said before anything is computed.
      _ = try output.files(for: [""])
      let scored = try scoredModel()
      let (series, notes) = try scored.series(of: data, labelColumn: labelColumn)
      let files = try output.files(for: series.map(\.name))
      guard Processes.isFirst else { return }
      for line in MeasureText.aligned(scored.head + [["data", Self.text(series, notes)]]) { Console.print(line) }
      for warning in scored.warnings { Console.error("Warning: \(warning)") }
      let rule = ScoredData.EventRule(minLength: minLength, cooldown: cooldown)
      let labels = try evaluate ? labels(of: series) : nil
      if let labels { try ScoreEvaluation.check(labels) }
      try files.makeFolder()
      let found = try ScoredData(series, labels, by: scored, rule, to: files)
      Console.print("")
      for line in found.lines { Console.print(line) }
      var evaluation: ScoreEvaluation?
      if let labels {
        var baselines: [ScoreEvaluation.Method] = []
        do { baselines = try scored.baselines(on: series, scores.threshold) } catch {
          Console.error(
            "Warning: there are no simple methods to compare with: \((error as? Failure)?.message ?? "\(error)")")
        }
        evaluation = ScoreEvaluation(series, labels, [found.method] + baselines)
        Console.print("")
        for line in evaluation!.lines { Console.print(line) }
      }
      try found.writeEvents(to: files)
      try found.writeViews(to: files, settings: scored.head, evaluation)
      if let folder = files.tensorboard {
        try found.writeEvents(toTensorBoard: folder)
        Console.print("wrote events for TensorBoard in '\(folder)'")
      }
      for file in files.all { Console.print("wrote '\(file)'") }
      Console.print("")
      sayNext(files, source: data)
    }
  }

  /// Says what people do next.
  private func sayNext(_ files: ScoreOutputOptions.Files, source: DataSource) {
    if let page = files.pages.first {
      NextStep.say("open \(NextStep.shell(page)) in a browser: its slider moves the threshold")
    } else {
      NextStep.say(
        "vae-train score --model \(model.shellPath) --data \(NextStep.shell(source.description)) -o scores writes a table, events "
          + "and a page")
    }
  }

  /// The known anomalies of each series.
  private func labels(of series: [Series]) throws -> [DetectionLabels] {
    if let labels {
      return try series.map {
        let file = try IntervalFile(contentsOf: labels, series: $0.name)
        return try DetectionLabels(file.intervals, times: $0.times ?? (0..<$0.rows).map(Double.init))
      }
    }
    return try series.map {
      guard let labels = $0.labels else {
        throw Failure(
          "--evaluate: \(quotedName($0.name)) has no column of labels: name it with --label-column, or give "
            + "--labels FILE with intervals", code: Failure.usage)
      }
      return DetectionLabels(labels)
    }
  }

  private func scoredModel() throws -> ScoredModel {
    try ScoredModel(model.load(), scores, workers: model.makeOwnWorkers())
  }

  private static func text(_ series: [Series], _ notes: [String]) -> String {
    let rows = series.reduce(0) { $0 + $1.rows }
    let missing = series.reduce(0) { $0 + $1.values.count { $0.isNaN } }
    let many = series.count > 1 ? " of \(series.count) series" : " of \(quotedName(series[0].name))"
    return
      (["\(Format.grouped(Double(rows))) rows\(many)"] + (missing > 0 ? ["\(missing) missing values"] : []) + notes)
      .joined(separator: "; ")
  }
}
