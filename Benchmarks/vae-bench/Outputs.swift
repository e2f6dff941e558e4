import Foundation
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentRun

/// The files that the options ask for.
struct Outputs {
  private let options: VAEBench

  /// - Throws: ``Failure`` where one of them can't be written.
  init(_ options: VAEBench) throws(Failure) {
    self.options = options
    guard Processes.world.isFirst else { return }
    for (option, path) in [("--json", options.json), ("--csv", options.csv), ("--trace", options.trace)] {
      guard let path else { continue }
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      if path.isEmpty || (exists && isFolder.boolValue) {
        throw Failure("\(option): '\(path)' is not the path of a file", code: Failure.usage)
      }
      do throws(RunError) { try FolderLock.share(runOf: path) } catch { throw Failure(error) }
      guard access(folder, W_OK) == 0 else {
        throw Failure("\(option): cannot write '\(path)': \(String(cString: strerror(errno)))", code: Failure.usage)
      }
    }
  }

  /// Writes them, of all processes, each of which calls it.
  func write(_ report: Report, _ profile: Profile) throws {
    let world = Processes.world
    let trace = options.trace.map { _ in Trace(profile).json(over: world) }
    guard world.isFirst else { return }
    if let path = options.json { try write(try report.json, to: path) }
    if let path = options.csv { try write(ReportText.csv(report), to: path) }
    if let path = options.trace, let trace { try write(trace, to: path) }
  }

  private func write(_ text: String, to path: String) throws(FileError) {
    try AtomicFile.write(Array(text.utf8), to: path, isDurable: false)
  }
}
