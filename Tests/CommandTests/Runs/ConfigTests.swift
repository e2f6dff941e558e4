import Foundation
import LatentFiles
import LatentReport
import TestSupport
import Testing

@testable import LatentRun
@testable import vae_train

/// `--config`: a run made again from its record.
@Suite struct ConfigTests {
  private static let options = [
    "--data", "synthetic", "--limit", "64", "--epochs", "2", "--hidden-size", "8", "--batch-size", "16", "--seed", "5",
    "--binarize", "stochastic", "--schedule", "cosine", "--clip-norm", "2", "--early-stopping", "4", "--beta", "2",
    "--conditional", "--validation-split", "0.25", "--shards", "3", "--quiet",
  ]

  @Test func theSameWeights() throws {
    let folder = try Folder()
    #expect(try Program.run(Self.options + ["--output", "a"], in: folder).status == 0)
    let again = try Program.run(
      ["--config", "a/config.json", "--output", "b", "--threads", "1", "--quiet"], in: folder)
    #expect(again.status == 0, "\(again.errors)")
    let bytes = try folder.bytes("a/model.safetensors")
    #expect(try folder.bytes("b/model.safetensors") == bytes)
    // What the command line says wins, and the rest stays.
    let other = try Program.run(
      ["--config=a/config.json", "--latent-size", "3", "--seed", "6", "--output", "c", "--quiet"], in: folder)
    #expect(other.status == 0, "\(other.errors)")
    let record = try RunRecord(contentsOf: folder.path("c"))
    #expect(record.settings.model.plan?.latentSize == 3 && record.settings.training.seed == 6)
    let names = RunRecord.differing(try RunRecord(contentsOf: folder.path("a")).texts, record.texts)
    #expect(names == ["model", "latent_size", "seed"])
    // A record that is edited.
    try folder.replace("\"seed\": 6", by: "\"seed\": 5", in: "c/config.json")
    #expect(
      try Program.run(
        ["--config", "c/config.json", "--latent-size", "16", "--output", "d", "--quiet"], in: folder
      ).status == 0)
    #expect(try folder.bytes("d/model.safetensors") == bytes)
  }

  /// Data that have changed in their place are trained on, and named.
  @Test func otherData() throws {
    let folder = try Folder()
    func put(_ first: UInt8) throws {
      let pixels = (0..<40 * 64).map { UInt8(truncatingIfNeeded: $0 &* 31) &+ first }
      try folder.write("images/train-images-idx3-ubyte", idx(sizes: [40, 8, 8], elements: pixels))
    }
    try put(0)
    let options = ["--data", "images", "--epochs", "1", "--hidden-size", "8", "--quiet"]
    #expect(try Program.run(options + ["--output", "a"], in: folder).status == 0)
    let same = try Program.run(["--config", "a/config.json", "--output", "b", "--quiet"], in: folder)
    #expect(same.status == 0 && same.errors.isEmpty, "\(same.errors)")
    try put(1)
    let other = try Program.run(["--config", "a/config.json", "--output", "c", "--quiet"], in: folder)
    #expect(other.status == 0)
    #expect(
      other.errors
        == "Warning: the data are not those of 'a/config.json': they have changed since, so the weights will differ\n")
  }

  @Test func mistakes() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "a", "--quiet"], in: folder).status == 0)
    let text = try folder.text("a/config.json")
    for (old, new, message) in [
      ("\"batch_size\": 256", "\"batch_sizes\": 256", "settings.batch_sizes is no field of it; there are data, "),
      ("\"batch_size\": 256", "\"batch_size\": true", "settings.batch_size is not a whole number from 1 on"),
      (
        "\"schedule\": \"constant\"", "\"schedule\": \"linear\"",
        "settings.schedule is not one of \"constant\", \"step\""
      ),
      ("\"warm_up\": null", "\"warm_up\": 2", "settings.warm_up goes with settings.schedule cosine"),
      ("\"latent_size\": 16,\n", "\"latent_size\": 15,\n", "settings.latent_size follows from other fields"),
      ("\"optimizer\": \"Adam\"", "\"optimizer\": \"Mine\"", "settings.optimizer is Mine, with which only the program"),
      ("{", "{{", "it is not JSON"),
    ] {
      try #require(text.contains(old), "\(old)")
      try folder.write("b.json", Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
      let result = try Program.run(["--config", "b.json", "--output", "b"], in: folder)
      #expect(result.status == 64 && result.errorLines.count == 1, "\(result.errors)")
      #expect(result.errors.hasPrefix("Error: --config: 'b.json': \(message)"), "\(result.errors)")
      #expect(!folder.contents.contains("b"))
    }
    let missing = try Program.run(["--config", "nowhere.json"], in: folder)
    #expect(missing.status == 64 && missing.errors.contains("nowhere.json: cannot be read: "), "\(missing.errors)")
    let both = try Program.run(["--config", "a/config.json", "--resume=a"], in: folder)
    #expect(both.status == 64 && both.errorLines.count == 1, "\(both.errors)")
  }

  /// What no sentence says is listed by its name.
  @Test func theFirstLinesForgetNothing() throws {
    var settings = RunSettings()
    settings.steering.schedule = .step
    settings.steering.clipNorm = 1.5
    settings.steering.complete()
    settings.keeping.saveBest = true
    settings.keeping.keep = 9
    let text = StartLines(RunRecord(settings), folder: "out").lines.map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: " ")
    for words in ["schedule step", "decay factor 0.1", "decay epochs 10.0", "clip norm 1.5", "save best", "keep 9"] {
      #expect(text.contains(words), "\(words): \(text)")
    }
    let names = Set(RunSettings.fields.map(\.name))
    #expect(StartLines.inSentences.isSubset(of: names))
  }
}
