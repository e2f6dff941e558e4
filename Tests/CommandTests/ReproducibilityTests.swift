import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

@Suite struct ReproducibilityTests {
  @Test(arguments: [["--limit", "300", "--batch-size", "96"], ["--precision", "float64"], ["--loss", "mse"]])
  func sameBytesOnAnyNumberOfThreads(options: [String]) throws {
    let folder = try Folder()
    for threads in ["1", "2", "3"] {
      let result = try Program.train(
        options + ["--shards", "2", "--threads", threads, "--output", threads, "--quiet"], in: folder)
      #expect(result.status == 0)
      #expect(result.errors.isEmpty)
    }
    let first = try folder.bytes("1/model.safetensors")
    #expect(try folder.bytes("2/model.safetensors") == first)
    #expect(try folder.bytes("3/model.safetensors") == first)
    #expect(try folder.bytes("2/samples.png") == folder.bytes("1/samples.png"))
    #expect(try folder.bytes("2/reconstructions.png") == folder.bytes("1/reconstructions.png"))
  }

  /// Weights have the same bits on every processor with fused multiply-add, whatever OpenBLAS does there. Those of all
  /// models in all settings are compared by `scripts/check-processors`.
  @Test(
    .enabled(if: InstructionSets.compared.count > 1),
    arguments: ["lstm", "gru", "bilstm", "lstm-lstm", "mlp", "conv"].map {
      ($0, ["--loss", "gaussian", "--schedule", "cosine"])
    } + ["lstm", "conv"].map { ($0, ["--precision", "float64"]) })
  func sameBytesOnUnlikeProcessors(model: String, options: [String]) throws {
    let folder = try Folder()
    var first: [UInt8]?
    for (set, blas) in [("avx2", "Prescott"), ("avx512", "SkylakeX")] {
      let result = try Program.train(
        ["--model", model, "--epochs", "1", "--limit", "40", "--output", blas, "--quiet"] + options, in: folder,
        environment: ["LATENT_INSTRUCTION_SET": set, "OPENBLAS_CORETYPE": blas])
      #expect(result.status == 0, "\(result.errors)")
      let bytes = try folder.bytes("\(blas)/model.safetensors")
      #expect(bytes == first ?? bytes, "\(set) \(blas)")
      first = bytes
    }
  }

  /// With a learning rate that changes nothing, a run's weights are those that its seed gives the model in code.
  @Test(arguments: [0, .max] as [UInt64])
  func theSeedGivesTheFirstWeights(_ seed: UInt64) throws {
    let folder = try Folder()
    let options = ["--seed", "\(seed)", "--learning-rate", "1e-300", "--output", "out"]
    #expect(try Program.train(options, in: folder).status == 0)
    let file = try SafetensorsFile(contentsOf: folder.path("out/model.safetensors"))
    let sizes = TestModel.Sizes(hidden: 8, latent: 16, decoder: 256)
    let model = testPlan(.lstm, sizes: sizes, height: 28, width: 28).makeModel(key: RandomKey(seed: seed))
    #expect(file.tensors.map(\.name) == model.parameters.map(\.path).sorted())
    for (path, value) in model.parameters { #expect(try file.doubles(path) == value.values, "\(path)") }
    #expect(file.metadata["seed"] == "\(seed)")
    #expect(file.metadata["data_sha256"] == ImageDataset.synthetic(count: 64).sha256)
  }
}
