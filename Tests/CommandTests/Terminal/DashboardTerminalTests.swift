import Foundation
import TestSupport
import Testing

@testable import vae_train

/// A run of the program in a pseudo-terminal of its own.
private final class TerminalRun {
  var process: Process { child.process }
  private let child: ChildProcess
  private(set) var screen: ScreenEmulator
  private(set) var raw = ""
  private let descriptor: Int32
  private var waiting: [UInt8] = []

  init(
    _ options: [String], in folder: Folder, columns: Int = 100, rows: Int = 36, environment: [String: String] = [:]
  ) throws {
    var (screen, program): (Int32, Int32) = (-1, -1)
    try #require(openpty(&screen, &program, nil, nil, nil) == 0)
    descriptor = screen
    self.screen = ScreenEmulator(columns: columns, rows: rows)
    let terminal = FileHandle(fileDescriptor: program, closeOnDealloc: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments =
      ["--data", "synthetic", "--limit", "64", "--hidden-size", "8", "--output", "out", "--dashboard"] + options
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment
      .merging(["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": "", "SWIFT_BACKTRACE": "enable=no"]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = terminal
    process.standardError = terminal
    Self.resize(screen, columns: columns, rows: rows)
    child = try ChildProcess(process)
  }

  deinit { close(descriptor) }

  func resize(columns: Int, rows: Int) {
    Self.resize(descriptor, columns: columns, rows: rows)
    screen.resize(columns: columns, rows: rows)
  }

  private static func resize(_ descriptor: Int32, columns: Int, rows: Int) {
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
  }

  /// Reads until the screen is as wanted.
  func wait(
    until condition: (ScreenEmulator) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for _ in 0..<600 where !condition(screen) {
      if !read(milliseconds: 100) && !process.isRunning { break }
    }
    try #require(condition(screen), "\(screen.text)", sourceLocation: sourceLocation)
  }

  /// Reads until the process has ended and all of it is read.
  func finish() throws {
    try Deadline.wait(for: "the end of the run") {
      _ = read(milliseconds: 50)
      return !process.isRunning
    }
    try child.wait()
    while read(milliseconds: 50) {}
    // A character that a signal cut in two has no second part.
    take(waiting)
    waiting = []
  }

  @discardableResult
  private func read(milliseconds: Int32) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) == 1 else { return false }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = Foundation.read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return false }
    // A character that the kernel hands over in two parts waits for its second one.
    waiting += bytes.prefix(count)
    var end = waiting.count
    while end > 0, String(validating: waiting[..<end], as: UTF8.self) == nil, waiting.count - end < 4 { end -= 1 }
    take(Array(waiting[..<end]))
    waiting.removeFirst(end)
    return true
  }

  private func take(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    raw += text
    screen.feed(text)
  }
}

@Suite(.serialized) struct DashboardTerminalTests {
  private static let endless = ["--epochs", "1000000"]

  private func expectRestored(_ run: TerminalRun, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(!run.screen.isAlternate && run.screen.isCursorVisible, sourceLocation: sourceLocation)
    #expect(run.screen.unknown.isEmpty, "\(run.screen.unknown)", sourceLocation: sourceLocation)
    #expect(run.raw.components(separatedBy: "\u{1B}[?1049l").count == 2, "left once", sourceLocation: sourceLocation)
  }

  @Test func aWholeRun() throws {
    let folder = try Folder()
    let run = try TerminalRun(["--epochs", "3"], in: folder)
    try run.finish()
    #expect(run.process.terminationStatus == 0)
    expectRestored(run)
    // What a run without a dashboard prints is on the normal screen.
    let text = String(run.raw.components(separatedBy: "\u{1B}[?1049l")[1])
    #expect(text.contains("data      synthetic digits") && text.contains("     3/3"))
    #expect(text.contains("  model.safetensors") && !text.contains("\u{1B}"))
  }

  @Test func showsTheRunAndFollowsTheSize() throws {
    let folder = try Folder()
    let run = try TerminalRun(Self.endless, in: folder)
    // A frame may come in several parts.
    try run.wait {
      let text = $0.text
      return $0.isAlternate && ["best epoch", "images/s", "━━ training", "▀▀▀▀"].allSatisfy { text.contains($0) }
    }
    #expect(!run.screen.isCursorVisible)
    #expect(run.screen.lines[0].hasPrefix("vae-train   out   synthetic digits"))
    #expect(run.screen.lines[1].hasPrefix("epoch ") && run.screen.lines[2].hasPrefix("learning rate 0.001"))
    for title in ["Total (−ELBO)", "Reconstruction", "KL divergence", "━━ training", "▀▀▀▀"] {
      #expect(run.screen.text.contains(title))
    }
    run.resize(columns: 60, rows: 20)
    try run.wait {
      // A third panel has no room.
      $0.lines[0].hasPrefix("vae-train") && $0.text.contains("▀▀▀▀") && $0.text.contains("Reconstruction")
        && !$0.text.contains("KL divergence")
    }
    kill(run.process.processIdentifier, SIGINT)
    try run.finish()
    #expect(run.process.terminationStatus == 130)
    expectRestored(run)
  }

  @Test(arguments: [SIGTERM, SIGUSR1, SIGHUP]) func signalsGiveTheTerminalBack(signal: Int32) throws {
    let folder = try Folder()
    let run = try TerminalRun(Self.endless, in: folder)
    try run.wait { $0.isAlternate && $0.text.contains("best epoch") }
    kill(run.process.processIdentifier, signal)
    try run.finish()
    #expect(run.process.terminationReason == .exit && run.process.terminationStatus == 128 + signal)
    expectRestored(run)
    #expect(run.screen.text.contains("Interrupted: resume with vae-train --resume=out"))
  }

  /// Signals that end a process at once, that of a failed precondition among them.
  @Test(arguments: [SIGABRT, SIGILL, SIGSEGV])
  func deadlySignals(signal: Int32) throws {
    let folder = try Folder()
    let run = try TerminalRun(Self.endless, in: folder)
    try run.wait { $0.isAlternate && $0.text.contains("best epoch") }
    kill(run.process.processIdentifier, signal)
    try run.finish()
    #expect(run.process.terminationReason == .uncaughtSignal && run.process.terminationStatus == signal)
    expectRestored(run)
  }

  @Test func errorsAreSeen() throws {
    let folder = try Folder()
    let run = try TerminalRun(["--epochs", "3", "--learning-rate", "1e30"], in: folder)
    try run.finish()
    #expect(run.process.terminationStatus == 1)
    expectRestored(run)
    #expect(run.screen.text.contains("Error: the loss is not finite"))
  }

  @Test(
    arguments: [
      (100, 36, ["TERM": "dumb"]), (100, 36, ["LC_ALL": "C"]), (39, 36, [:]), (100, 15, [:]),
    ] as [(Int, Int, [String: String])])
  func terminalsThatCannotShowIt(columns: Int, rows: Int, environment: [String: String]) throws {
    let folder = try Folder()
    let run = try TerminalRun(
      ["--epochs", "2", "--no-progress"], in: folder, columns: columns, rows: rows, environment: environment)
    try run.finish()
    #expect(run.process.terminationStatus == 0)
    #expect(!run.raw.contains("\u{1B}") && run.raw.contains("     2/2"))
  }

  @Test func withoutATerminal() throws {
    let folder = try Folder()
    let result = try Program.train(["--output", "a", "--dashboard"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty && !result.output.contains("\u{1B}"))
    #expect(result.output.contains("     2/2") && result.output.contains("  model.safetensors"))
    // No bit depends on it, in a terminal or not.
    let run = try TerminalRun(["--epochs", "2"], in: folder)
    try run.finish()
    #expect(try folder.bytes("out/model.safetensors") == folder.bytes("a/model.safetensors"))
  }
}
