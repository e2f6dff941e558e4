import LatentFiles
import LatentReport

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The pictures and charts of the sections that a program makes of its run.
extension RunFolder {
  /// The name of the folder that they are in.
  static let pictures = "pictures"

  private var picturesPath: String { AtomicFile.path(Self.pictures, in: path) }

  /// Writes them, and removes those of before.
  func write(pictures files: [PageSectionFile]) throws(RunError) {
    guard isOwn else { return }
    removePictures(but: Set(files.map(\.name)))
    guard !files.isEmpty else { return }
    if mkdir(picturesPath, 0o777) != 0, FileKind(path: picturesPath) != .folder {
      throw RunError("cannot make the folder '\(picturesPath)': \(systemError())")
    }
    for file in files {
      do { try AtomicFile.write(file.bytes, to: AtomicFile.path(file.name, in: picturesPath)) } catch {
        throw RunError(error.description)
      }
    }
  }

  /// Removes those of an earlier run; the folder stays where something else is in it.
  func removePictures(but kept: Set<String> = []) {
    for name in AtomicFile.names(in: picturesPath) ?? [] where !kept.contains(name) {
      if name.hasSuffix(".png") || name.hasSuffix(".svg") || AtomicFile.isTemporary(name) {
        unlink(AtomicFile.path(name, in: picturesPath))
      }
    }
    if kept.isEmpty { rmdir(picturesPath) }
  }
}
