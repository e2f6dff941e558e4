import LatentMPI
import LatentRun
import TestSupport
import Testing

@testable import vae_train

/// A batch that grows with the number of ranks, and what the first lines say of ranks.
@Suite struct ScaledBatchTests {
  private func scaled(_ arguments: [String], ranks: Int) throws -> RunSettings.Training {
    let options = try TrainCommand.parse(arguments)
    var settings = RunSettings()
    try options.apply(to: &settings)
    options.scale(&settings.training, ranks: ranks)
    return settings.training
  }

  @Test func batchAndRateFollowTheRanks() throws {
    let training = try scaled(["--batch-size", "24", "--learning-rate", "0.002"], ranks: 4)
    #expect(training.batchSize == 96 && training.learningRate == 0.004)
    // Of 96 images, as without ranks.
    #expect(training.shards == 8)
    #expect(try scaled(["--batch-size", "24"], ranks: 1).shards == 8)
    #expect(try scaled(["--batch-size", "24", "--shards", "5"], ranks: 4).shards == 5)
  }

  @Test func oneRankChangesNothing() throws {
    let training = try scaled(["--scale-batch"], ranks: 1)
    #expect(training.batchSize == 256 && training.learningRate == 0.001 && training.shards == 8)
  }

  @Test func theFirstLinesSayIt() throws {
    var settings = RunSettings()
    (settings.training.batchSize, settings.training.learningRate) = (512, 0.002)
    let world = World(Place(process: 0, processes: 4), hosts: ["a", "a", "b", "b"], library: "Open MPI 4.1.4")
    let text = StartLines(RunRecord(settings), folder: "out", world: world, isScaled: true).lines
      .map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(text.contains("scaled to 4 ranks: 128 images for each, learning rate 0.001 × √4"))
    let threads = settings.training.threads
    #expect(text.contains("4 ranks on 2 hosts, \(threads) thread\(threads == 1 ? "" : "s") each, Open MPI 4.1.4"))
  }

  @Test func aResumedRunKeepsItsBatch() throws {
    let run = try Program.run(["train", "--resume", "nowhere", "--scale-batch"], in: Folder())
    #expect(run.status == 64 && run.errors.contains("--scale-batch: a resumed run keeps"))
  }

  private struct Place: Carrier {
    let process: Int
    let processes: Int
    func exchange(_ outgoing: [Outgoing], _ incoming: [Incoming], as purpose: String) { Issue.record("an exchange") }
  }
}
