import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import Testing

@Suite struct InterchangeTests {
  /// A run, exported and imported again: the same file but for what is known of its training.
  @Test(arguments: ["keras", "torch", "npz", "safetensors", "onnx"])
  func comesBack(_ format: String) throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "run", "--epochs", "1", "--loss", "gaussian"], in: folder).status == 0)
    let export = try Program.run(
      ["export", "--model", "run", "--format", format, "--output", "other"], in: folder)
    #expect(export.status == 0 && export.errors.isEmpty)
    #expect(export.output.contains("\nread back: 12 tensors, all with the same bits\n"))
    #expect(export.output.contains("\nparity: 10 test images, synthetic digits: largest difference 0.0\n"))
    #expect(export.output.contains("\nload it in Python:\nimport "))
    let certificate = try folder.json("other.parity.json")
    #expect(certificate["largest_difference"] as? Double == 0)
    #expect((certificate["files"] as? [Any])?.count == (format == "onnx" ? 2 : 1))
    for key in ["source", "outputs"] {
      let file = try #require(certificate[key] as? [String: Any])
      var hash = SHA256()
      hash.update(try folder.bytes(file["path"] as? String ?? ""))
      #expect(file["sha256"] as? String == hash.hexDigest(), "\(key)")
    }
    let parity = try SafetensorsFile(contentsOf: folder.path("other.parity.safetensors"))
    #expect(parity.tensors.map(\.name).sorted() == ["images", "log_variance", "mean", "reconstruction"])
    #expect(parity.entry(named: "reconstruction")?.shape == [10, 784])

    let back = try Program.run(["import", "other", "--format", format, "--output", "back.safetensors"], in: folder)
    #expect(back.status == 0 && back.errors.isEmpty)
    // 4 8 (28 + 8 + 1) + 2 16 (8 + 1) + 256 (16 + 1) + 784 (256 + 1) + 1
    let model = "LSTM(8) encoder, 16 latent dimensions, Dense(256, relu) decoder for images of 28x28"
    #expect(
      back.output
        == "wrote 'back.safetensors': \(model), 207313 parameters\nnext: vae-train evaluate --model back.safetensors measures it\n"
    )
    let (first, second) = (
      try SafetensorsFile(contentsOf: folder.path("run/model.safetensors")),
      try SafetensorsFile(contentsOf: folder.path("back.safetensors"))
    )
    #expect(first.tensors == second.tensors)
    for tensor in first.tensors { #expect(try first.rawBytes(tensor.name) == second.rawBytes(tensor.name)) }
    for key in ["model", "plan"] {
      #expect(second.metadata[key] == first.metadata[key], "\(key)")
    }
  }

  /// Each format says the likelihood: it comes back without a word.
  @Test(arguments: ["npz", "keras", "onnx"]) func everyFileSaysTheLoss(_ format: String) throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "run", "--epochs", "1", "--loss", "mse"], in: folder).status == 0)
    #expect(
      try Program.run(["export", "--model", "run", "--format", format, "--output", "w"], in: folder).status == 0)
    #expect(try Program.run(["import", "w", "--format", format, "--output", "b"], in: folder).status == 0)
    #expect(try SavedModel(contentsOf: folder.path("b")).likelihood == .squaredError)
  }

  @Test func otherNumberFormats() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "run", "--epochs", "1", "--precision", "float64"], in: folder).status == 0)
    let export = ["export", "--model", "run", "--output", "w", "--format"]
    #expect(try Program.run(export + ["torch"], in: folder).status == 0)
    #expect(try SafetensorsFile(contentsOf: folder.path("w")).tensors.allSatisfy { $0.elementType == .float64 })
    #expect(try Program.run(export + ["torch", "--precision", "float32", "--force"], in: folder).status == 0)
    let single = try SafetensorsFile(contentsOf: folder.path("w"))
    #expect(single.tensors.allSatisfy { $0.elementType == .float32 } && single.metadata["precision"] == "float32")
    let double = try SafetensorsFile(contentsOf: folder.path("run/model.safetensors"))
    #expect(try single.floats("encoder.mean.bias") == double.floats("encoder.mean.bias"))
    let refused = try Program.run(["export", "--model", "run", "--output", "o", "--format", "onnx"], in: folder)
    #expect(refused.status == 64)
    #expect(
      refused.errors
        == "Error: run/model.safetensors is a model in float64, which ONNX Runtime can't run: add --precision float32\n"
    )
    #expect(
      try Program.run(
        ["export", "--model", "run", "--output", "o", "--format", "onnx", "--precision", "float32"], in: folder
      ).status == 0)
  }

  @Test func weightsOfBFloat16() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "run", "--epochs", "1"], in: folder).status == 0)
    let export = ["export", "--model", "run", "--precision", "bfloat16", "--format"]
    let whole = try SavedModel(contentsOf: folder.path("run"))
    for format in ["torch", "safetensors"] {
      let result = try Program.run(export + [format, "--output", format], in: folder)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      #expect(result.output.contains("\nread back: 11 tensors, all with the same bits\n"))
      #expect(
        result.output.contains("\nweights: rounded to bfloat16, which changes the outputs for these images: mean by "))
      let certificate = try folder.json(format + ".parity.json")
      #expect(certificate["precision"] as? String == "float32" && certificate["weights"] as? String == "bfloat16")
      let rounding = try #require(certificate["rounding"] as? [String: Double])
      #expect(rounding.keys.sorted() == ["log_variance", "mean", "reconstruction"])
      #expect(rounding.values.allSatisfy { $0 > 0 && $0 < 0.1 })
      let file = try SafetensorsFile(contentsOf: folder.path(format))
      #expect(file.tensors.allSatisfy { $0.elementType == .bfloat16 })
    }
    // Commands take such a file as any other.
    let saved = try SavedModel(contentsOf: folder.path("safetensors"))
    for (before, after) in zip(whole.model.tensors, saved.model.tensors) {
      #expect(after.value.element == .float32)
      #expect(after.value.values == before.value.converted(to: .bfloat16).values, "\(before.path)")
    }
    let imported = try Program.run(["import", "torch", "--format", "torch", "--output", "back"], in: folder)
    #expect(imported.status == 0 && imported.errors.isEmpty)
    #expect(
      try SavedModel(contentsOf: folder.path("back")).model.tensors.map(\.value.values)
        == saved.model.tensors.map(\.value.values))
    for (format, reason) in [("keras", "NumPy has"), ("npz", "NumPy has"), ("onnx", "ONNX Runtime runs")] {
      let refused = try Program.run(export + [format, "--output", "no"], in: folder)
      #expect(refused.status == 64)
      #expect(
        refused.errors
          == "Error: --precision bfloat16: \(reason) no such numbers; choose --format torch or safetensors\n")
    }
    #expect(!folder.contents.contains { $0.hasPrefix("no") })
  }

  @Test func whatCanNotBeDoneIsSaidInOneLine() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "run", "--epochs", "1"], in: folder).status == 0)
    try folder.write("text", Array("no weights".utf8))
    let cases: [([String], Int32, String)] = [
      (["export", "--model", "none", "--format", "torch", "--output", "w"], 1, "none: "),
      (["export", "--model", "run", "--format", "torch", "--output", "no/w"], 1, "no/w: cannot be written: "),
      (["export", "--model", "run", "--format", "onnx", "--output", "no/w"], 1, "cannot make the folder 'no/w': "),
      (
        ["export", "--model", "run", "--format", "onnx", "--output", "text"], 1, "'text' exists already"
      ),
      (
        ["export", "--model", "run", "--format", "onnx", "--output", "text", "--force"], 1,
        "text/encoder.onnx: cannot be written: "
      ),
      (
        ["import", "run/model.safetensors", "--format", "safetensors", "--output", "text"], 1, "'text' exists already"
      ),
      (
        ["import", "run/model.safetensors", "--format", "safetensors", "--output", "no/w"], 1,
        "no/w: cannot be written: "
      ),
      (
        ["export", "--model", "run", "--format", "npz", "--output", "w", "--data", "none"], 1,
        "no file or folder 'none'"
      ),
      (["import", "text", "--format", "keras", "--output", "w"], 1, "text: is a text file: give "),
      (["import", "text", "--format", "torch", "--output", "w"], 1, "text: is a text file: give "),
      (["import", "text", "--format", "onnx", "--output", "w"], 1, "text: is a text file: give "),
      (
        ["import", "run/model.safetensors", "--format", "torch", "--output", "w"], 1,
        "run/model.safetensors: has no "
      ),
      (
        ["import", "run", "--format", "safetensors", "--output", "w"], 1, "run: cannot be read: "
      ),
      (
        ["import", "run/model.safetensors", "--format", "safetensors", "--output", "w", "--loss", "mse"], 64,
        "--loss mse: 'run/model.safetensors' has a model with bce"
      ),
      (
        ["import", "run/model.safetensors", "--format", "safetensors", "--output", "w", "--width", "14"], 64,
        "'run/model.safetensors' has a model for images of 28x28: give no other --height or --width"
      ),
    ]
    for (arguments, status, start) in cases {
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == status, "\(arguments)")
      #expect(result.errorLines.count == 1, "\(arguments): \(result.errors)")
      #expect(result.errors.hasPrefix("Error: " + start), "\(arguments): \(result.errors)")
    }
    #expect(folder.contents.filter { $0.hasPrefix("w") } == [])
    let unknown = try Program.run(["export", "--model", "run", "--format", "pickle", "--output", "w"], in: folder)
    #expect(unknown.status == 64)
  }
}
