import Foundation
import LatentData
import LatentFiles
import LatentReport
import Testing

/// `--early-stopping`: `model.safetensors` has the best epoch's weights, whatever ends the run, and says so; checkpoints have
/// the last ones.
@Suite struct RunWeightsTests {
  private static let options = [
    "--data", "synthetic", "--limit", "64", "--hidden-size", "8", "--decoder-size", "16", "--no-progress",
  ]
  // Nothing improves by a thousand nats: the first epoch stays the best.
  private static let firstIsBest = ["--early-stopping", "1000000", "--min-delta", "1000"]

  private func train(_ options: [String], in folder: Folder) throws -> Program.Result {
    let result = try Program.run(Self.options + options, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return result
  }

  private func expectSame(_ a: String, _ b: String, in folder: Folder) throws {
    let files = try [a, b].map { try SafetensorsFile(contentsOf: folder.path($0 + "/model.safetensors")) }
    for tensor in files[0].tensors {
      #expect(try files[0].rawBytes(tensor.name) == files[1].rawBytes(tensor.name), "\(a), \(b): \(tensor.name)")
    }
    #expect(files.map { $0.metadata["epochs"] } == ["1", "1"])
  }

  private func weightsEpoch(_ run: String, in folder: Folder) throws -> Int? {
    (try folder.json(run + "/config.json")["results"] as? [String: Any])?["weights_epoch"] as? Int
  }

  @Test func theLastEpochAndATimeLimit() throws {
    let folder = try Folder()
    _ = try train(["--epochs", "1", "--output", "one"], in: folder)
    let result = try train(["--epochs", "4", "--output", "last"] + Self.firstIsBest, in: folder)
    #expect(result.output.contains(/model\.safetensors .* the weights after epoch 1, the best of 4\n/))
    let timed = try train(
      ["--epochs", "1000000", "--max-time", "0.3", "--output", "timed"] + Self.firstIsBest, in: folder)
    #expect(timed.output.contains("stopped: the time limit"))
    for run in ["last", "timed"] {
      try expectSame(run, "one", in: folder)
      #expect(try weightsEpoch(run, in: folder) == 1)
    }
    // The page shows that epoch's losses, and says whose they are; so does one made later.
    let rows = try folder.text("last/history.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let loss = try #require(Double(rows[1][4]))
    for isMadeLater in [false, true] {
      if isMadeLater { #expect(try Program.run(["report", "--model", "last"], in: folder).status == 0) }
      let page = try folder.text("last/report.html")
      #expect(page.contains("with the weights of epoch 1 of 4") && page.contains("validation, epoch 1"))
      #expect(page.contains("<dt>Loss</dt><dd>\(Format.measure(loss))<small>validation, epoch 1"), "\(loss)")
    }
    // Its epochs after the best are no ground to find it over-fitted or under-fitted.
    let doctor = try Program.run(["doctor", "--model", "last"], in: folder)
    #expect(doctor.status == 0 && !doctor.output.contains("still falls") && !doctor.output.contains("was lowest after"))
  }

  /// Ended at 3 epochs, and then gone on with: the bits of a run that never ended.
  @Test func moreEpochs() throws {
    let folder = try Folder()
    _ = try train(["--epochs", "6", "--output", "whole", "--quiet"] + Self.firstIsBest, in: folder)
    _ = try train(["--epochs", "3", "--output", "part", "--quiet"] + Self.firstIsBest, in: folder)
    let resumed = try Program.run(["--resume=part", "--epochs", "6"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    for file in ["model.safetensors", "digests.csv"] {
      #expect(try folder.bytes("part/" + file) == folder.bytes("whole/" + file), "\(file)")
    }
  }

  /// Ctrl-C writes what `--early-stopping` promises, and the run goes on as if it had not been.
  @Test func interrupted() throws {
    let folder = try Folder()
    let process = try Program.start(
      Self.options + ["--epochs", "1000000", "--output", "out", "--quiet"] + Self.firstIsBest, in: folder)
    try process.wait(for: "an epoch's end") { folder.contents.contains("out/history.csv") }
    process.send(SIGINT)
    try process.wait()
    #expect(process.exitStatus == 130)
    _ = try train(["--epochs", "1", "--output", "one"], in: folder)
    try expectSame("out", "one", in: folder)
    #expect(try weightsEpoch("out", in: folder) == 1)
    #expect(try folder.json("out/config.json")["status"] as? String == "interrupted")
    let epochs = "\(try folder.text("out/history.csv").split(separator: "\n").count + 1)"
    #expect(try Program.run(["--resume=out", "--epochs", epochs], in: folder).status == 0)
    _ = try train(["--epochs", epochs, "--output", "whole", "--quiet"] + Self.firstIsBest, in: folder)
    #expect(try folder.bytes("out/digests.csv") == folder.bytes("whole/digests.csv"))
    #expect(try folder.bytes("out/model.safetensors") == folder.bytes("whole/model.safetensors"))
  }

  /// A training loss that grows with the weight of its KL divergence stops nothing, and has no best epoch too early.
  @Test func warmUp() throws {
    let folder = try Folder()
    let result = try train(
      [
        "--epochs", "40", "--kl-warm-up", "40", "--beta", "200", "--validation-split", "0", "--early-stopping", "3",
        "--learning-rate", "1e-4", "--output", "out",
      ], in: folder)
    let rows = try folder.text("out/history.csv").split(separator: "\n").map {
      $0.split(separator: ",").map(String.init)
    }
    let (total, watched) = try (
      #require(rows[0].firstIndex(of: "train_loss")), #require(rows[0].firstIndex(of: "train_monitored"))
    )
    let losses = rows.dropFirst().compactMap { Double($0[total]) }
    #expect(losses.count == 40 && !result.output.contains("stopped:"), "\(losses)")
    #expect(losses.last! > losses[0], "the total grows")
    let best = try #require(rows.dropFirst().min { Double($0[watched])! < Double($1[watched])! })
    #expect(try weightsEpoch("out", in: folder) == Int(best[0]))
  }
}
