import Foundation
import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport

extension FuzzTarget {
  /// The smallest model with everything that a checkpoint holds.
  private struct Line: Module {
    var dense = Dense(inputSize: 1, outputSize: 1, key: RandomKey(seed: 1))
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("dense", &dense) }
  }

  private static let data = TensorDataset(
    Tensor([0, 1, 2, 3], shape: [4, 1]), Tensor([1, 3, 5, 7], shape: [4, 1]))

  private static func makeTrainer(_ checkpoints: CheckpointFolder) -> Trainer<Adam> {
    var trainer = Trainer(optimizer: Adam(learningRate: 0.1), batchSize: 2, seed: 0, threads: 1, shards: 1)
    trainer.weightAverage = ExponentialMovingAverage(decay: 0.5)
    trainer.callbacks = [
      ReduceOnPlateau(factor: 0.5, patience: 1), EarlyStopping(patience: 1, minimumChange: 1e9),
      BestWeights { _, _ in },
    ]
    trainer.checkpoints = checkpoints
    return trainer
  }

  private static func fit(_ trainer: inout Trainer<Adam>, epochs: Int, resuming checkpoint: Checkpoint?) throws {
    var model = Line()
    try trainer.fit(&model, to: data, epochs: epochs, resuming: checkpoint) { model, batch, tape in
      LossTerms(total: squaredError(model.dense(tape.constant(batch[0])), targets: batch[1]))
    }
  }

  /// Checkpoints: whoever made one can have made its checksum too, so it is read with and without; a run that fits goes
  /// on from it.
  static let checkpoint = FuzzTarget(
    name: "checkpoint",
    seeds: {
      // Within an epoch and at its end.
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("latent-fuzz-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      let checkpoints = CheckpointFolder(folder.path, everySteps: 1, keep: 9, settings: ["a": "b"], notes: ["c": "d"])
      var trainer = makeTrainer(checkpoints)
      do { try fit(&trainer, epochs: 2, resuming: nil) } catch { fatalError("fuzz: \(error)") }
      return checkpoints.files().compactMap { try? AtomicFile.read($0) }
    },
    words: [
      "NaN", "inf", "-1", "9223372036854775807", "1e300", "\"callbacks\":", "\\n", "setting/", "callback/", "\u{301}",
    ],
    run: { bytes in
      _ = try? Checkpoint(bytes: bytes)
      guard let file = try? SafetensorsFile(bytes: bytes), let checkpoint = try? Checkpoint(unverified: file) else {
        return
      }
      let written = checkpoint.fileBytes()
      let again = try? Checkpoint(bytes: written)
      promise(again?.fileBytes() == written, "checkpoint: what was read cannot be written")
      // A folder that can't be made: nothing is written.
      var trainer = makeTrainer(CheckpointFolder("/dev/null/none", everySteps: 100, settings: ["a": "b"]))
      try? fit(&trainer, epochs: 3, resuming: checkpoint)
    })

  /// Weights files: what is recognised as a model encodes and decodes an image.
  static let model = FuzzTarget(
    name: "model",
    seeds: {
      let sizes = TestModel.Sizes(hidden: 1, latent: 1, decoder: 1)
      let forms = [
        testPlan(.lstm, sizes: sizes, height: 2, width: 2), testPlan(.mlp, sizes: sizes, height: 2, width: 1),
        testPlan(.gru, sizes: sizes, height: 1, width: 1, classes: 1),
        testPlan(.mlp, sizes: sizes, height: 1, width: 1, classLabels: [3, 200]),
        testPlan(.lstmLSTM, sizes: sizes, height: 2, width: 1, loss: .gaussian),
      ]
      return forms.flatMap { plan in
        let (rows, pixels) = (plan.example.steps, plan.example.features)
        let size = ["image_height": "\(rows)", "image_width": "\(pixels)", "loss": plan.likelihood.name]
        return [size, plan.metadata].map { SafetensorsFile.encode(plan.makeModel().safetensors, metadata: $0) }
      }
    },
    words: [
      "\"shape\":[", "image_height", "image_width", "class_labels", "0,1", "encoder.", "decoder.", ".kernel", ".bias",
      "recurrentKernel",
      "F64",
    ],
    run: { bytes in
      guard let file = try? SafetensorsFile(bytes: bytes), let saved = try? SavedModel(file) else { return }
      guard let plan = saved.plan else { return promise(false, "model: a file without a plan") }
      promise(plan.parameterCount == Double(saved.model.parameterCount), "model: \(plan) has other parameters")
      // An image of a drawn model may have any number of rows.
      guard plan.example.steps * plan.example.features <= 1 << 12 else { return }
      let labels = plan.classLabels.last.map { [$0] }
      let image = Tensor(zeros: [1, plan.example.steps, plan.example.features], element: saved.element)
      promise(
        saved.model.reconstruct(image, labels: labels).count == plan.example.steps * plan.example.features,
        "model: another image")
    })

  /// The table of losses that people read, and that checkpoints of format 1 hold.
  static let history = FuzzTarget(
    name: "history",
    seeds: {
      let head = "epoch,train_loss,train_kl,validation_loss,validation_kl,train_seconds,validation_seconds,"
      let table = head + "examples_per_second,learning_rate\n1,3.5,1.0,3.25,1.5,2.0,0.5,100.0,0.001\n"
      let odd =
        "epoch,train_loss,\"train_a,\"\"b\"\"\n\",train_part_seconds,validation_loss,train_monitored,"
        + "\"validation_a,\"\"b\"\"\n\",train_seconds,validation_seconds,examples_per_second,learning_rate,weights_xxh64\n"
      return [
        Array(table.utf8), Array((table + "2,3.0,1.0,,,2.0,0.0,100.0,0.001\n").utf8), Array(History().csv.utf8),
        Array((odd + "1,2,3,4,5,6,,1,1,1,1,0123456789abcdef\n2,2,,,,,,1,1,1,1,\n").utf8),
      ]
    },
    words: [
      "train_", "validation_", "_seconds", "part_", "monitored", "nan", "inf", "0x1p3", ",", "\"", "\"\"", "\n", "\r\n",
      "\u{301}", "1e999",
    ],
    run: { bytes in
      guard let history = History(csv: String(decoding: bytes, as: UTF8.self)) else { return }
      _ = history.jsonLines
      let text = history.csv
      promise(History(csv: text)?.csv == text, "history: what was read cannot be written")
    })

  /// The sums of an unfinished epoch in a checkpoint.
  static let lossSums = FuzzTarget(
    name: "loss-sums",
    seeds: {
      [
        Array("examples=20\ntotal=3.5\nkl=1\nreconstruction=2.5".utf8),
        Array(
          #"{"examples":20,"monitored":4.5,"parts":[{"examples":7,"name":"kl","value":"nan"}],"total":3.5}"#.utf8),
      ]
    },
    words: [
      "\"examples\":", "\"value\":", "{", "[",
      "examples=", "total=", "=", "\n", "nan", "-inf", "9223372036854775807", "\u{301}",
    ],
    run: { bytes in
      guard let sums = LossSums(String(decoding: bytes, as: UTF8.self)) else { return }
      promise(LossSums(sums.text)?.text == sums.text, "loss sums: what was read cannot be written")
    })
}
