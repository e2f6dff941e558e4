import LatentData
import LatentFiles
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

  @Test func anotherSeedGivesAnotherModelOfTheSameData() throws {
    let folder = try Folder()
    for seed in ["0", "18446744073709551615"] {
      #expect(try Program.train(["--seed", seed, "--output", seed], in: folder).status == 0)
    }
    let files = try ["0", "18446744073709551615"].map {
      try SafetensorsFile(contentsOf: folder.path("\($0)/model.safetensors"))
    }
    #expect(try files[0].floats("encoder.lstm.kernel") != files[1].floats("encoder.lstm.kernel"))
    #expect(files[0].metadata["data_sha256"] == files[1].metadata["data_sha256"])
    #expect(files[1].metadata["seed"] == "18446744073709551615")
    #expect(try folder.bytes("0/samples.png") != folder.bytes("18446744073709551615/samples.png"))
  }
}
