import Foundation
import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What a run leaves behind: two epochs on 64 synthetic digits, 44 to train on and 20 to validate.
@Suite struct ResultsTests {
  private let folder: Folder
  private let result: Program.Result
  private let data = ImageDataset.synthetic(count: 64)

  init() throws {
    folder = try Folder()
    result = try Program.train(["--output", "out"], in: folder)
  }

  @Test func files() throws {
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    let names = [
      "config.json", "curves.svg", "digests.csv", "epochs.png", "history.csv", "history.jsonl", "interpolation.png",
      "kl.png", "model.safetensors", "reconstructions.png", "report.html", "samples.png", "scatter.png",
      "traversal.png",
    ]
    let checkpoints = folder.contents.filter { $0.hasPrefix("out/checkpoints") }
    #expect(checkpoints.count == 3, "the folder and the last two")
    #expect(folder.contents.filter { !checkpoints.contains($0) } == ["out"] + names.map { "out/" + $0 })
    let end = try #require(result.output.range(of: "\nout\n"))
    let listing = result.output[end.upperBound...].split(separator: "\n").prefix { !$0.hasPrefix("next: ") }
    #expect(Set(listing.map { $0.split(separator: " ")[0] }) == Set(names.map { Substring($0) }))
  }

  @Test func text() throws {
    #expect(result.output.contains("synthetic digits"))
    #expect(result.output.contains("44 for training, the last 20 for validation"))
    #expect(result.output.contains(Machine.processor))
    #expect(result.output.contains("\(BLAS.version) \(BLAS.kernel)"))
    let printable = result.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7f }
    #expect(printable, "no control characters without a terminal")
  }

  @Test func config() throws {
    let config = try folder.json("out/config.json")
    #expect(config["status"] as? String == "finished")
    let settings = try #require(config["settings"] as? [String: Any])
    #expect(settings["data"] as? String == "synthetic")
    #expect(settings["limit"] as? Int == 64)
    #expect(settings["epochs"] as? Int == 2)
    #expect(settings["batch_size"] as? Int == 256)
    #expect(settings["model"] as? String == "LSTM(8) encoder, 16 latent dimensions, Dense(256, relu) decoder")
    let plan = try #require(settings["plan"] as? [String: Any])
    #expect((plan["encoder"] as? [[String: Any]])?[0]["units"] as? Int == 8)
    #expect(settings["latent_size"] as? Int == 16)
    #expect(settings["validation_split"] as? Double == 0.3)
    #expect(settings["learning_rate"] as? Double == 0.001)
    #expect(settings["seed"] as? Int == 0)
    #expect(settings["loss"] as? String == "bce")
    #expect(settings["beta"] as? Double == 1)
    #expect(settings["precision"] as? String == "float32")
    #expect(settings["threads"] as? Int == Machine.cores)
    #expect(settings["shards"] as? Int == 2)
    let versions = try #require(config["versions"] as? [String: String])
    #expect(versions["latent"] == LatentVersion.current)
    #expect(versions["openblas"] == BLAS.version)
    #expect(versions["swift"]?.hasPrefix("6.") == true)
    let images = try #require(config["data"] as? [String: Any])
    #expect(images["sha256"] as? String == data.sha256)
    #expect(images["training_images"] as? Int == 44)
    #expect(images["validation_images"] as? Int == 20)
    let machine = try #require(config["machine"] as? [String: Any])
    #expect(machine["instruction_set"] as? String == "\(InstructionSet.selected)")
    let results = try #require(config["results"] as? [String: Any])
    let last = try #require(rows().last)
    #expect((results["training"] as? [String: Double])?["total"] == last[1])
    #expect((results["validation"] as? [String: Double])?["total"] == last[4])
  }

  @Test func history() throws {
    let lines = try folder.text("out/history.csv").split(separator: "\n")
    #expect(
      lines[0] == """
        epoch,train_loss,train_reconstruction,train_kl,validation_loss,validation_reconstruction,validation_kl,\
        train_seconds,validation_seconds,examples_per_second,learning_rate,weights_xxh64
        """)
    let rows = try rows()
    #expect(rows.map(\.[0]) == [1, 2])
    #expect(rows.allSatisfy { $0.count == 11 && $0.allSatisfy { $0 > 0 && $0.isFinite } })
    for row in rows {
      #expect(abs(row[1] - row[2] - row[3]) < 1e-3)
      #expect(abs(row[4] - row[5] - row[6]) < 1e-3)
      let shown = "\(Int(row[0]))/2 " + row[1...6].map { Format.fixed($0, 2) }.joined(separator: " ")
      let text = result.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
      #expect(text.contains { $0.hasPrefix(shown) }, "the same numbers are on the screen: \(shown)")
    }
    #expect(rows[1][1] < rows[0][1], "it learns")
  }

  private func rows() throws -> [[Double]] {
    try folder.text("out/history.csv").split(separator: "\n").dropFirst().map { line in
      try line.split(separator: ",").dropLast().map { try #require(Double($0)) }
    }
  }

  @Test func model() throws {
    let file = try SafetensorsFile(contentsOf: folder.path("out/model.safetensors"))
    let shapes = [
      "encoder.lstm.kernel": [28, 32], "encoder.lstm.recurrentKernel": [8, 32], "encoder.lstm.bias": [32],
      "encoder.mean.kernel": [8, 16], "encoder.mean.bias": [16], "encoder.logVariance.kernel": [8, 16],
      "encoder.logVariance.bias": [16], "decoder.hidden.kernel": [16, 256], "decoder.hidden.bias": [256],
      "decoder.output.kernel": [256, 784], "decoder.output.bias": [784],
    ]
    #expect(Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.shape) }) == shapes)
    #expect(file.tensors.allSatisfy { $0.elementType == .float32 })
    #expect(file.metadata["plan"]?.contains("\"units\":8") == true)
    #expect(file.metadata["seed"] == "0")
    #expect(file.metadata["data_sha256"] == data.sha256)
    #expect(!file.metadata.keys.contains("threads"))
  }

  /// The same model, made from the file alone.
  private func loadedModel() throws -> VariationalAutoencoder<LSTMEncoder, DenseDecoder> {
    let file = try SafetensorsFile(contentsOf: folder.path("out/model.safetensors"))
    var model = VariationalAutoencoder(
      encoder: LSTMEncoder(inputSize: 28, hiddenSize: 8, latentSize: 16),
      decoder: DenseDecoder(latentSize: 16, hiddenSize: 256, outputSize: 784))
    var values: [String: [Double]] = [:]
    for tensor in file.tensors { values[tensor.name] = try file.doubles(tensor.name) }
    model.updateParameters { path, parameter in
      parameter.value = Tensor(values[path] ?? [], shape: parameter.value.shape)
    }
    return model
  }

  @Test func reconstructions() throws {
    let picture = try ImageFile.read(folder.path("out/reconstructions.png"))
    let images = data.split(validationFraction: 0.3).validation
    #expect(images.count == 20)
    let batch = images.firstBatch(20)
    let decoded = ImageStack(try loadedModel().reconstruct(batch.values).floats, height: 28, width: 28)
    // Two bands of ten pairs; each pixel is three by three, images are three pixels apart, bands more.
    let left = picture.width - 10 * 87
    #expect(picture.height > 4 * 87)
    for index in 0..<20 {
      let x = left + index % 10 * 87
      let y = index < 10 ? 3 : picture.height - 2 * 87
      let shown = (0..<2).map { row in pixels(of: picture, x: x, y: y + row * 87) }
      #expect(shown[0] == images.image(index), "original \(index)")
      let expected = Array(decoded.bytes[index * 784..<(index + 1) * 784])
      #expect(
        zip(shown[1], expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 }, "reconstruction \(index)")
    }
  }

  @Test func samples() throws {
    let picture = try ImageFile.read(folder.path("out/samples.png"))
    #expect(picture.width == 873 && picture.height == 873)
    let images = (0..<100).map { pixels(of: picture, x: 3 + $0 % 10 * 87, y: 3 + $0 / 10 * 87) }
    #expect(Set(images).count == 100, "a hundred different samples")
  }

  /// The pixels of an image of 28x28 that was drawn three times as large at this place.
  private func pixels(of picture: Picture, x: Int, y: Int) -> [UInt8] {
    (0..<784).map { picture[x + $0 % 28 * 3 + 1, y + $0 / 28 * 3 + 1].first! }
  }

  @Test func curves() throws {
    let text = try folder.text("out/curves.svg")
    #expect(XMLParser(data: Data(text.utf8)).parse())
    for words in ["training", "validation", "Reconstruction", "KL divergence", "synthetic digits"] {
      #expect(text.contains(words))
    }
  }
}
