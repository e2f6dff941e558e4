import Foundation
import Latent
import Testing

@testable import vae_train

/// A pseudo-terminal: the program writes to `program`, and the test reads what would be on the screen.
private final class Terminal {
  let program: Int32
  private let screen: Int32

  init(columns: UInt16) throws {
    var (screen, program): (Int32, Int32) = (-1, -1)
    try #require(openpty(&screen, &program, nil, nil, nil) == 0)
    (self.screen, self.program) = (screen, program)
    resize(columns: columns)
  }

  deinit {
    close(program)
    close(screen)
  }

  func resize(columns: UInt16) {
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(program, UInt(TIOCSWINSZ), &size)
  }

  /// What was written since the last call. The kernel hands it over when it likes, so a mark is sent after it.
  func read() throws -> String {
    let mark = Array("<end>".utf8)
    try #require(write(program, mark, mark.count) == mark.count)
    var text: [UInt8] = []
    while !text.reversed().starts(with: mark.reversed()) {
      var ready = pollfd(fd: screen, events: Int16(POLLIN), revents: 0)
      try #require(poll(&ready, 1, 10_000) == 1)
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = Foundation.read(screen, &bytes, bytes.count)
      try #require(count > 0)
      text += bytes.prefix(count)
    }
    return String(decoding: text.dropLast(mark.count), as: UTF8.self)
  }
}

/// What a terminal shows in its one line after `text`: carriage return goes back, `ESC [ K` erases to the right.
private func screenLine(_ text: String) -> String {
  var line: [Character] = []
  var column = 0
  var rest = text[...]
  while let character = rest.first {
    if rest.hasPrefix("\u{1B}[K") {
      line.removeSubrange(min(column, line.count)...)
      rest = rest.dropFirst(3)
      continue
    }
    rest = rest.dropFirst()
    if character == "\r" {
      column = 0
    } else {
      if column < line.count { line[column] = character } else { line.append(character) }
      column += 1
    }
  }
  return String(line)
}

@Suite struct ProgressTerminalTests {
  private let progress = RunProgress(label: "epoch 1/2", fraction: 0.5, imagesPerSecond: 1000, losses: [("loss", 1)])

  private func bar(_ file: Int32, isEnabled: Bool = true, _ changes: [String: String] = [:]) -> ProgressBar {
    let environment = ["TERM": "xterm", "LANG": "en_US.UTF-8"].merging(changes) { $1 }
    return ProgressBar(file: file, isEnabled: isEnabled) { environment[$0] }
  }

  @Test func redrawsInPlaceAtMostTenTimesASecond() throws {
    let terminal = try Terminal(columns: 60)
    let bar = self.bar(terminal.program)
    let start = ContinuousClock.now
    bar.update(progress, at: start)
    var screen = try terminal.read()
    #expect(screenLine(screen).hasPrefix("epoch 1/2 "))
    #expect(screenLine(screen).hasSuffix("  50%  1,000 images/s  loss 1.00"))
    #expect(screenLine(screen).count <= 59)
    bar.update(progress, at: start + .milliseconds(99))
    #expect(try terminal.read() == "")
    // A narrower terminal: nothing of the longer line stays.
    terminal.resize(columns: 24)
    bar.update(progress, at: start + .milliseconds(100))
    screen += try terminal.read()
    #expect(screenLine(screen).hasPrefix("epoch 1/2 ") && screenLine(screen).hasSuffix("────  50%"))
    #expect(screenLine(screen).count == 23)
    bar.clear()
    screen += try terminal.read()
    #expect(screenLine(screen) == "")
    bar.clear()
    #expect(try terminal.read() == "", "there is nothing to clear twice")
    bar.update(progress, at: start + .milliseconds(101))
    #expect(try terminal.read() != "", "after a printed line it comes back at once")
    #expect(!screen.contains("\n"))
  }

  @Test func clearsItselfAtTheEnd() throws {
    let terminal = try Terminal(columns: 60)
    do {
      let bar = self.bar(terminal.program)
      bar.update(progress)
    }
    #expect(try screenLine(terminal.read()) == "")
  }

  @Test func isSilentWithoutATerminal() throws {
    let pipe = Pipe()
    let bar = self.bar(pipe.fileHandleForWriting.fileDescriptor)
    var drawn = 0
    func shown() -> RunProgress {
      drawn += 1
      return progress
    }
    bar.update(shown())
    bar.clear()
    try pipe.fileHandleForWriting.close()
    #expect(try pipe.fileHandleForReading.readToEnd() ?? Data() == Data())
    #expect(drawn == 0, "what is not shown is not computed")
    let terminal = try Terminal(columns: 60)
    self.bar(terminal.program, isEnabled: false).update(progress)
    #expect(try terminal.read() == "")
  }

  @Test func isSilentOnADumbTerminal() throws {
    let terminal = try Terminal(columns: 60)
    bar(terminal.program, ["TERM": "dumb"]).update(progress)
    #expect(try terminal.read() == "")
  }

  @Test func terminalOfUnknownWidth() throws {
    let terminal = try Terminal(columns: 0)
    bar(terminal.program, ["COLUMNS": "30"]).update(progress)
    #expect(try screenLine(String(terminal.read().prefix { $0 != "\u{1B}" })).count == 29)
    bar(terminal.program, ["COLUMNS": "-3"]).update(progress)
    #expect(
      try screenLine(String(terminal.read().prefix { $0 != "\u{1B}" })).count == 70, "less than 80, with a full bar")
  }

  @Test(arguments: [["LANG": "C"], ["LC_ALL": "POSIX"], ["LC_CTYPE": "de_DE.ISO-8859-1"]])
  func plainCharactersWithoutUTF8(locale: [String: String]) throws {
    let terminal = try Terminal(columns: 60)
    bar(terminal.program, locale).update(progress)
    let text = try terminal.read()
    #expect(text.contains("#....") && text.utf8.allSatisfy { $0 < 128 })
  }

  /// Work that takes a second and more is shown with what is left of it, shorter work is not, and nothing stays behind.
  @Test func showsLongWork() throws {
    let terminal = try Terminal(columns: 60)
    let bar = WorkBar(bar(terminal.program))
    let start = ContinuousClock.now
    func hear(_ label: String, _ done: Int, _ seconds: Double) {
      bar.hear(WorkProgress(label: label, done: done, total: 100), at: start + .seconds(seconds))
    }
    hear("encoding", 0, 0)
    hear("encoding", 10, 0.3)
    #expect(try terminal.read() == "", "it may be over soon")
    hear("encoding", 20, 2)
    let screen = try terminal.read()
    #expect(screenLine(screen).hasPrefix("encoding ") && screenLine(screen).hasSuffix("  20%  8.0 s left"))
    hear("encoding", 100, 10)
    #expect(try screenLine(screen + terminal.read()) == "")
    // The next piece has a clock of its own.
    hear("t-SNE", 0, 11)
    hear("t-SNE", 50, 12)
    #expect(try screenLine(terminal.read()).hasSuffix("  50%  1.0 s left"))
    bar.clear()
  }
}
