import Foundation
import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

@testable import LatentTraining

/// Losses whose parts differ: between training and validation, from batch to batch, in order, and oddly named.
@Suite struct LossPartsTests {
  private struct Line: Module {
    var weight = Parameter(Tensor([1], shape: [1]))
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("weight", &weight) }
  }

  private static let names = [
    "loss", "seconds", "monitored", "total", "part_loss", "part_part_loss", "train_a", "validation_loss", "epoch",
    "a,b", "say \"hi\"", "\"", "two\nlines", "\r\n", "", " ", "x=1", "ü\u{301}", "learning_rate", "\u{301}x",
  ]

  /// 7 examples x = 0...6 in batches of 4 and one shard: their order is drawn. A batch with the example 0 has a part
  /// that others have not; even numbers of steps turn the order around; validation has parts of its own.
  private static func loss(_ model: Line, _ batch: ExampleBatch, _ tape: Tape) -> LossTerms {
    let x = tape.constant(batch[0])
    let value = (x * model.weight.on(tape)).mean()
    let numbers = batch[0].values
    guard tape.pass.isTraining else {
      return LossTerms(total: value, parts: [("validation only", 2 * value), ("loss", 3 * value)])
    }
    var parts = names.map { ($0, value) }
    if tape.pass.step % 2 == 0 { parts.reverse() }
    if numbers.contains(0) { parts.insert(("some", tape.constant(Tensor([Double(numbers.count)], shape: []))), at: 3) }
    return LossTerms(total: 0 * value + 1, parts: parts)
  }

  private static let data = TensorDataset(Tensor((0..<7).map(Double.init), shape: [7, 1]))

  private func train(
    _ folder: String, stoppingAfter steps: Int? = nil, resuming checkpoint: Checkpoint? = nil
  ) throws -> History {
    var model = Line()
    var trainer = Trainer(optimizer: SGD(learningRate: 0), batchSize: 4, seed: 1, threads: 1, shards: 1)
    trainer.checkpoints = CheckpointFolder(folder)
    trainer.callbacks = [
      OnEvent { event, run in
        if case .stepFinished(let step) = event, 2 * (step.epoch - 1) + step.step == steps { run.stop("enough") }
      }
    ]
    return try trainer.fit(
      &model, to: Self.data, validation: Self.data, epochs: 3, resuming: checkpoint, loss: Self.loss)
  }

  @Test func anyPartsInAnyOrder() throws {
    let folder = try TemporaryFolder()
    let history = try train(folder.file("whole"))
    for record in history.epochs {
      let validation = try #require(record.validation)
      #expect(record.training.total == 1 && abs(validation.total - 3) < 1e-6)
      // The mean of 0...6, though batches are of 4 and 3.
      for name in Self.names { #expect(abs(record.training[name]! - 3) < 1e-6, "\(name)") }
      // The mean over the batch that has it.
      #expect([3, 4].contains(record.training["some"]!))
      #expect(abs(validation["validation only"]! - 6) < 1e-5 && abs(validation["loss"]! - 9) < 1e-5)
      #expect(validation.parts.count == 2 && record.training.parts.count == Self.names.count + 1)
    }
    for steps in 1...5 {
      _ = try train(folder.file("\(steps)"), stoppingAfter: steps)
      let checkpoint = try #require(CheckpointFolder(folder.file("\(steps)")).newest().checkpoint)
      let resumed = try train(folder.file("\(steps)"), resuming: checkpoint)
      for (a, b) in zip(resumed.epochs, history.epochs) {
        #expect(a.training == b.training && a.validation == b.validation, "after \(steps) steps")
      }
    }
    let again = try #require(CheckpointFolder(folder.file("whole")).newest().checkpoint)
    #expect(again.progress.history == history)
  }

  /// A table and JSON, as other programs read them.
  @Test func tables() throws {
    let history = try train(TemporaryFolder().path)
    let table = try #require(History(csv: history.csv))
    #expect(table == history && table.csv == history.csv)
    var rest = ArraySlice(history.csv.utf8)
    let head = try #require(CSVText.takeLine(&rest)?.cells)
    #expect(Set(head).count == head.count && head.first == "epoch" && head.last == "weights_xxh64")
    for name in [
      "train_loss", "train_part_loss", "train_part_part_loss", "train_part_part_part_loss", "train_seconds",
      "train_part_seconds", "train_total", "train_a,b", "train_say \"hi\"", "train_two\nlines", "validation_some",
      "validation_validation only", "train_validation only", "validation_part_loss", "train_epoch",
    ] { #expect(head.contains(name), "\(name)") }
    while let line = CSVText.takeLine(&rest) {
      #expect(line.isFinished && line.cells.count == head.count)
      let row = Dictionary(uniqueKeysWithValues: zip(head, line.cells))
      #expect(row["train_validation only"] == "" && row["validation_some"] == "")
      #expect(abs(Double(row["validation_part_loss"]!)! - 9) < 1e-5)
    }
    for line in history.jsonLines.split(separator: "\n") {
      let json = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let (training, validation) = try (
        #require(json["train"] as? [String: Any]), #require(json["validation"] as? [String: Any])
      )
      #expect(training.count == Self.names.count + 2 && training["loss"] as? Double == 1)
      #expect(Set(validation.keys) == ["loss", "validation only", "part_loss"])
      #expect(abs(validation["part_loss"] as! Double - 9) < 1e-5)
    }
  }

  @Test func quotes() {
    for cells in [Self.names, ["a"], ["", ""], ["\"\"", ",", "\n\n", "\r"]] {
      for end in ["\n", "\r\n", ""] {
        var bytes = ArraySlice((CSVText.line(cells) + end).utf8)
        let line = CSVText.takeLine(&bytes)
        #expect(line?.cells == cells && line?.isFinished == !end.isEmpty && bytes.isEmpty)
      }
    }
    #expect(CSVText.line(["a,b", "say \"hi\"", "two\nlines", "c"]) == "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",c")
    for text in ["\"a\"b,c\n", "a\"b\n"] {
      var bytes = ArraySlice(text.utf8)
      #expect(CSVText.takeLine(&bytes) == nil, "\(text)")
    }
  }

  /// A run that is killed may leave half a line; a line before it that is damaged is another matter.
  @Test func aLineThatWasCutOff() throws {
    let history = try train(TemporaryFolder().path)
    let text = history.csv
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let last = lines[lines.count - 2].count
    for cut in 1...last {
      // Without its digest an epoch is whole.
      let isWhole = [1, 17].contains(cut)
      let part = try #require(History(csv: String(decoding: text.utf8.dropLast(cut), as: UTF8.self)))
      #expect(part.epochs.count == (isWhole ? 3 : 2), "\(cut)")
      #expect(part.epochs.prefix(2).elementsEqual(history.epochs.prefix(2)))
    }
  }

  @Test func twoPartsOfOneName() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let one = Tape().constant(Tensor([1], shape: []))
      _ = LossTerms(total: one, parts: [("a", one), ("b", one), ("a", one)])
    }
    let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(message.contains("two parts of the loss have one name: [\"a\", \"b\", \"a\"]"))
  }
}
