import Foundation
import LatentData
import LatentFiles
import Testing

/// Runs that are killed, interrupted or refused, and go on.
@Suite struct ResumeTests {
  private static let options = [
    "--data", "synthetic", "--limit", "160", "--hidden-size", "48", "--decoder-size", "128", "--batch-size", "8",
    "--epochs", "3", "--checkpoint-every", "1", "--reduce-on-plateau", "2", "--save-best", "--quiet",
  ]

  /// Killed 50 times at random moments, from the first milliseconds to the last file, and resumed each time.
  @Test func killedRunsEndWithTheSameBits() throws {
    let folder = try Folder()
    let start = Date()
    #expect(try Program.run(Self.options + ["--output", "whole"], in: folder).status == 0)
    let seconds = Date().timeIntervalSince(start)
    let whole = try folder.bytes("whole/model.safetensors")
    var (kills, runs, whileWriting) = (0, 0, 0)
    while true {
      let name = "run\(runs)"
      let isThere = folder.contents.contains(name)
      let arguments =
        isThere ? ["--resume", name, "--threads", "\(1 + kills % 2)"] : Self.options + ["--output", name]
      let child = try Program.start(arguments, in: folder)
      if kills < 50 {
        let longest = kills % 3 == 0 ? 0.05 : min(0.4 * seconds, 0.5)
        Thread.sleep(forTimeInterval: .random(in: 0...longest))
        child.send(SIGKILL)
      }
      try child.wait()
      guard let status = child.exitStatus else {
        kills += 1
        if folder.contents.contains(where: { $0.hasPrefix(name + "/checkpoints/.latent-") }) { whileWriting += 1 }
        continue
      }
      try #require(status == 0)
      #expect(try folder.bytes("\(name)/model.safetensors") == whole, "after \(kills) kills")
      #expect(
        !folder.contents.contains { $0.hasPrefix(name + "/") && $0.contains("/.latent-") }, "nothing is left over")
      if kills >= 50 { break }
      runs += 1
    }
    #expect(kills == 50)
    print("killed 50 times in \(runs + 1) runs, \(whileWriting) times while a checkpoint was being written")
  }

  @Test func proveResume() throws {
    let result = try Program.run(["prove-resume", "--kills", "4"], in: Folder())
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 3 && lines[2].hasPrefix("the same bits; "))
    #expect(
      lines[0].split(separator: " ").last == lines[1].split(separator: " ").last && lines[1].hasPrefix("killed 4 "))
  }

  @Test func whatMayChangeAndWhatMayNot() throws {
    let folder = try Folder()
    let short = ["--data", "synthetic", "--limit", "64", "--hidden-size", "8", "--quiet"]
    #expect(try Program.run(short + ["--epochs", "3", "--output", "whole"], in: folder).status == 0)
    #expect(try Program.run(short + ["--epochs", "1", "--output", "out"], in: folder).status == 0)
    let config = try folder.bytes("out/config.json")
    for (options, reason) in [
      (
        ["--hidden-size", "9"],
        "model was LSTM(8) encoder, 16 latent dimensions, Dense(256, relu) decoder and is LSTM(9)"
      ), (["--seed", "1"], "seed was 0 and is 1 now"),
      (["--learning-rate", "0.1"], "learning_rate was 0.001 and is 0.1 now"),
      (["--optimizer", "lion"], "optimizer was not set and is Lion now"),
      (["--limit", "32"], "data_sha256 was "),
      (["--data", "fashion-mnist"], " was synthetic digits and is"), (["--shards", "3"], "shards was 2 and is 3 now"),
      (["--schedule", "cosine"], "schedule was not set and is cosine now"),
      (["--early-stopping", "3"], "early_stopping was not set and is 3 now"),
      (["--beta", "2"], "beta was 1.0 and is 2.0 now"),
    ] {
      let result = try Program.run(["--resume", "out"] + options, in: folder)
      #expect(result.status == 1)
      #expect(result.errorLines.count == 1 && result.errors.contains(reason), "\(result.errors)")
      #expect(result.output.isEmpty)
    }
    #expect(try folder.bytes("out/config.json") == config, "a refused run changes nothing")
    let result = try Program.run(["--resume", "out", "--epochs", "3", "--threads", "1", "--keep", "1"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try folder.bytes("out/model.safetensors") == folder.bytes("whole/model.safetensors"))
    #expect(folder.contents.count { $0.hasPrefix("out/checkpoints/checkpoint-") } == 1)
    let rows = try folder.text("out/history.csv").split(separator: "\n").map { $0.split(separator: ",")[0] }
    #expect(rows == ["epoch", "1", "2", "3"])
  }

  @Test func nothingToGoOnFrom() throws {
    let folder = try Folder()
    try folder.makeFolder("empty")
    for (options, reason) in [
      (["--resume"], "there is no run to resume in 'runs'"),
      (["--resume", "nowhere"], "there is no checkpoint to resume from in 'nowhere'"),
      (["--resume", "empty"], "start the run, with --output empty"),
    ] {
      let result = try Program.run(options, in: folder)
      #expect(result.status == 1 && result.errorLines.count == 1 && result.errors.contains(reason), "\(result.errors)")
    }
    try folder.write("broken/checkpoints/checkpoint-000001-000000000.safetensors", [1, 2, 3])
    let result = try Program.run(["--resume", "broken"], in: folder)
    #expect(result.status == 1 && result.errorLines.count == 1 && result.errors.contains("3 bytes are too few"))
    #expect(folder.contents.count == 4)
  }

  /// Time limits, early stopping and schedules through the program.
  @Test func steering() throws {
    let folder = try Folder()
    let timed = try Program.train(["--epochs", "1000000", "--max-time", "0.5", "--output", "timed"], in: folder)
    #expect(timed.status == 0 && timed.output.contains("stopped: the time limit of 0.5 s is reached"))
    #expect(folder.contents.contains("timed/model.safetensors"))
    // Nothing improves by a thousand nats: the first epoch stays the best.
    let early = try Program.train(
      ["--epochs", "50", "--early-stopping", "2", "--min-delta", "1000", "--output", "early"], in: folder)
    #expect(early.status == 0 && early.output.contains("stopped: no improvement for 2 epochs"))
    let one = try Program.train(
      ["--epochs", "1", "--early-stopping", "2", "--min-delta", "1000", "--output", "one"], in: folder)
    #expect(one.status == 0)
    let a = try SafetensorsFile(contentsOf: folder.path("early/model.safetensors"))
    let b = try SafetensorsFile(contentsOf: folder.path("one/model.safetensors"))
    for tensor in a.tensors { #expect(try a.rawBytes(tensor.name) == b.rawBytes(tensor.name), "\(tensor.name)") }
    for (schedule, rates) in [("cosine", [0.5, 0.0]), ("step", [1, 0.1]), ("exponential", [1, 0.1])] {
      let result = try Program.train(
        ["--epochs", "2", "--schedule", schedule, "--learning-rate", "1e-3", "--output", schedule]
          + (schedule == "cosine" ? [] : ["--decay-epochs", "1"]), in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let rows = try folder.text("\(schedule)/history.csv").split(separator: "\n").dropFirst()
      let found = rows.compactMap { Double($0.split(separator: ",").last!) }
      // One step an epoch: the rates of steps 0 and 1.
      let expected = schedule == "cosine" ? [1e-3, 0.5e-3] : rates.map { $0 * 1e-3 }
      for (x, y) in zip(found, expected) { #expect(abs(x - y) < 1e-12, "\(schedule): \(found)") }
    }
    for (options, reason) in [
      (["--warm-up", "2"], "--warm-up goes with --schedule cosine"), (["--min-delta", "2"], "--min-delta goes with"),
      (["--schedule", "step", "--reduce-on-plateau", "2"], "would both set the learning rate"),
      (["--decay-factor", "2"], "--decay-factor and --decay-epochs go with"),
      (["--schedule", "cosine", "--warm-up", "2"], "--warm-up 2.0 leaves nothing of 2 epochs"),
      (["--schedule", "one-cycle"], "--schedule one-cycle: 2 steps are too few"),
    ] {
      let result = try Program.train(options, in: folder)
      #expect(result.status == 64 && result.errorLines.count == 1 && result.errors.contains(reason), "\(result.errors)")
    }
  }
}
