import Foundation
import Latent
import LatentData
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentRun

/// What processes that train together write of their epochs.
@Suite struct SharedMeasuresTests {
  /// The measures are those of one process; the first one alone writes them, and draws the epochs.
  @Test(arguments: [2, 3]) func theFirstWrites(_ processes: Int) throws {
    let alone = try TemporaryFolder()
    Self.train(TreeSum(), in: alone.file("run"))
    let folders = try (0..<processes).map { _ in try TemporaryFolder() }
    let paths = folders.map { $0.file("run") }
    _ = SimulatedProcesses(processes).run { Self.train($0, in: paths[$0.process]) }
    func file(_ name: String, _ folder: TemporaryFolder) -> Data? {
      FileManager.default.contents(atPath: folder.file("run/" + name))
    }
    let expected = try #require(file("measures.csv", alone))
    #expect(expected.split(separator: UInt8(ascii: "\n")).count == 3)
    #expect(file("measures.csv", folders[0]) == expected)
    #expect(file("epochs.png", folders[0]) != nil)
    for folder in folders.dropFirst() {
      #expect(file("measures.csv", folder) == nil && file("epochs.png", folder) == nil)
    }
  }

  private static func train(_ sum: any GradientSum, in path: String) {
    let plan = testPlan(.mlp, sizes: .init(hidden: 8, latent: 3, decoder: 8), height: 28, width: 28)
    var model = plan.makeModel()
    let (training, validation) = ImageDataset.synthetic(count: 200).split(validationFraction: 0.5)
    do {
      let folder = try RunFolder(path: path, force: false, record: [])
      let exhibit = Exhibit(
        model, plan: plan, shown: validation, isValidation: true, seed: 1, threads: 2, sum: sum)
      var trainer = Trainer(optimizer: Adam(), batchSize: 32, threads: 2, sum: sum)
      trainer.callbacks = [
        EpochMeasures(
          exhibit, folder: folder, metadata: [:], isResumed: false, say: { _ in }, warn: { Issue.record("\($0)") }),
        OnEvent(EpochStrip(exhibit, folder: folder, epochs: 2, finished: 0).hear),
      ]
      try trainer.fit(&model, to: training, validation: validation, epochs: 2)
    } catch {
      Issue.record("\(error)")
    }
  }
}
