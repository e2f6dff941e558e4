import Foundation
import LatentData
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
    let gaussian = try run("gaussian", ["--loss", "gaussian"])
    #expect(words(gaussian.output).contains("Gaussian with a learned variance") && gaussian.loss[1] != plain.loss[1])
  }

  /// The text without its line breaks.
  private func words(_ text: String) -> String { text.split { $0.isWhitespace }.joined(separator: " ") }
}
