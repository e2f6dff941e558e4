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
    let tensors = Dictionary(uniqueKeysWithValues: plan.makeModel().tensors.map { ($0.path, $0.value) })
    guard let saved = try? SavedModel(tensors, metadata: plan.metadata, file: "seed") else { fatalError("no model") }
    return saved
  }

  /// ONNX models: their initializers, and the model that they may be.
  static let onnx = FuzzTarget(
    name: "onnx", seeds: { InterchangeFormat.onnx.files(of: saved()).map(\.bytes) },
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
        [TestModel.mlp, .gru].map { format.files(of: saved($0))[0].bytes }
      }
    },
    words: ["module.", "_orig_mod.", "encoder.", "/", ".weight", "class_labels", "\"shape\":["],
    run: { bytes in
      guard let file = try? SafetensorsFile(bytes: bytes), let tensors = try? file.allTensors() else { return }
      for format in [InterchangeFormat.torch, .keras, .safetensors] {
        let weights = WeightFile(tensors, metadata: file.metadata, name: "fuzz")
        guard let saved = try? format.model(of: weights) else { continue }
        _ = saved.notFinite
        let again = format.files(of: saved)
        guard format != .keras, let copy = try? SafetensorsFile(bytes: again[0].bytes) else { continue }
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
        InterchangeFormat.onnx.files(of: saved())[0].bytes,
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
