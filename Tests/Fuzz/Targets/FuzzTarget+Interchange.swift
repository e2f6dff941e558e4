import Latent
import LatentData
import LatentFiles
import LatentInterchange
import LatentTraining
import LatentVAE
import TestSupport

/// Readers of other programs' files.
extension FuzzTarget {
  private static func saved(_ architecture: TestModel = .mlp) -> SavedModel {
    let sizes = TestModel.Sizes(hidden: 1, latent: 1, decoder: 1)
    let plan = testPlan(architecture, sizes: sizes, height: 2, width: 2, classLabels: [3, 17])
    return SavedModel(plan.makeModel(), plan: plan, metadata: plan.metadata)
  }

  /// The files of a model that has a plan.
  private static func files(_ format: InterchangeFormat, of saved: SavedModel) -> [[UInt8]] {
    try! format.files(of: saved).map(\.bytes)
  }

  /// ONNX models: their initializers, and the model that they may be.
  static let onnx = FuzzTarget(
    name: "onnx", seeds: { files(.onnx, of: saved()) },
    words: [
      "\u{8}\u{1}", "\u{10}\n", "\u{10}\u{10}", "\"\u{4}", "*\u{4}", "J\u{4}", "R\u{8}", "j\u{8}", "p\u{1}", "location",
      "offset",
    ],
    run: { bytes in
      guard let file = try? ONNXWeights(bytes, name: "fuzz", folder: nil) else { return }
      for (name, tensor) in file.tensors { promise(tensor.values.count == tensor.count, "onnx: \(name)") }
      let tensors = Dictionary(file.tensors.map { ($0.name, $0.value) }) { $1 }
      _ = try? InterchangeFormat.onnx.model(of: WeightFile(tensors, metadata: file.metadata, name: "fuzz"))
    })

  /// Tensors by the names of PyTorch and Keras, wrapped or not: what is a model is written and read again as the same.
  static let weights = FuzzTarget(
    name: "weights",
    seeds: {
      [InterchangeFormat.torch, .safetensors].flatMap { format in
        [TestModel.mlp, .gru].map { files(format, of: saved($0))[0] }
      }
    },
    words: ["module.", "_orig_mod.", "encoder.", "/", ".weight", "class_labels", "\"shape\":["],
    run: { bytes in
      guard let file = try? SafetensorsFile(bytes: bytes), let tensors = try? file.allTensors() else { return }
      for format in [InterchangeFormat.torch, .keras, .safetensors] {
        let weights = WeightFile(tensors, metadata: file.metadata, name: "fuzz")
        guard let saved = try? format.model(of: weights) else { continue }
        _ = saved.notFinite
        let again = files(format, of: saved)
        guard format != .keras, let copy = try? SafetensorsFile(bytes: again[0]) else { continue }
        let read = try? format.model(of: WeightFile((try? copy.allTensors()) ?? [:], metadata: copy.metadata, name: ""))
        promise(read?.plan == saved.plan, "weights: what was read cannot be written")
      }
    })

  /// What a file is, by its content.
  static let foreign = FuzzTarget(
    name: "foreign",
    seeds: {
      let tensor = SafetensorsTensor("a", shape: [2], floats: [1, 2])
      let array = StoredArray(shape: [2], floats: [1, 2])
      return [
        SafetensorsFile.encode([tensor]), NPYFile.encode(array), NPZFile.encode([("a", array)]),
        Array("<!DOCTYPE html>".utf8), Array("(dp0\n.".utf8), [0x80, 4, 0x95],
        files(.onnx, of: saved())[0],
      ]
    },
    words: [
      "PK\u{1}\u{2}", "PK\u{3}\u{4}", "HDF\r\n", "GGUF", "data.pkl", "config.json", "saved_model.pb", "\u{8}\u{1}",
    ],
    run: { bytes in
      guard let file = ForeignFile(bytes: bytes, name: "a\n\"b.c") else { return }
      for purpose in [ForeignFile.Purpose.model, .data, .array] {
        let help = file.help(for: purpose)
        promise(help.hasPrefix("is \(file.kind.rawValue): ") && oneLine(help) == help, "foreign: \(help)")
      }
    })
}
