import Foundation
import LatentFiles
import TestSupport
import Testing

/// The built program, run as its users run it.
enum Program {
  struct Result: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// The lines on standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  /// The built program lies beside the test bundle.
  static let path = path(of: "vae-train")

  private static func path(of program: String) -> String {
    #if os(macOS)
      let folder = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }!.bundleURL
        .deletingLastPathComponent()
    #else
      let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    #endif
    return folder.appendingPathComponent(program).path
  }

  /// A run that is small enough for tests, with more options after the first ones.
  static func train(_ options: [String], in folder: Folder, environment: [String: String] = [:]) throws -> Result {
    try run(
      ["--data", "synthetic", "--limit", "64", "--epochs", "2", "--hidden-size", "8"] + options, in: folder,
      environment: environment)
  }

  /// A measurement that is small enough for tests, with more options after the first ones.
  static func bench(_ options: [String], in folder: Folder, environment: [String: String] = [:]) throws -> Result {
    try run(
      ["--data", "synthetic", "--limit", "96", "--hidden-size", "8", "--batch-size", "32", "--threads", "1"] + options,
      in: folder, environment: environment, program: "vae-bench")
  }

  /// Runs a program in a folder to its end.
  ///
  /// - Parameter shell: a shell script that gets the program and its arguments as `"$@"`; nil runs the program itself
  static func run(
    _ arguments: [String], in folder: Folder, environment: [String: String] = [:], shell: String? = nil,
    program: String = "vae-train"
  ) throws -> Result {
    // Files, unlike pipes, never fill up and block the program.
    let log = try Folder()
    let (output, errors) = (try log.create("out"), try log.create("err"))
    let child = try start(
      arguments, in: folder, environment: environment, shell: shell, program: program, output: output, errors: errors)
    // Long enough for a page in a browser on a slow machine.
    try child.wait(seconds: 3 * Deadline.seconds)
    let status = try #require(child.exitStatus, "the program crashed: \(arguments)")
    return Result(status: status, output: try log.text("out"), errors: try log.text("err"))
  }

  /// Starts a program and does not wait for it; its output goes nowhere.
  ///
  /// - Parameter shell: as for ``run(_:in:environment:shell:program:)``; it must `exec` what it gets
  static func start(
    _ arguments: [String], in folder: Folder, environment: [String: String] = [:], shell: String? = nil,
    program: String = "vae-train", output: FileHandle = .nullDevice, errors: FileHandle = .nullDevice
  ) throws -> ChildProcess {
    let path = path(of: program)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: shell == nil ? path : "/bin/sh")
    process.arguments = shell.map { ["-c", $0, "sh", path] + arguments } ?? arguments
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    return try ChildProcess(process)
  }
}

/// A temporary folder, removed when the test is done with it.
final class Folder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("latent-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
  }

  func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: path(name), toPath: path(other))
  }

  func move(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
  }

  /// Another text in the place of one that a file has.
  func replace(_ old: String, by new: String, in name: String) throws {
    let text = try text(name)
    try #require(text.contains(old), "\(name): \(text)")
    try write(name, Array(text.replacing(old, with: new).utf8))
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url.appendingPathComponent(name))) }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func create(_ name: String) throws -> FileHandle {
    try write(name, [])
    return try FileHandle(forWritingTo: url.appendingPathComponent(name))
  }

  /// Everything in it, with the paths of files in folders, in order.
  var contents: [String] { FileManager.default.subpaths(atPath: url.path)?.sorted() ?? [] }

  /// A JSON file's object.
  func json(_ name: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(bytes(name))) as? [String: Any])
  }
}
