import Foundation
import Latent
import LatentData
import LatentFiles
import LatentVAE
import Testing

/// Runs that do not come to their end.
@Suite struct StoppedRunTests {
  @Test func lossThatIsNotFinite() throws {
    let folder = try Folder()
    // Steps of this size leave no finite result in the second one, which is in the first epoch.
    let result = try Program.train(
      ["--learning-rate", "1e30", "--batch-size", "16", "--seed", "5", "--output", "out"], in: folder)
    #expect(result.status == 1)
    #expect(result.errorLines.count == 1)
    #expect(
      result.errors.contains(/epoch 1, step 2; the first result that is not finite: [\w. ]+; try a lower/),
      "\(result.errors)")
    #expect(
      result.errors.hasSuffix("'out/model.safetensors' has the weights that training started with\n"),
      "\(result.errors)")
    #expect((try folder.json("out/config.json")["status"] as? String)?.contains("epoch 1, step 2") == true)

    let file = try SafetensorsFile(contentsOf: folder.path("out/model.safetensors"))
    let root = RandomKey(seed: 5)
    let encoder = LSTMEncoder(inputSize: 28, hiddenSize: 8, latentSize: 16, key: root.child("encoder"))
    let decoder = DenseDecoder(latentSize: 16, hiddenSize: 256, outputSize: 784, key: root.child("decoder"))
    for (path, value) in encoder.parameters { #expect(try file.floats("encoder." + path) == value.floats, "\(path)") }
    for (path, value) in decoder.parameters { #expect(try file.floats("decoder." + path) == value.floats, "\(path)") }
    #expect(file.metadata["epochs"] == "0")
  }

  @Test func lossThatIsNotFiniteLater() throws {
    let folder = try Folder()
    // One step an epoch and no validation: the first epoch ends well, with weights that nothing survives.
    let result = try Program.train(
      ["--learning-rate", "1e30", "--validation-split", "0", "--output", "out"], in: folder)
    #expect(result.status == 1)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains("epoch 2, step 1"))
    #expect(result.errors.hasSuffix("'out/model.safetensors' has the weights after epoch 1\n"))
    #expect(try folder.text("out/history.csv").split(separator: "\n").count == 2)
    #expect(try SafetensorsFile(contentsOf: folder.path("out/model.safetensors")).metadata["epochs"] == "1")
  }

  @Test func killedRunKeepsItsHistory() throws {
    let folder = try Folder()
    let process = try Program.start(
      ["--data", "synthetic", "--limit", "64", "--epochs", "1000000", "--hidden-size", "8", "--output", "out"],
      in: folder)
    try process.wait(for: "two epochs") {
      ((try? folder.text("out/history.csv")) ?? "").split(separator: "\n").count >= 3
    }
    // Nobody else may write there meanwhile; afterwards the folder is free again.
    let other = try Program.train(["--output", "out", "--force"], in: folder)
    #expect(other.status == 1 && other.errorLines.count == 1, "\(other.errors)")
    #expect(other.errors.hasPrefix("Error: another run is writing into the folder 'out'"))
    process.send(SIGKILL)
    try process.wait()
    let text = try folder.text("out/history.csv").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(text.count >= 4)
    #expect(text.last == "", "the last line is whole")
    #expect(text.dropFirst().dropLast().allSatisfy { $0.split(separator: ",").count == 12 })
    let config = try folder.json("out/config.json")
    #expect(config["status"] as? String == "running")
    #expect(config["results"] is NSNull)
    #expect((config["settings"] as? [String: Any])?["epochs"] as? Int == 1_000_000)
  }
}
