import ArgumentParser
import LatentCommand
import LatentData
import LatentFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Where results go.
struct ScoreOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp(
      "scores.csv, report.html or scores.png, or a folder for all of it. (default: nothing is written)",
      valueName: "path"))
  var output: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Write the events: .csv or .json.", valueName: "file"))
  var events: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Write scores, threshold, alarms and the picture for TensorBoard.", valueName: "folder"))
  var tensorboard: String?

  @Flag(help: "Replace files that exist.")
  var force = false

  /// The files to write.
  struct Files {
    /// The folder that some of them go to.
    var folder: String?
    var table: String?
    var events: [String] = []
    /// Of each series.
    var pages: [String] = []
    /// Of each series.
    var pictures: [String] = []
    var tensorboard: String?

    /// All that are written, in order.
    var all: [String] { [table].compactMap(\.self) + events + pages + pictures }

    /// Makes the folder.
    ///
    /// - Throws: `FileError`
    func makeFolder() throws(FileError) {
      if let folder, mkdir(folder, 0o777) != 0, errno != EEXIST { throw .system(.write, folder) }
    }
  }

  /// - Parameter series: their names
  /// - Throws: ``Failure`` where a name says no format, or a file is there already
  func files(for series: [String]) throws(Failure) -> Files {
    var files = Files()
    files.tensorboard = tensorboard
    if let output {
      let name = output.lowercased()
      if name.hasSuffix(".csv") {
        files.table = output
      } else if [".html", ".png"].contains(where: name.hasSuffix) {
        guard series.count == 1 else {
          throw Failure(
            "--output '\(output)': there are \(series.count) series, and each has a page and a picture of its own: name a folder",
            code: Failure.usage)
        }
        if name.hasSuffix(".html") { files.pages = [output] } else { files.pictures = [output] }
      } else if output.split(separator: "/").last?.contains(".") == true, FileKind(path: output) != .folder {
        throw Failure(
          "--output '\(output)': its name must end in .csv, .html or .png, or be that of a folder", code: Failure.usage)
      } else {
        func path(_ name: String) -> String { AtomicFile.path(name, in: output) }
        files.folder = output
        files.table = path("scores.csv")
        files.events = [path("events.csv"), path("events.json")]
        files.pages = series.count == 1 ? [path("report.html")] : series.map { path(Self.stem($0) + ".html") }
        files.pictures = series.count == 1 ? [path("scores.png")] : series.map { path(Self.stem($0) + ".png") }
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

  /// The name of a series' file without what says that it is a table.
  private static func stem(_ name: String) -> String {
    var name = name[...]
    for ending in [".gz", ".csv", ".tsv", ".txt"] where name.count > ending.count && name.lowercased().hasSuffix(ending)
    {
      name = name.dropLast(ending.count)
    }
    return String(name)
  }
}
