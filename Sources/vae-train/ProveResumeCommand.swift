import ArgumentParser
import Foundation
import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentTraining

/// `vae-train prove-resume`: shows that runs that are killed end with the same bits as one that is not.
struct ProveResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove-resume",
    abstract: "Show that killing a run loses nothing: train a small model with and without kills, and compare the "
      + "bits.",
    discussion: """
      One run is never interrupted; the other is killed (SIGKILL) at random moments and resumed. The SHA-256 of both \
      model.safetensors is printed. The exit code is 1 if they differ.
      """)

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Times to kill the run. (default: 20)", valueName: "times"),
    transform: Parse.count)
  var kills = 20

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the weights, the images' order and the noise. (default: 0)", valueName: "number"),
    transform: Parse.seed)
  var seed: UInt64 = 0

  func run() throws {
    try Failure.reporting {
      // What has been made is removed, whatever ends it.
      Interrupt.hold()
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vae-train-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let proof = ResumeProof(folder: folder, seed: seed)
      let (whole, seconds) = try proof.uninterrupted()
      Console.print("never interrupted  \(whole)")
      let killed = try proof.interrupted(kills: kills, seconds: seconds)
      Console.print(
        "killed \(killed.kills) times\(killed.kills < 10 ? "  " : killed.kills < 100 ? " " : "")   \(killed.hash)")
      Console.print(
        "\(killed.hash == whole ? "the same bits" : "DIFFERENT BITS"); \(killed.whileWriting) of the kills hit while a "
          + "checkpoint was being written")
      if killed.hash != whole { throw ExitCode(1) }
    }
  }
}

/// The two runs.
private struct ResumeProof {
  let folder: URL
  let seed: UInt64

  private func arguments(_ name: String) -> [String] {
    [
      "--data", "synthetic", "--limit", "512", "--hidden-size", "48", "--decoder-size", "128", "--batch-size", "16",
      "--epochs", "4", "--validation-split", "0.25", "--checkpoint-every", "1", "--seed", "\(seed)", "--output", name,
      "--early-stopping", "8", "--clip-norm", "100", "--quiet",
    ]
  }

  /// The model's SHA-256, and the seconds that it took.
  func uninterrupted() throws -> (hash: String, seconds: Double) {
    let start = monotonicSeconds()
    let process = try OwnProgram.start(arguments("whole"), in: folder)
    try process.wait()
    guard process.terminationStatus == 0 else { throw Failure("the uninterrupted run fails") }
    return (try hash("whole"), monotonicSeconds() - start)
  }

  /// Kills until it has done so often enough, with new runs where one has ended before; then lets a run end.
  func interrupted(kills: Int, seconds: Double) throws -> (hash: String, kills: Int, whileWriting: Int) {
    var (done, whileWriting, run) = (0, 0, 0)
    while true {
      let isThere = FileKind(path: path("run\(run)")) == .folder
      let process = try OwnProgram.start(
        isThere ? ["--resume", "run\(run)", "--quiet"] : arguments("run\(run)"), in: folder)
      if done < kills {
        // From before the first step to the end of a whole run.
        try process.wait(seconds: .random(in: 0...seconds))
        let isRunning = process.isRunning
        kill(process.processIdentifier, SIGKILL)
        try process.wait()
        if process.terminationReason == .uncaughtSignal {
          done += 1
          let names = (try? FileManager.default.contentsOfDirectory(atPath: path("run\(run)/checkpoints"))) ?? []
          if names.contains(where: AtomicFile.isTemporary) { whileWriting += 1 }
          continue
        }
        guard !isRunning || process.terminationStatus == 0 else { throw Failure("a resumed run fails") }
      } else {
        try process.wait()
      }
      guard process.terminationStatus == 0 else { throw Failure("a resumed run fails") }
      // This one ended: its model is judged, too.
      let result = try hash("run\(run)")
      if done >= kills { return (result, done, whileWriting) }
      run += 1
    }
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func hash(_ run: String) throws -> String {
    var hash = SHA256()
    hash.update(try AtomicFile.read(path(run) + "/model.safetensors"))
    return hash.hexDigest()
  }
}
