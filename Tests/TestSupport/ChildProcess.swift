import Foundation

/// A process that a test has started. It does not outlive its test: neither one that never ends, nor one that throws.
public final class ChildProcess {
  public let process: Process

  /// Starts a process that has all its settings.
  public init(_ process: Process) throws {
    self.process = process
    // Threads of the concurrency runtime block signals, which a process inherits: it is to start as from a shell.
    var (none, earlier) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &earlier)
    defer { pthread_sigmask(SIG_SETMASK, &earlier, nil) }
    try process.run()
  }

  deinit { end() }

  /// What it ended with of its own; nil before, and where a signal ended it.
  public var exitStatus: Int32? {
    !process.isRunning && process.terminationReason == .exit ? process.terminationStatus : nil
  }

  public func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until the process has ended.
  ///
  /// - Throws: ``Deadline/Passed`` where it does not end; it is killed then
  public func wait(seconds: Double = Deadline.seconds) throws {
    do {
      try Deadline.wait(for: "the end of \(name)", seconds: seconds) { !process.isRunning }
    } catch {
      end()
      throw error
    }
    // It has ended: this returns at once, when all that is known of it is there.
    process.waitUntilExit()
  }

  /// Waits for something that the process does.
  ///
  /// - Throws: ``Deadline/Passed`` where it does not come, or the process has ended without it
  public func wait(for what: String, _ condition: () throws -> Bool) throws {
    try Deadline.wait(for: what) {
      let isRunning = process.isRunning
      if try condition() { return true }
      guard isRunning else { throw Deadline.Passed(what: what, reason: "\(name) has ended without it") }
      return false
    }
  }

  /// Runs a process to its end, and gives what it wrote to its standard output. A file takes it, which never fills up, as a
  /// pipe does, and ends whoever holds it.
  public static func output(of process: Process) throws -> Data {
    let folder = try TemporaryFolder()
    try folder.write([], as: "output")
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: folder.file("output")))
    let child = try ChildProcess(process)
    try child.wait()
    return try Data(contentsOf: URL(filePath: folder.file("output")))
  }

  /// The standard output of a program, or nil when it is not installed or fails.
  public static func output(of command: String, _ arguments: [String]) throws -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardError = FileHandle.nullDevice
    let data = try output(of: process)
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }

  private var name: String { process.executableURL?.lastPathComponent ?? "the process" }

  private func end() {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}

/// The end of a test's patience.
public enum Deadline {
  /// Far more than anything takes, on a machine that is busy with other things too.
  public static let seconds = isSanitized ? 1200.0 : 120

  /// What did not come in time.
  public struct Passed: Error, CustomStringConvertible {
    let what: String
    let reason: String
    public var description: String { "waiting for \(what): \(reason)" }
  }

  /// Looks again and again until something is so.
  ///
  /// - Throws: ``Passed`` where it is not so in time
  public static func wait(for what: String, seconds: Double = Deadline.seconds, until isSo: () throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try !isSo() {
      guard ContinuousClock.now < end else { throw Passed(what: what, reason: "it did not come in \(seconds) s") }
      usleep(2000)
    }
  }
}
