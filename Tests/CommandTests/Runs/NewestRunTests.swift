import Foundation
import LatentCommand
import Testing

@testable import LatentRun

/// Which run `--resume` alone goes on with.
@Suite struct NewestRunTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func add(_ name: String, started: String?, status: String = "running", epochs: Int? = nil, seed: Int = 0)
    throws
  {
    let results = epochs.map { "{\"epochs\": \($0)}" } ?? "null"
    let time = started.map { "\"started\": \"\($0)\", " } ?? ""
    let text =
      "{\"program\": \"vae-train\", \"status\": \"\(status)\", \(time)\"arguments\": [], "
      + "\"settings\": {\"seed\": \(seed), \"beta\": 1.0}, \"results\": \(results)}"
    try folder.write("runs/\(name)/config.json", Array(text.utf8))
  }

  private func newest(epochs: Int? = nil) -> Result<String, Failure> {
    Result { () throws(RunError) in try NewestRun.folder(in: folder.path("runs"), epochs: epochs) }
      .mapError(Failure.init)
      .map { String($0.dropFirst(folder.path("runs").count + 1)) }
  }

  private func message(_ result: Result<String, Failure>) throws -> String {
    guard case .failure(let failure) = result else {
      Issue.record("\(result)")
      return ""
    }
    return failure.message
  }

  @Test func byTimeAndNotByName() throws {
    try add("zzz", started: "2026-03-01T12:00:00.000+00:00")
    try add("2026-03-01-130000", started: "2026-03-01T12:00:00.001+00:00")
    #expect(newest() == .success("2026-03-01-130000"))
    // An hour earlier, though it reads as ten hours later.
    try add("east", started: "2026-03-01T22:00:00+11:00")
    #expect(newest() == .success("2026-03-01-130000"))
    // Half an hour later, though it reads as six hours earlier.
    try add("west", started: "2026-03-01T06:30:00-06:00")
    #expect(newest() == .success("west"))
    try add("utc", started: "2026-03-01T12:31:00Z")
    #expect(newest() == .success("utc"))
  }

  @Test func finishedRunsAreDone() throws {
    try add("old", started: "2026-03-01T12:00:00Z", status: "interrupted", epochs: 2)
    try add("new", started: "2026-03-02T12:00:00Z", status: "finished", epochs: 5)
    #expect(newest() == .success("old"))
    #expect(newest(epochs: 5) == .success("old"))
    // There is something left to do.
    #expect(newest(epochs: 6) == .success("new"))
    try FileManager.default.removeItem(atPath: folder.path("runs/old"))
    #expect(newest() == .success("new"))
  }

  @Test func runsThatAreOnAreLeftAlone() throws {
    try add("old", started: "2026-03-01T12:00:00Z")
    try add("new", started: "2026-03-02T12:00:00Z")
    let lock = open(folder.path("runs/new"), O_RDONLY)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX) == 0)
    #expect(newest() == .success("old"))
    let other = open(folder.path("runs/old"), O_RDONLY)
    defer { close(other) }
    #expect(flock(other, LOCK_EX) == 0)
    #expect(try message(newest()).contains("are running now: '"))
  }

  @Test func whereItIsNotClearTheUserIsAsked() throws {
    try add("past", started: "2026-02-01T12:00:00Z")
    try add("a", started: "2026-03-01T12:00:00Z", seed: 1)
    try add("b", started: "2026-03-01T13:00:00+01:00", status: "interrupted", seed: 2)
    let text = try message(newest())
    #expect(
      text.contains("--resume=FOLDER") && !text.contains("past") && !text.contains("beta") && !text.contains("\n"))
    #expect(text.contains("runs/a' (started 2026-03-01T12:00:00Z, running, seed 1)"), "\(text)")
    #expect(text.contains("runs/b' (started 2026-03-01T13:00:00+01:00, interrupted, seed 2)"), "\(text)")
    try add("c", started: "2026-03-01T12:00:01Z")
    #expect(newest() == .success("c"))
    // One without a time, or with one that is none, may be newer.
    try add("d", started: "2026-13-01T12:00:00Z")
    #expect(try message(newest()).contains("runs/c' (") && message(newest()).contains("runs/d' (says no time, "))
    try FileManager.default.removeItem(atPath: folder.path("runs/d"))
    try folder.write("runs/e/config.json", Array("{".utf8))
    try folder.write("runs/e/checkpoints/checkpoint-000001-000000000.safetensors", [1])
    #expect(try message(newest()).contains("runs/e' (its config.json can't be read)"))
  }

  @Test func whatIsNoRunOrTheSameRun() throws {
    #expect(try message(newest()).hasPrefix("there is no run to resume in '"))
    try folder.write("runs/notes.txt", [1])
    try folder.write("runs/other/config.json", Array("{\"program\": \"other\"}".utf8))
    try add(".latent-1.tmp", started: "2027-03-01T12:00:00Z")
    #expect(try message(newest()).hasPrefix("there is no run to resume in '"))
    try add("run", started: "2026-03-01T12:00:00Z")
    try FileManager.default.createSymbolicLink(atPath: folder.path("runs/latest"), withDestinationPath: "run")
    #expect(newest() == .success("latest"))
  }

  @Test func timestamps() {
    #expect(LocalTime.seconds(timestamp: "1970-01-01T00:00:00Z") == 0)
    #expect(LocalTime.seconds(timestamp: "2000-02-29T23:59:59.5-00:30") == 951_870_599.5)
    for text in ["", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z"] {
      #expect(LocalTime.seconds(timestamp: text) == nil, "\(text)")
    }
    let now = LocalTime.seconds(timestamp: LocalTime.now.timestamp)
    #expect(abs((now ?? 0) - Date().timeIntervalSince1970) < 60)
  }

  /// In two time zones, through the program: the second run's name is the smaller one.
  @Test func throughTheProgram() throws {
    let options = ["--limit", "8", "--hidden-size", "4", "--epochs", "1", "--data", "synthetic", "--quiet"]
    for (number, zone) in ["XXX-14", "YYY12"].enumerated() {
      #expect(try Program.run(options + ["--seed", "\(number)"], in: folder, environment: ["TZ": zone]).status == 0)
    }
    #expect(try Program.run(["--resume", "--epochs", "2"], in: folder).status == 0)
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder.path("runs")).sorted()
    let lengths = try runs.map { try folder.text("runs/\($0)/history.csv").split(separator: "\n").count }
    #expect(lengths == [3, 2], "\(runs)")
  }
}
