import Foundation

/// Runs `body` with the path of a new folder, which is removed afterwards.
public func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = try TemporaryFolder()
  return try withExtendedLifetime(folder) { try body(folder.path) }
}

/// A folder that is deleted with its owner.
public final class TemporaryFolder {
  public let path: String

  public init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "latent-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file into it.
  public func write(_ bytes: [UInt8], as name: String) throws {
    try Data(bytes).write(to: URL(filePath: file(name)))
  }

  /// The path of a file in it.
  public func file(_ name: String) -> String { path + "/" + name }
}
