import ArgumentParser
import LatentAnomalies
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentRun
import LatentTraining

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// `vae-train score`: which rows of a series the model did not expect.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Find what a trained model did not expect in a series.",
    discussion: """
      Each row gets a score: the higher, the less expected. Rows above the threshold are alarms, and alarms that follow \
      each other are events. -o scores.csv: for each row its time, values, what is expected of them and between which \
      numbers 90% of it lies, score and alarm. -o FOLDER: that table, events.csv, events.json, report.html and scores.png.
      """)

  @OptionGroup var model: SavedModelOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The series: a table as --data of training takes it, or a folder of them.", valueName: "source"),
    transform: ExperimentOptions.source)
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
      let files = try output.files()
      let scored = try scoredModel()
      let (series, notes) = try scored.series(of: data)
      guard Processes.isFirst else { return }
      for line in MeasureText.aligned(scored.head + [["data", Self.text(series, notes)]]) { Console.print(line) }
      for warning in scored.warnings { Console.error("Warning: \(warning)") }
      try files.makeFolder()
      let found = try ScoredData(series, by: scored, minLength: minLength, cooldown: cooldown, to: files)
      Console.print("")
      for line in found.lines { Console.print(line) }
      try found.writeEvents(to: files)
      for file in files.all { Console.print("wrote '\(file)'") }
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

/// Where results go.
struct ScoreOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("scores.csv, or a folder for everything. (default: nothing is written)", valueName: "path"))
  var output: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Write the events: .csv or .json.", valueName: "file"))
  var events: String?

  @Flag(help: "Replace files that exist.")
  var force = false

  /// The files to write.
  struct Files {
    /// The folder that some of them go to.
    var folder: String?
    var table: String?
    var events: [String] = []

    /// Makes the folder.
    ///
    /// - Throws: `FileError`
    func makeFolder() throws(FileError) {
      if let folder, mkdir(folder, 0o777) != 0, errno != EEXIST { throw .system(.write, folder) }
    }

    /// All that are written, in order.
    var all: [String] { [table].compactMap(\.self) + events }
  }

  /// - Throws: ``Failure`` where a name says no format, or a file is there already
  func files() throws(Failure) -> Files {
    var files = Files()
    if let output {
      if output.lowercased().hasSuffix(".csv") {
        files.table = output
      } else if output.split(separator: "/").last?.contains(".") == true, FileKind(path: output) != .folder {
        throw Failure("--output '\(output)': its name must end in .csv, or be that of a folder", code: Failure.usage)
      } else {
        func path(_ name: String) -> String { AtomicFile.path(name, in: output) }
        files.folder = output
        files.table = path("scores.csv")
        files.events = [path("events.csv"), path("events.json")]
      }
    }
    if let events {
      guard [".csv", ".json"].contains(where: events.lowercased().hasSuffix) else {
        throw Failure("--events '\(events)': its name must end in .csv or .json", code: Failure.usage)
      }
      files.events.append(events)
    }
    for file in files.all { try OutputOptions.check(file, force: force) }
    return files
  }
}
