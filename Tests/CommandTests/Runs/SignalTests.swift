import Foundation
import TestSupport
import Testing

/// Signals that ask a program to end.
@Suite struct SignalTests {
  private static let options = [
    "--data", "synthetic", "--limit", "160", "--hidden-size", "48", "--decoder-size", "128", "--batch-size", "8",
    "--checkpoint-every", "1", "--reduce-on-plateau", "2", "--save-best", "--quiet",
  ]
  private static let endless = options + ["--epochs", "100000", "--output", "out"]

  /// They end a run after its step, with a checkpoint; the resumed run ends with the same bits.
  @Test(arguments: [SIGTERM, SIGUSR1])
  func runsGoOn(_ signal: Int32) throws {
    let folder = try Folder()
    try stop(signal, in: folder)
    let epochs = "\(try folder.text("out/history.csv").split(separator: "\n").count + 1)"
    #expect(try Program.run(Self.options + ["--output", "whole", "--epochs", epochs], in: folder).status == 0)
    let resumed = try Program.run(["--resume=out", "--epochs", epochs], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try folder.bytes("out/model.safetensors") == folder.bytes("whole/model.safetensors"))
    #expect(try folder.bytes("out/best.safetensors") == folder.bytes("whole/best.safetensors"))
  }

  /// Ctrl-C, and the signals of other batch systems, of a terminal that is closed, of a limit on time, and of a reader that is gone.
  @Test(arguments: [SIGINT, SIGHUP, SIGUSR2, SIGXCPU, SIGPIPE])
  func others(_ signal: Int32) throws { try stop(signal, in: Folder()) }

  private func stop(_ signal: Int32, in folder: Folder) throws {
    let errors = try folder.create("errors")
    let child = try Program.start(Self.endless, in: folder, errors: errors)
    try child.wait(for: "an epoch") { folder.contents.contains("out/history.csv") }
    child.send(signal)
    try child.wait()
    #expect(child.exitStatus == 128 + signal)
    #expect(try folder.text("errors") == "Interrupted: resume with vae-train --resume=out\n")
    #expect(try folder.json("out/config.json")["status"] as? String == "interrupted")
    // The step that it was in, and none before it: each step's checkpoint is written after its line.
    let steps = try folder.text("out/digests.csv").split(separator: "\n").last?.split(separator: ",").prefix(2)
    let newest = try #require(folder.contents.last { $0.hasPrefix("out/checkpoints/checkpoint-") })
    let numbers = newest.split(separator: "-").suffix(2).compactMap { Int($0.prefix { $0.isNumber }) }
    #expect(numbers == steps?.compactMap { Int($0) } || numbers.last == 0, "\(newest), \(steps ?? [])")
    #expect(!folder.contents.contains("out/model.safetensors"))
  }

  /// Before there is anything to keep, a run ends at once, and says how to go on.
  @Test(arguments: [SIGTERM, SIGUSR1])
  func beforeTraining(_ signal: Int32) throws {
    let folder = try Folder()
    let errors = try folder.create("errors")
    let child = try Program.start(
      ["--data", "synthetic", "--limit", "60000", "--hidden-size", "8", "--quiet", "--output", "out"], in: folder,
      errors: errors)
    try child.wait(for: "the folder") { folder.contents.contains("out") }
    child.send(signal)
    try child.wait()
    #expect(child.exitStatus == 128 + signal)
    #expect(try folder.text("errors").hasPrefix("Interrupted"))
    let resumed = try Program.run(["--resume=out", "--limit", "64", "--epochs", "1"], in: folder)
    #expect(resumed.status == 0 && folder.contents.contains("out/model.safetensors"), "\(resumed.errors)")
  }

  /// After training the model is there, and the pictures come when the run goes on.
  @Test func whilePicturesAreMade() throws {
    let folder = try Folder()
    let child = try Program.start(
      [
        "--data", "synthetic", "--limit", "3000", "--hidden-size", "32", "--epochs", "1", "--quiet", "--output", "out",
      ], in: folder)
    try child.wait(for: "the model") { folder.contents.contains("out/model.safetensors") }
    child.send(SIGUSR1)
    try child.wait()
    #expect(child.exitStatus == 128 + SIGUSR1)
    #expect(try folder.json("out/config.json")["status"] as? String == "interrupted")
    #expect(!folder.contents.contains("out/report.html") && !folder.contents.contains { $0.contains(".latent-") })
    let model = try folder.bytes("out/model.safetensors")
    #expect(try Program.run(["--resume=out"], in: folder).status == 0)
    #expect(try folder.bytes("out/model.safetensors") == model)
    #expect(folder.contents.contains("out/report.html") && folder.contents.contains("out/scatter.png"))
  }

  /// One who insists does not wait for the step: both come within a step.
  @Test func theSecondEndsAtOnce() throws {
    let folder = try Folder()
    let child = try Program.start(
      [
        "--data", "synthetic", "--limit", "1000", "--hidden-size", "256", "--batch-size", "700", "--quiet", "--output",
        "out",
      ], in: folder)
    try child.wait(for: "the first step") { folder.contents.contains("out/digests.csv") }
    child.send(SIGINT)
    child.send(SIGTERM)
    try child.wait()
    #expect([130, 143].contains(child.exitStatus))
    #expect(try folder.json("out/config.json")["status"] as? String == "running")
    #expect(!folder.contents.contains("out/checkpoints"))
  }

  /// What a parent ignores, as `nohup` and a script's `&` do, stays ignored.
  @Test func inheritedDispositions() throws {
    let folder = try Folder()
    let child = try Program.start(Self.endless, in: folder, shell: "trap '' INT TERM HUP USR1; exec \"$@\"")
    try child.wait(for: "an epoch") { folder.contents.contains("out/history.csv") }
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGUSR1] { child.send(signal) }
    let epochs = try folder.text("out/history.csv").count { $0 == "\n" }
    try child.wait(for: "two more epochs") { try folder.text("out/history.csv").count { $0 == "\n" } > epochs + 2 }
    child.send(SIGUSR2)
    try child.wait()
    #expect(child.exitStatus == 128 + SIGUSR2)
  }

  /// Nothing is left of what it has made, its children among it.
  @Test func proveResume() throws {
    let folder = try Folder()
    let child = try Program.start(
      ["prove-resume", "--kills", "1000"], in: folder, environment: ["TMPDIR": folder.url.path])
    try child.wait(for: "a run that is killed") { folder.contents.contains { $0.hasSuffix("/run0") } }
    child.send(SIGTERM)
    try child.wait()
    #expect(child.exitStatus == 143)
    #expect(folder.contents.isEmpty)
  }
}
