import ArgumentParser
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentRun
import LatentTraining

/// `vae-train report`: a run's page, made anew.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write the page of a run: curves, pictures, and a playground of the decoder.",
    discussion: """
      report.html is one file that needs no network. For a run, it is written into the run's folder, where it \
      replaces an older one; for a weights file, into the current folder.
      """)

  @OptionGroup var model: SavedModelOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where the images on the page come from: \(DataSource.usage()). (default: the run's)",
      valueName: "source"), transform: Parse.source)
  var data: DataSource?

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("The file to write. (default: report.html)", valueName: "file"))
  var output: String?

  @Flag(help: "Replace the file if it exists.")
  var force = false

  func run() throws {
    try Failure.reportingProgress(alone: true) {
      if let output, !output.lowercased().hasSuffix(".html") {
        throw Failure("--output '\(output)': its name must end in .html", code: Failure.usage)
      }
      let folder = FileKind(path: model.model) == .folder ? model.model : nil
      func file(_ file: RunFolder.File) -> String? { folder.map { AtomicFile.path(file.rawValue, in: $0) } }
      let path = output ?? file(.page) ?? RunFolder.File.page.rawValue
      try OutputOptions.check(path, force: force || folder != nil && output == nil)
      let saved = try model.load()
      var page = RunPage(
        saved, history: model.history ?? History(), record: folder.flatMap { try? RunRecord(contentsOf: $0) })
      if let folder { page.addPictures(in: folder) }
      let source = data ?? saved.dataSource
      let report = page.report(PageImages(source, for: saved), on: model.makeOwnWorkers())
      try AtomicFile.write(Array(report.html().utf8), to: path)
      for note in report.notes { Console.print("note: \(note)") }
      Console.print("wrote '\(path)'")
      NextStep.say("open it in a browser")
    }
  }
}
