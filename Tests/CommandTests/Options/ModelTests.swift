import Foundation
import LatentData
import LatentFiles
import LatentVAE
import TestSupport
import Testing

/// Every model and objective that the program can train, through the program.
@Suite struct ModelTests {
  @Test(arguments: TestModel.allCases)
  func models(_ architecture: TestModel) throws {
    let folder = try Folder()
    let options = ["--model", architecture.rawValue, "--output", "out", "--conditional", "--batch-size", "32"]
    let result = try Program.train(options, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let file = try SafetensorsFile(contentsOf: folder.path("out/model.safetensors"))
    let plan = try ModelPlan(json: try #require(file.metadata["plan"]).utf8)
    let usual = architecture.plan(height: 28, width: 28, classes: 10)
    #expect(plan.encoder.map(\.name) == usual.encoder.map(\.name) && plan.decoder == usual.decoder)
    #expect(plan.classLabels == usual.classLabels && plan.latentSize == usual.latentSize)
    #expect(Double(file.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }) == plan.parameterCount)
    #expect(words(result.output).contains("conditional on the label"))
    for picture in ["reconstructions.png", "samples.png"] { #expect(folder.contents.contains("out/" + picture)) }
    let summary = try Program.run(["summary", "--model", architecture.rawValue], in: folder)
    #expect(summary.status == 0 && summary.output.contains("variational auto-encoder"))
  }

  /// A decoder that reads what it has made: trained, shown and exported.
  @Test func teacherForcing() throws {
    let folder = try Folder()
    let options = ["--word-dropout", "0.25", "--cell", "gru", "--hidden-size", "5", "--decoder-size", "4"]
    let result = try Program.train(options + ["--output", "out", "--batch-size", "32"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let model = try SafetensorsFile(contentsOf: folder.path("out/model.safetensors"))
    #expect(
      try #require(model.metadata["model"])
        == "GRU(5) encoder, 16 latent dimensions, teacher forcing, word dropout 0.25, GRU(4) decoder")
    #expect(try folder.text("out/report.html").contains("There is no playground: the decoder reads what it has made"))
    // Each program decodes step by step.
    for (format, loop) in [("torch", "for _ in range(28):"), ("keras", "for _ in range(28):"), ("onnx", "decoder.run")]
    {
      let export = ["export", "--model", "out", "--format", format, "--output", format]
      let exported = try Program.run(export, in: folder)
      #expect(exported.status == 0 && exported.output.contains(loop), "\(format): \(exported.errors)")
    }
    let refused = try Program.run(["summary", "--model", "lstm", "--teacher-forcing"], in: folder)
    #expect(
      refused.status == 64 && refused.errors.contains("--teacher-forcing goes with a decoder of recurrent layers"))
  }

  /// Depth and kind by options, and the same from a file: the same weights, bit for bit.
  @Test(arguments: [
    (
      ["--layers", "12,6", "--activation", "tanh"], "Dense(12, tanh), Dense(6, tanh) encoder",
      "Dense(6, tanh), Dense(12, tanh)"
    ),
    (["--layers", "9", "--decoder-layers", "8,7"], "Dense(9, relu) encoder", "Dense(8, relu), Dense(7, relu)"),
    (
      ["--cell", "gru", "--cells", "2", "--bidirectional", "--hidden-size", "5"],
      "bidirectional GRU(5), bidirectional GRU(5) encoder", "Dense(256, relu)"
    ),
    (
      ["--model", "lstm-lstm", "--cells", "2", "--hidden-size", "5", "--decoder-size", "4"], "LSTM(5), LSTM(5) encoder",
      "LSTM(4), LSTM(4)"
    ),
    (
      ["--filters", "3", "--kernel", "4"], "Conv2D(3, 4x4, stride 2, relu), Dense(16, relu) encoder",
      "Dense(588, relu), Conv2DTranspose(3, 4x4, stride 2, relu)"
    ),
  ])
  func modelsOfOnesOwn(_ options: [String], _ encoder: String, _ decoder: String) throws {
    let folder = try Folder()
    let training = ["--data", "synthetic", "--limit", "64", "--epochs", "1", "--batch-size", "32", "--quiet"]
    let result = try Program.run(training + options + ["--output", "out"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let model = try SafetensorsFile(contentsOf: folder.path("out/model.safetensors"))
    let text = try #require(model.metadata["model"])
    #expect(text.hasPrefix(encoder) && text.hasSuffix("latent dimensions, \(decoder) decoder"), "\(text)")
    let page = try folder.text("out/report.html")
    #expect(page.contains("playground") && !page.contains("There is no playground"))

    let plan = try Program.run(["summary", "--json"] + options, in: folder)
    #expect(plan.status == 0)
    try folder.write("plan.json", Array(plan.output.utf8))
    let again = try Program.run(training + ["--model", "plan.json", "--output", "again"], in: folder)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try folder.bytes("again/model.safetensors") == folder.bytes("out/model.safetensors"))
    for format in ["torch", "keras", "onnx", "npz"] {
      let export = ["export", "--model", "out", "--format", format, "--output", format]
      #expect(try Program.run(export, in: folder).status == 0)
      #expect(
        try Program.run(["import", format, "--format", format, "--output", "\(format).back"], in: folder).status == 0)
      let back = try SafetensorsFile(contentsOf: folder.path("\(format).back"))
      #expect(back.tensors == model.tensors && back.metadata["plan"] == model.metadata["plan"])
    }
  }

  @Test func plansThatDoNotFit() throws {
    let folder = try Folder()
    for (plan, message) in [
      ("{\"example\": 1}", "--model 'plan.json': example has a value of the wrong type"),
      ("nonsense", "--model 'plan.json': it is not JSON"),
      (
        try ModelRecipe.mlp().plan(for: .image(height: 8, width: 8)).json(),
        "--model: 'plan.json' is a model for 8x8, and the data are 28x28"
      ),
    ] {
      try folder.write("plan.json", Array(plan.utf8))
      let result = try Program.run(["--data", "synthetic", "--limit", "64", "--model", "plan.json"], in: folder)
      #expect(result.status == 64 && result.errorLines.count == 1)
      #expect(result.errors.hasPrefix("Error: " + message), "\(result.errors)")
    }
    let none = try Program.run(["--model", "ltsm"], in: folder)
    #expect(
      none.status == 64
        && none.errors.contains("'ltsm': give one of lstm, mlp, conv, gru, bilstm, lstm-lstm, conv1d, or a file"))
  }

  /// The same weights and noise: the objectives differ by their formulas, which the settings and the losses show.
  @Test func objectives() throws {
    let folder = try Folder()
    func run(_ name: String, _ options: [String]) throws -> (loss: [Double], settings: [String: Any], output: String) {
      let result = try Program.train(
        ["--output", name, "--epochs", "1", "--learning-rate", "1e-9"] + options, in: folder)
      #expect(result.status == 0, "\(name): \(result.errors)")
      let row = try folder.text("\(name)/history.csv").split(separator: "\n")[1].split(separator: ",")
      let settings = try #require(try folder.json("\(name)/config.json")["settings"] as? [String: Any])
      return (row.compactMap { Double($0) }, settings, result.output)
    }
    // Columns: epoch, training total, reconstruction, kl, validation total, …
    let plain = try run("plain", [])
    let kl = plain.loss[3]
    #expect(kl > 0.01)
    let beta = try run("beta", ["--beta", "4"])
    #expect(abs(beta.loss[1] - plain.loss[2] - 4 * kl) < 1e-3)
    // One step an epoch: the first step of the warm-up has no weight, validation all of it.
    let warm = try run("warm", ["--kl-warm-up", "2"])
    // Between them is what is watched: the total at the warm-up's end.
    #expect(abs(warm.loss[1] - plain.loss[2]) < 1e-3 && abs(warm.loss[5] - plain.loss[4]) < 1e-3)
    #expect(abs(warm.loss[4] - plain.loss[1]) < 1e-3)
    #expect(warm.settings["kl_warm_up"] as? Double == 2)
    #expect(words(warm.output).contains("its weight growing for 2 epochs"))
    let free = try run("free", ["--free-bits", "2"])
    #expect(abs(free.loss[1] - plain.loss[2] - 32) < 1e-2, "16 dimensions of less than 2 nats each")
    let capacity = try run("capacity", ["--capacity", "50", "--beta", "3", "--capacity-epochs", "5"])
    #expect(abs(capacity.loss[1] - plain.loss[2] - 3 * kl) < 1e-2 && capacity.loss[5] - plain.loss[5] > 140)
    #expect(words(capacity.output).contains("3 |KL - 50.0|, growing for 5 epochs"))
    let samples = try run("samples", ["--samples", "8"])
    #expect(samples.loss[1] < plain.loss[1] && samples.settings["samples"] as? Int == 8)
    // A variance of 1 at first: (log 2 pi + (x - y)^2) / 2 of 784 pixels.
    let gaussian = try run("gaussian", ["--loss", "gaussian"])
    let squares = try run("mse", ["--loss", "mse"]).loss[2]
    #expect(words(gaussian.output).contains("Gaussian with a learned variance"))
    #expect(abs(gaussian.loss[2] - (784 * log(2 * Double.pi) + squares) / 2) < 1e-3)
  }

  /// The text without its line breaks.
  private func words(_ text: String) -> String { text.split { $0.isWhitespace }.joined(separator: " ") }
}
