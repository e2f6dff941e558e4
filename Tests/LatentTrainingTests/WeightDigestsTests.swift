import Foundation
import Latent
import LatentData
import LatentFiles
import LatentTraining
import TestSupport
import Testing

@Suite struct WeightDigestsTests {
  private func trainer(seed: UInt64 = 0) -> Trainer<Adam> {
    Trainer(optimizer: Adam(learningRate: 0.01), batchSize: 4, seed: seed, threads: 2)
  }

  private func read(_ text: String) throws(FileError) -> WeightDigests {
    try WeightDigests(bytes: Array(text.utf8), name: "file")
  }

  @Test func aLineAfterEachStep() throws {
    let folder = try TemporaryFolder()
    var (model, trainer) = (Tiny.model(), trainer())
    // The weights themselves, as they are after each step.
    let kept = Locked<[[UInt32]]>([])
    trainer.callbacks = [
      DigestFile(folder.file("digests.csv")),
      OnEvent { event, run in
        if case .stepFinished = event {
          let digests = run.tensors.map { tensor in
            UInt32(truncatingIfNeeded: Checksum.xxh64(tensor.value.storage.withUnsafeBytes { Array($0) }))
          }
          kept.withLock { $0.append(digests) }
        }
      },
    ]
    let history = try trainer.fit(&model, to: Tiny.images(10), epochs: 2)
    let digests = try WeightDigests(contentsOf: folder.file("digests.csv"))
    #expect(digests.paths == model.tensors.map(\.path))
    #expect(digests.rows.map { [$0.epoch, $0.step] } == [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3]])
    #expect(digests.rows.map(\.digests) == kept.withLock { $0 })
    #expect(try String(contentsOfFile: folder.file("digests.csv"), encoding: .utf8) == digests.csv)
    #expect(Set(history.epochs.map(\.weightsDigest)).count == 2 && history.epochs[0].weightsDigest != nil)
  }

  @Test func keepingThemChangesNoBits() throws {
    let folder = try TemporaryFolder()
    var models = [Tiny.model(), Tiny.model()]
    for index in 0...1 {
      var trainer = trainer()
      if index == 1 { trainer.callbacks = [DigestFile(folder.file("digests.csv"))] }
      try trainer.fit(&models[index], to: Tiny.images(10), epochs: 2)
    }
    #expect(models[0].numbers == models[1].numbers)
  }

  /// One weight of one tensor is moved by its last bit after a step.
  @Test func firstDifference() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] {
      var (model, trainer) = (Tiny.model(), trainer())
      if name == "b" {
        trainer.callbacks.append(
          OnEvent { event, run in
            guard case .stepFinished(let step) = event, step.epoch == 2, step.step == 1 else { return }
            var tensors = Dictionary(uniqueKeysWithValues: run.tensors.map { ($0.path, $0.value) })
            var values = tensors["decoder.output.kernel"]!.values
            values[3] = Double(Float(values[3]).nextUp)
            tensors["decoder.output.kernel"] = Tensor(values, shape: tensors["decoder.output.kernel"]!.shape)
            run.replacement = tensors
          })
      }
      trainer.callbacks.append(DigestFile(folder.file(name)))
      try trainer.fit(&model, to: Tiny.images(10), epochs: 3)
    }
    let (a, b) = (try WeightDigests(contentsOf: folder.file("a")), try WeightDigests(contentsOf: folder.file("b")))
    let difference = try #require(a.firstDifference(from: b))
    // The callback that puts weights back does so once all callbacks have heard of the step: the next one shows it.
    #expect((difference.epoch, difference.step) == (2, 2))
    #expect(difference.paths.contains("decoder.output.kernel"))
    #expect(a.firstDifference(from: a) == nil && a.commonSteps(with: b) == 9)
  }

  @Test func differencesOfTables() throws {
    let a = try read("epoch,step,x,y\n1,1,00000001,00000002\n1,2,00000003,00000004\n2,1,00000005,00000006\n")
    let b = try read("epoch,step,x,y\n1,2,00000003,0000000f\n2,1,00000005,00000006\n2,2,00000000,00000000\n")
    let difference = try #require(a.firstDifference(from: b))
    #expect((difference.epoch, difference.step) == (1, 2) && difference.paths == ["y"])
    #expect(a.commonSteps(with: b) == 2 && b.commonSteps(with: a) == 2)
    let other = try read("epoch,step,x,z\n1,1,00000001,00000002\n")
    #expect(a.firstDifference(from: other)?.paths == ["y"])
    #expect(a.firstDifference(from: try read("epoch,step,x,y\n3,1,00000001,00000002\n")) == nil)
    // The end of a line that a killed run did not finish.
    #expect(try read("epoch,step,x\n1,1,00000001\n1,2,0000").rows.count == 1)
  }

  @Test(
    arguments: [
      "", "epoch,step", "epoch,stepx\n", "x\n1,1\n", "epoch,step,x\n1,1\n", "epoch,step,x\n1,1,0000000g\n",
      "epoch,step,x\n1,1,0000001\n", "epoch,step,x\n1,1,00000001,00000001\n", "epoch,step,x\n0,1,00000001\n",
      "epoch,step,x\n1,01,00000001\n", "epoch,step,x\n1,2,00000001\n1,1,00000001\n",
      "epoch,step,x\n1,99999999999999999999,00000001\n", "epoch,step,x\n1,1,0000000A\n", "epoch,step,x\n1,1;00000001\n",
    ])
  func damagedTables(text: String) {
    let error = #expect(throws: FileError.self) { try read(text) }
    #expect(error?.description.hasPrefix("file: ") == true && error?.description.contains("\n") == false)
  }

  /// A run that is killed after steps that no checkpoint holds does them again: its file is that of a run that was not.
  @Test func resumedRunsHaveTheSameTable() throws {
    let folder = try TemporaryFolder()
    var (model, whole) = (Tiny.model(), trainer())
    whole.callbacks = [DigestFile(folder.file("whole"))]
    try whole.fit(&model, to: Tiny.images(10), epochs: 3)

    var first = trainer()
    first.checkpoints = CheckpointFolder(folder.file("checkpoints"), everySteps: 4)
    first.callbacks = [
      DigestFile(folder.file("killed")),
      OnEvent { event, run in if case .stepFinished(let step) = event, step.epoch == 2, step.step == 2 { run.stop("") }
      },
    ]
    model = Tiny.model()
    try first.fit(&model, to: Tiny.images(10), epochs: 3)
    // The end of a line that was not finished, and the checkpoint of step 4 alone.
    let handle = try #require(FileHandle(forWritingAtPath: folder.file("killed")))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("2,3,01".utf8))
    let checkpoint = try Checkpoint(contentsOf: first.checkpoints!.files()[0])
    #expect((checkpoint.progress.epoch, checkpoint.progress.step) == (2, 1))
    var second = trainer()
    second.checkpoints = first.checkpoints
    second.callbacks = [DigestFile(folder.file("killed"))]
    try second.fit(&model, to: Tiny.images(10), epochs: 3, resuming: checkpoint)
    #expect(
      try String(contentsOfFile: folder.file("killed"), encoding: .utf8)
        == String(contentsOfFile: folder.file("whole"), encoding: .utf8))
  }

  @Test func foldersThatAreNotThere() throws {
    let folder = try TemporaryFolder()
    let failures = Locked<[FileError]>([])
    var (model, trainer) = (Tiny.model(), trainer())
    trainer.callbacks = [
      DigestFile(folder.file("none/digests.csv"), onFailure: { failure in failures.withLock { $0.append(failure) } })
    ]
    let history = try trainer.fit(&model, to: Tiny.images(10), epochs: 2)
    #expect(history.epochs.count == 2 && failures.withLock { $0.count } == 1)
    #expect(
      failures.withLock { $0[0].description }
        == "\(folder.file("none/digests.csv")): cannot be written: No such file or directory; create its folder first")
  }
}
