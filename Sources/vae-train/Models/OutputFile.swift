import ArgumentParser
import LatentCommand
import LatentData
import LatentFiles
import LatentRun

/// Where a command's result goes: its name says the format.
struct OutputOptions: ParsableArguments {
  @Option(name: .shortAndLong, parsing: .unconditional, help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @Flag(help: "Replace the file if it exists.")
  var force = false

  /// The format, by the end of the name.
  ///
  /// - Throws: ``Failure`` where it is none of these, or where the file is there already
  func format<Format: CaseIterable & RawRepresentable>(_ type: Format.Type) throws(Failure) -> Format
  where Format.RawValue == String {
    guard let format = Format.allCases.first(where: { output.lowercased().hasSuffix("." + $0.rawValue) }) else {
      let ends = Format.allCases.map { "." + $0.rawValue }.joined(separator: " or ")
      throw Failure("--output '\(output)': its name must end in \(ends)", code: Failure.usage)
    }
    try check()
    return format
  }

  /// - Throws: ``Failure`` where there is something already that may not be replaced, or a run is on
  func check() throws(Failure) { try Self.check(output, force: force) }

  /// The same for another file. In the folder of a run it keeps runs out until the command is done. Of several processes,
  /// the first one looks: it is the one that writes.
  static func check(_ path: String, force: Bool) throws(Failure) {
    guard Processes.isFirst else { return }
    do throws(RunError) { try FolderLock.share(runOf: path) } catch { throw Failure(error) }
    guard force || FileKind(path: path) == .nothing else {
      throw Failure("'\(path)' exists already: choose another name with --output, or add --force")
    }
  }

  /// Writes the file whole or not at all.
  func write(_ bytes: [UInt8]) throws(FileError) { try AtomicFile.write(bytes, to: output) }
}
