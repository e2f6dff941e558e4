import Foundation
import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentReport
import LatentTraining
import LatentVAE
import Testing

/// `evaluate`, `doctor` and what they say of models that are ill, as users see it.
@Suite struct MeasureCommandTests {
  /// A small run in `out`.
  private static func trained(_ options: [String] = []) throws -> Folder {
    let folder = try Folder()
    let result = try Program.train(["--output", "out", "--latent-size", "3"] + options, in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return folder
  }

  private static let images = ["--data", "synthetic", "--limit", "80"]

  private func lines(_ arguments: [String], in folder: Folder) throws -> [String] {
    let result = try Program.run(arguments + Self.images, in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(arguments): \(result.errors)")
    return result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func evaluatePrintsEveryTable() throws {
    let folder = try Self.trained()
    let printed = try lines(["evaluate", "--model", "out", "--samples", "4"], in: folder)
    let saved = try SavedModel(contentsOf: folder.path("out"))
    let measures = saved.measures(
      on: ImageDataset.synthetic(count: 80, part: .test), samples: 4, workers: DataParallel(threads: 1, shards: 1))
    for table in measures.tables {
      #expect(printed.contains(table.title))
      for row in table.rows {
        #expect(
          printed.contains { $0.hasPrefix("  " + row.name) && $0.contains(row.value) }, "\(row.name) \(row.value)")
      }
    }
    #expect(printed.contains { $0.contains("cross-entropy of grey pixels: not a likelihood") })
    #expect(printed.contains { $0.contains("importance-weighted bound") && $0.contains("4 samples an image") })
  }

  @Test func explainPrintsFormulas() throws {
    let folder = try Self.trained()
    let printed = try lines(["evaluate", "--model", "out", "--explain"], in: folder)
    let rows = try SavedModel(contentsOf: folder.path("out")).lossConventions(
      on: ImageDataset.synthetic(count: 80, part: .test), workers: DataParallel(threads: 1, shards: 1)
    ).rows
    for row in rows {
      let value = Format.fixed(row.value, 4)
      #expect(printed.contains { $0.contains(value) && $0.contains(row.formula) && $0.contains(row.name) }, "\(row)")
    }
  }

  /// The images of a model that was trained on black and white ones are made so, unless somebody wants them grey.
  @Test func binarizedModels() throws {
    let folder = try Self.trained(["--binarize", "stochastic"])
    let config = try folder.json("out/config.json")
    #expect((config["settings"] as? [String: Any])?["binarize"] as? String == "stochastic")
    let printed = try lines(["evaluate", "--model", "out"], in: folder)
    #expect(printed.contains { $0.contains("negative evidence lower bound") })
    #expect(printed.contains { $0.hasSuffix("black and white (stochastic)") })
    let grey = try lines(["evaluate", "--model", "out", "--binarize", "grey"], in: folder)
    #expect(grey.contains { $0.contains("not a likelihood") })
    let other = try Program.run(["--resume", "out", "--binarize", "threshold", "--epochs", "3"], in: folder)
    #expect(other.status != 0 && other.errors.contains("binarize"), "\(other.errors)")
  }

  /// The last line's numbers are those of the saved weights on the validation images; looking changes no bit.
  @Test func measuresOfEachEpoch() throws {
    let folder = try Self.trained(["--measure"])
    let table = try folder.text("out/measures.csv").split(separator: "\n").map {
      $0.split(separator: ",").map(String.init)
    }
    #expect(table.count == 3 && table.map(\.[0]) == ["epoch", "1", "2"])
    let last = Dictionary(uniqueKeysWithValues: zip(table[0], table[2].map { Double($0) ?? .nan }))
    let (_, validation) = ImageDataset.synthetic(count: 64).split(validationFraction: 0.3)
    let saved = try SavedModel(contentsOf: folder.path("out"))
    let found = saved.measures(on: validation, workers: DataParallel(threads: 1, shards: 1))
    #expect(last["loss"] == found.losses.total && last["ssim"] == found.quality.structuralSimilarity)
    #expect(last["kl_2"] == found.latents.divergences[2])
    #expect(last["linear_probe_accuracy"] == found.labels?.linearProbe)

    let other = try Self.trained()
    #expect(try folder.bytes("out/model.safetensors") == other.bytes("out/model.safetensors"))
    // What a killed run measured after its last checkpoint is measured again.
    try folder.write("out/measures.csv", Array((try folder.text("out/measures.csv") + "3,stale\n").utf8))
    let resumed = try Program.run(["--resume", "out", "--epochs", "3"], in: folder)
    #expect(resumed.status == 0 && resumed.output.contains("units active"), "\(resumed.errors)")
    let longer = try folder.text("out/measures.csv").split(separator: "\n").map(String.init)
    #expect(longer.count == 4 && longer[3] != "3,stale" && longer[2] == table[2].joined(separator: ","))
  }

  /// Weights whose means never depend on the image.
  @Test func doctorFindsCollapse() throws {
    let folder = try Self.trained()
    var saved = try SavedModel(contentsOf: folder.path("out"))
    saved.model.updateParameters { path, parameter in
      if path.hasPrefix("encoder.mean") || path.hasPrefix("encoder.logVariance") {
        parameter.value = Tensor(zeros: parameter.value.shape)
      }
    }
    try folder.write("collapsed.safetensors", SafetensorsFile.encode(saved.model.safetensors))
    let printed = try lines(["doctor", "--model", "collapsed.safetensors"], in: folder).joined(separator: " ")
    #expect(printed.contains("posterior collapse: None of the 3 latent dimensions depends on the image"))
    #expect(printed.contains("--kl-warm-up"))
  }

  @Test func doctorOfBrokenWeights() throws {
    let folder = try Self.trained()
    var saved = try SavedModel(contentsOf: folder.path("out"))
    saved.model.updateParameters { path, parameter in
      if path == "decoder.output.bias" { parameter.value = Tensor(repeating: .nan, shape: parameter.value.shape) }
    }
    try folder.write("broken.safetensors", SafetensorsFile.encode(saved.model.safetensors))
    let printed = try lines(["doctor", "--model", "broken.safetensors"], in: folder).joined(separator: " ")
    #expect(printed.contains("broken weights: 1 of the model's parameters") && printed.contains("decoder.output.bias"))
    _ = try lines(["evaluate", "--model", "broken.safetensors"], in: folder)
  }

  @Test(arguments: [1, 2]) func smallLatentSpaces(size: Int) throws {
    let folder = try Folder()
    let result = try Program.train(["--output", "out", "--latent-size", "\(size)"], in: folder)
    try #require(result.status == 0)
    _ = try lines(["evaluate", "--model", "out"], in: folder)
    _ = try lines(["doctor", "--model", "out"], in: folder)
  }

  /// The images of a run's own data set are taken where nobody names others, and no file is replaced unasked.
  @Test func defaults() throws {
    let folder = try Self.trained()
    let result = try Program.run(["evaluate", "--model", "out", "--limit", "20", "--json", "e.json"], in: folder)
    #expect(result.status == 0 && result.output.contains("evaluated on  synthetic digits, test images: 20"))
    let before = try folder.bytes("e.json")
    let again = try Program.run(["evaluate", "--model", "out", "--limit", "10", "--json", "e.json"], in: folder)
    #expect(again.status == 1 && again.errorLines.count == 1 && again.errors.contains("add --force"))
    #expect(try folder.bytes("e.json") == before)
    let page = try Program.run(["report", "--model", "out", "-o", "out/model.safetensors", "--force"], in: folder)
    #expect(page.status == 64 && page.errors.contains("must end in .html"))
  }

  /// What a full disk or a closed reader has not taken is said.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func outputThatIsLost() throws {
    let folder = try Self.trained()
    let result = try Program.run(
      ["evaluate", "--model", "out", "--limit", "20"], in: folder, shell: #""$@" >/dev/full"#)
    #expect(result.status == 1 && result.errorLines.count == 1, "\(result.errors)")
  }

  @Test func imagesWithoutLabels() throws {
    let folder = try Self.trained()
    try folder.write("unlabelled/t10k-images-idx3-ubyte", IDX.images(12, height: 28, width: 28))
    let result = try Program.run(["evaluate", "--model", "out", "--data", "unlabelled"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(!result.output.contains("Labels predicted") && result.output.contains("Latent space"))
    try folder.write("other/t10k-images-idx3-ubyte", IDX.images(12, height: 9, width: 28))
    for command in ["evaluate", "doctor"] {
      let result = try Program.run([command, "--model", "out", "--data", "other"], in: folder)
      #expect(result.status == 1 && result.errorLines.count == 1, "\(result.errors)")
    }
    let nothing = try Program.run(["doctor", "--model", "other"], in: folder)
    #expect(nothing.errorLines == ["Error: other: holds neither model.safetensors nor a checkpoint"])
  }
}
