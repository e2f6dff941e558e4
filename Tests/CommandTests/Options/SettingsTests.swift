import LatentData
import LatentFiles
import LatentReport
import Testing

/// Settings and data out of the ordinary that work.
@Suite struct SettingsTests {
  @Test func float64() throws {
    let folder = try Folder()
    #expect(try Program.train(["--precision", "float64", "--output", "out"], in: folder).status == 0)
    #expect(try Program.train(["--output", "single"], in: folder).status == 0)
    let double = try SafetensorsFile(contentsOf: folder.path("out/model.safetensors"))
    let single = try SafetensorsFile(contentsOf: folder.path("single/model.safetensors"))
    #expect(double.tensors.allSatisfy { $0.elementType == .float64 })
    let (a, b) = (try double.doubles("decoder.output.bias"), try single.doubles("decoder.output.bias"))
    #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }, "the same training, to single precision")
    #expect(a != b)
  }

  /// A run in two pieces has the weights of a whole one, with an optimizer that has the state of another in its own.
  @Test func optimizers() throws {
    let folder = try Folder()
    let run = ["--optimizer", "Muon", "--learning-rate", "0.02"]
    let whole = try Program.train(run + ["--epochs", "3", "--output", "whole"], in: folder)
    #expect(whole.status == 0 && whole.output.contains("Muon<AdamW> 0.02"), "\(whole.errors)")
    #expect(try Program.train(run + ["--epochs", "1", "--output", "out"], in: folder).status == 0)
    let resumed = try Program.run(["--resume=out", "--epochs", "3", "--quiet"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    let weights = try ["whole", "out"].map { name in
      try SafetensorsFile(contentsOf: folder.path(name + "/model.safetensors")).doubles("encoder.lstm.kernel")
    }
    #expect(weights[0] == weights[1])
    // The record says it, for others to repeat.
    let again = try Program.run(["--config", "whole/config.json", "--output", "again", "--quiet"], in: folder)
    #expect(again.status == 0, "\(again.errors)")
    #expect(
      try SafetensorsFile(contentsOf: folder.path("again/model.safetensors")).doubles("encoder.lstm.kernel")
        == weights[0])
    let unknown = try Program.train(["--optimizer", "adamm"], in: folder)
    #expect(unknown.status == 64 && unknown.errors.contains("adam"), "\(unknown.errors)")
  }

  @Test func squaredError() throws {
    let folder = try Folder()
    let result = try Program.train(["--loss", "mse", "--beta", "0.5", "--output", "out"], in: folder)
    #expect(result.status == 0)
    #expect(result.output.contains("squared error"))
    let row = try folder.text("out/history.csv").split(separator: "\n")[1].split(separator: ",").compactMap {
      Double($0)
    }
    #expect(abs(row[1] - row[2] - 0.5 * row[3]) < 1e-3)
    #expect(row[2] < 784 * 0.3, "squared errors of pixels in 0...1, not nats")
    #expect(!(try folder.text("out/curves.svg").contains("nats")))
  }

  @Test func presetAndWhatWinsOverIt() throws {
    let folder = try Folder()
    let result = try Program.run(
      [
        "--preset", "reference-3", "--data", "synthetic", "--limit", "64", "--epochs", "2", "--hidden-size", "8",
        "--output", "out",
      ], in: folder)
    #expect(result.status == 0)
    let settings = try #require(try folder.json("out/config.json")["settings"] as? [String: Any])
    #expect(settings["preset"] as? String == "reference-3")
    #expect(settings["dropped_images"] as? Int == 5000)
    #expect(settings["validation_split"] as? Double == 0.2)
    #expect(settings["latent_size"] as? Int == 16)
    let model = "LSTM(8) encoder, 16 latent dimensions, Dense(256, relu) decoder"
    #expect(settings["model"] as? String == model, "the command line wins")
    #expect(settings["epochs"] as? Int == 2, "the command line wins")
    let data = try #require(try folder.json("out/config.json")["data"] as? [String: Any])
    #expect(data["training_images"] as? Int == 51)
    #expect(data["validation_images"] as? Int == 13)
    // The published numbers, and beside those of the first epoch this run's own.
    let history = try folder.text("out/history.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    let (first, last) = (history[0].compactMap { Double($0) }, history[1].compactMap { Double($0) })
    let lines = result.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("1 232.52 \(Format.fixed(first[1], 2)) 199.26 \(Format.fixed(first[4], 2))"))
    #expect(lines.contains("10 116.63 - 116.36 -"))
    #expect(lines.contains("30 105.92 - 106.80 -"))
    #expect(lines.contains("last - \(Format.fixed(last[1], 2)) 106.75 \(Format.fixed(last[4], 2))"))
  }

  @Test(arguments: [("reference-1", 128, 8, 128, 30, "119.18"), ("reference-2", 256, 16, 256, 50, "105.67")])
  func otherPresets(
    name: String, hidden: Int, latent: Int, decoder: Int, epochs: Int, published: String
  ) throws {
    let folder = try Folder()
    let result = try Program.run(
      ["--preset", name, "--data", "synthetic", "--limit", "4", "--output", "out"], in: folder)
    #expect(result.status == 0)
    let settings = try #require(try folder.json("out/config.json")["settings"] as? [String: Any])
    let model = "LSTM(\(hidden)) encoder, \(latent) latent dimensions, Dense(\(decoder), relu) decoder"
    #expect(settings["model"] as? String == model)
    #expect(settings["epochs"] as? Int == epochs)
    #expect(settings["dropped_images"] as? Int == 0)
    #expect(settings["validation_split"] as? Double == 0.3)
    #expect(result.output.contains(published))
  }

  @Test func batchLargerThanTheData() throws {
    let folder = try Folder()
    #expect(
      try Program.train(["--batch-size", "1000000000000", "--shards", "2", "--output", "out"], in: folder).status == 0)
    #expect(try Program.train(["--batch-size", "44", "--shards", "2", "--output", "exact"], in: folder).status == 0)
    let files = try ["out", "exact"].map { try SafetensorsFile(contentsOf: folder.path("\($0)/model.safetensors")) }
    #expect(try files[0].floats("encoder.lstm.bias") == files[1].floats("encoder.lstm.bias"), "it is one batch")
  }

  @Test func batchOfOneAndMoreThreadsThanCores() throws {
    let folder = try Folder()
    let result = try Program.train(
      ["--batch-size", "1", "--threads", "9", "--limit", "5", "--validation-split", "0", "--output", "out"], in: folder)
    #expect(result.status == 0)
    #expect(result.output.contains("9 threads on "))
    #expect(result.output.contains("none for validation"))
    #expect(try folder.text("out/history.csv").split(separator: "\n")[1].contains(",,,"), "empty columns")
    #expect(folder.contents.contains("out/reconstructions.png"), "of training images")
  }

  @Test func imagesOfAnotherSize() throws {
    let folder = try Folder()
    try folder.write(IDX.trainImages, IDX.images(40, height: 20, width: 13))
    try folder.write(IDX.trainLabels, IDX.labels(40))
    let result = try Program.run(
      ["--data", "data", "--epochs", "1", "--hidden-size", "8", "--output", "out"], in: folder)
    #expect(result.status == 0)
    #expect(result.output.contains("they are 20x13, not 28x28"))
    let file = try SafetensorsFile(contentsOf: folder.path("out/model.safetensors"))
    #expect(file.entry(named: "encoder.lstm.kernel")?.shape == [13, 32])
    #expect(file.entry(named: "decoder.output.bias")?.shape == [260])
    let samples = try ImageFile.read(folder.path("out/samples.png"))
    #expect(samples.width == 10 * 13 * 3 + 33 && samples.height == 10 * 20 * 3 + 33)
  }

  @Test func onlyTestFiles() throws {
    let folder = try Folder()
    try folder.write(IDX.testImages, IDX.images(20, height: 28, width: 28))
    let result = try Program.run(
      ["--data", "data", "--limit", "10", "--epochs", "1", "--hidden-size", "8", "--output", "out"], in: folder)
    #expect(result.status == 0)
    let text = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("the t10k files are used because train-images-idx3-ubyte is missing"))
    #expect(text.contains("only the first 10 are used"))
    #expect(text.contains("7 for training, the last 3 for validation"))
  }

  @Test func quiet() throws {
    let folder = try Folder()
    let result = try Program.train(["--quiet", "--output", "out"], in: folder)
    #expect(result.status == 0)
    #expect(result.output.isEmpty && result.errors.isEmpty)
    #expect(folder.contents.contains("out/model.safetensors"))
  }

  @Test func namedCommandAndVersion() throws {
    let folder = try Folder()
    let run = try Program.run(
      ["train", "--data", "synthetic", "--limit", "8", "--epochs", "1", "--hidden-size", "4", "--output", "out"],
      in: folder)
    #expect(run.status == 0)
    #expect(try Program.run(["--version"], in: folder).output == "vae-train 0.1.0\n")
  }
}
