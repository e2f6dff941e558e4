import Foundation
import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE
import Testing

/// The commands that use a trained model, against the model itself: `encode`, `decode`, `reconstruct`, `evaluate`.
@Suite struct SavedModelCommandTests {
  /// A folder with a small run in `out`.
  private static func trained(_ options: [String] = []) throws -> Folder {
    let folder = try Folder()
    let result = try Program.train(["--output", "out", "--latent-size", "3"] + options, in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return folder
  }

  private func run(_ arguments: [String], in folder: Folder) throws {
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(arguments): \(result.errors)")
  }

  @Test(arguments: [1, 3])
  func encode(threads: Int) throws {
    let folder = try Self.trained()
    let options = ["encode", "--model", "out", "--data", "synthetic", "--limit", "300", "--threads", "\(threads)"]
    try run(options + ["-o", "latents.npy"], in: folder)
    try run(options + ["-o", "latents.csv"], in: folder)

    let model = try SavedModel(contentsOf: folder.path("out")).model
    let images = ImageDataset.synthetic(count: 300, part: .test)
    let batch = images.firstBatch(300)
    let (mean, logVariance) = model.encode(batch.values)
    let latents = try NPYFile(contentsOf: folder.path("latents.npy"))
    #expect(latents.shape == [300, 2, 3] && latents.elementType == .float32)
    let lines = try folder.text("latents.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines.count == 301)
    #expect(
      lines[0].joined(separator: ",")
        == "index,label,mean_0,mean_1,mean_2,log_variance_0,log_variance_1,log_variance_2")
    let labels = try #require(images.labels)
    let (means, variances, all) = (mean.floats, logVariance.floats, latents.floats)
    for index in 0..<300 {
      let expected = Array(means[3 * index..<3 * index + 3] + variances[3 * index..<3 * index + 3])
      let row = Array(all[6 * index..<6 * index + 6])
      #expect(zip(row, expected).allSatisfy { abs($0 - $1) <= 1e-5 })
      #expect(lines[index + 1][0] == "\(index)" && lines[index + 1][1] == "\(labels[index])")
      #expect(lines[index + 1].dropFirst(2).map { Float($0) } == row)
    }
  }

  /// Latents in half the bytes: those of the model, rounded once, and points for `decode` and data for everything else.
  @Test func encodeAsBFloat16() throws {
    let folder = try Self.trained()
    let encode = ["encode", "--model", "out", "--data", "synthetic", "--limit", "40"]
    try run(encode + ["-o", "codes.safetensors"], in: folder)
    try run(encode + ["-o", "half.safetensors", "--type", "bfloat16"], in: folder)
    let whole = try SafetensorsFile(contentsOf: folder.path("codes.safetensors"))
    let half = try SafetensorsFile(contentsOf: folder.path("half.safetensors"))
    #expect(whole.metadata == half.metadata && half.metadata["data"] == "synthetic digits")
    let labels = try #require(ImageDataset.synthetic(count: 40, part: .test).labels)
    for file in [whole, half] {
      #expect(file.tensors.map(\.name).sorted() == ["labels", "log_variance", "mean"])
      #expect(try file.integers("labels").map { UInt8($0) } == labels)
    }
    for name in ["mean", "log_variance"] {
      #expect(whole.entry(named: name)?.elementType == .float32 && half.entry(named: name)?.elementType == .bfloat16)
      #expect(half.entry(named: name)?.shape == [40, 3])
      #expect(try half.tensor(name, as: .bfloat16).values == whole.tensor(name, as: .bfloat16).values)
    }
    for name in ["codes", "half"] {
      try run(["decode", "--model", "out", "\(name).safetensors", "-o", "\(name).npy"], in: folder)
    }
    let decoded = try NPYFile(contentsOf: folder.path("half.npy"))
    let model = try SavedModel(contentsOf: folder.path("out")).model
    #expect(zip(decoded.floats, try model.decode(half.tensor("mean")).floats).allSatisfy { abs($0 - $1) <= 1e-5 })
    #expect(decoded.floats != (try NPYFile(contentsOf: folder.path("codes.npy")).floats))
    for name in ["no.npy", "no.csv"] {
      let result = try Program.run(encode + ["-o", name, "--type", "bfloat16"], in: folder)
      #expect(result.status == 64)
      #expect(
        result.errors
          == "Error: --type bfloat16: \(name.dropFirst(2)) files have no such numbers; write a .safetensors file, or take "
          + "--type float32\n")
      #expect(!folder.contents.contains(name))
    }
    try run(encode + ["-o", "double.npy", "--type", "float64"], in: folder)
    #expect(try NPYFile(contentsOf: folder.path("double.npy")).elementType == .float64)
  }

  @Test func decodeAndReconstruct() throws {
    let folder = try Self.trained()
    let images = ["--model", "out", "--data", "synthetic", "--limit", "40"]
    try run(["encode"] + images + ["-o", "latents.npy"], in: folder)
    try run(["decode", "--model", "out", "latents.npy", "-o", "decoded.npy"], in: folder)
    try run(["reconstruct"] + images + ["-o", "again.npy"], in: folder)
    try run(["decode", "--model", "out", "latents.npy", "-o", "decoded.png"], in: folder)
    try run(["reconstruct"] + images + ["-o", "again.png"], in: folder)

    let model = try SavedModel(contentsOf: folder.path("out")).model
    let expected = model.reconstruct(ImageDataset.synthetic(count: 40, part: .test).firstBatch(40).values).floats
    for name in ["decoded.npy", "again.npy"] {
      let file = try NPYFile(contentsOf: folder.path(name))
      #expect(file.shape == [40, 28, 28])
      #expect(zip(file.floats, expected).allSatisfy { abs($0 - $1) <= 1e-5 }, "\(name)")
    }
    let picture = try ImageFile.read(folder.path("decoded.png"))
    let grid = ImageGrid.samples(
      ImageStack(try NPYFile(contentsOf: folder.path("decoded.npy")).floats, height: 28, width: 28))
    #expect(picture == grid)
    #expect(try ImageFile.read(folder.path("again.png")).height > 8 * 28 * 3)

    // Points of one's own: [N, Z].
    let points = Tensor([0, 0, 0, 1, -1, 2], shape: [2, 3])
    try folder.write("points.npy", NPYFile.encode(StoredArray(points)))
    try run(["decode", "--model", "out", "points.npy", "-o", "points-decoded.npy"], in: folder)
    let decoded = try NPYFile(contentsOf: folder.path("points-decoded.npy")).floats
    #expect(zip(decoded, model.decode(points).floats).allSatisfy { abs($0 - $1) <= 1e-5 })
  }

  @Test(arguments: [1, 16])
  func evaluate(samples: Int) throws {
    let folder = try Self.trained(["--loss", "gaussian"])
    let options = ["evaluate", "--model", "out/model.safetensors", "--data", "synthetic", "--limit", "70"]
    try run(options + ["--samples", "\(samples)", "--json", "evaluation.json", "--threads", "1"], in: folder)
    try run(options + ["--samples", "\(samples)", "--json", "again.json", "--threads", "2"], in: folder)
    #expect(try folder.bytes("evaluation.json") == folder.bytes("again.json"))
    let file = try folder.json("evaluation.json")
    let found = try #require(file["measures"] as? [String: Any])

    var model = try SavedModel(contentsOf: folder.path("out")).model
    model.objective = samples == 1 ? EvidenceLowerBound() : ImportanceWeightedBound(samples: samples)
    let images = ImageDataset.synthetic(count: 70, part: .test)
    let key = RandomKey(seed: 0).child("evaluation")
    let batch = images.batch(Array(0..<70)[...], in: BatchContext(noiseKey: key))
    let terms = model.loss(batch, tape: Tape())
    if samples == 1 {
      #expect(abs(try #require(found["total"] as? Double) - terms.total.scalar) < 1e-3)
      for part in terms.parts { #expect(abs(try #require(found[part.name] as? Double) - part.value.scalar) < 1e-3) }
    } else {
      let weighted = try #require(found["importance_weighted"] as? [String: Any])
      #expect(abs(try #require(weighted["bound"] as? Double) - terms.total.scalar) < 1e-3)
      #expect(weighted["samples"] as? Int == samples)
    }
    let divergences = try #require(found["kl_per_dimension"] as? [Double])
    #expect(divergences.count == 3)
    #expect(abs(divergences.reduce(0, +) - (try #require(found["kl"] as? Double))) < 1e-3)
    #expect(
      found["images"] as? Int == 70 && file["part"] as? String == "test" && found["loss"] as? String == "gaussian")
  }

  @Test func conditional() throws {
    let folder = try Self.trained(["--conditional"])
    let images = ["--model", "out", "--data", "synthetic", "--limit", "20"]
    try run(["encode"] + images + ["-o", "latents.npy"], in: folder)
    try run(["reconstruct"] + images + ["-o", "again.npy"], in: folder)
    try run(["decode", "--model", "out", "latents.npy", "--label", "7", "-o", "sevens.npy"], in: folder)
    let model = try SavedModel(contentsOf: folder.path("out")).model
    let batch = ImageDataset.synthetic(count: 20, part: .test).firstBatch(20)
    let expected = model.decode(
      model.encode(batch.values, labels: batch.labels).mean, labels: [UInt8](repeating: 7, count: 20))
    let found = try NPYFile(contentsOf: folder.path("sevens.npy")).floats
    #expect(zip(found, expected.floats).allSatisfy { abs($0 - $1) <= 1e-5 })
    for label in [[], ["--label", "10"]] {
      let result = try Program.run(
        ["decode", "--model", "out", "latents.npy", "-o", "no.npy"] + label, in: folder)
      #expect(
        result.status == 64
          && result.errorLines == ["Error: the model is conditional: give one of its labels with --label: from 0 to 9"])
    }
    try folder.write("unlabelled/t10k-images-idx3-ubyte", IDX.images(3, height: 28, width: 28))
    let result = try Program.run(
      ["encode", "--model", "out", "--data", "unlabelled", "-o", "no.npy"], in: folder)
    #expect(
      result.status == 1
        && result.errorLines == ["Error: the model is conditional on labels, and unlabelled has none"])
  }

  @Test func wrongInput() throws {
    let folder = try Self.trained()
    try folder.write("small/t10k-images-idx3-ubyte", IDX.images(3, height: 14, width: 28))
    try folder.write("points.npy", NPYFile.encode(StoredArray(Tensor(zeros: [2, 4]))))
    try folder.write("there.npy", [1])
    try folder.write("bad.npy", [1, 2, 3])
    let encode = ["encode", "--model", "out", "--data", "synthetic", "--limit", "2"]
    let decode = ["decode", "--model", "out"]
    let cases: [([String], Int32, String)] = [
      (
        ["encode", "--model", "nowhere", "-o", "a.npy"], 1, "Error: nowhere: cannot be read: No such file or directory"
      ),
      (
        ["encode", "--model", "small", "-o", "a.npy"], 1,
        "Error: small: holds neither model.safetensors nor a checkpoint"
      ),
      (encode + ["-o", "a.txt"], 64, "Error: --output 'a.txt': its name must end in .npy or .csv or .safetensors"),
      (
        encode + ["-o", "there.npy"], 1,
        "Error: 'there.npy' exists already: choose another name with --output, or add --force"
      ),
      (encode + ["-o", "no/a.npy"], 1, "Error: no/a.npy: cannot be written: No such file or directory"),
      (
        ["encode", "--model", "out", "--data", "small", "-o", "a.npy"], 1,
        "Error: the model is for images of 28x28, but those of small are 14x28"
      ),
      (decode + ["bad.npy", "-o", "a.npy"], 1, "Error: bad.npy: "),
      (
        decode + ["points.npy", "-o", "a.npy"], 1,
        "Error: 'points.npy' has the shape [2, 4], but the model takes [points, 3] or [points, 2, 3]"
      ),
      (decode + ["points.npy", "--label", "1", "-o", "a.npy"], 1, "Error: 'points.npy' has the shape"),
      (
        ["evaluate", "--model", "out", "--data", "synthetic", "--limit", "2", "--json", "no/a"], 1,
        "Error: no/a: cannot be written"
      ),
    ]
    for (arguments, status, message) in cases {
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == status, "\(arguments): \(result.errors)")
      #expect(result.errorLines.count == 1 && result.errors.hasPrefix(message), "\(result.errors)")
    }
    #expect(try folder.bytes("there.npy") == [1])
    try run(encode + ["-o", "there.npy", "--force"], in: folder)
    #expect(try NPYFile(contentsOf: folder.path("there.npy")).shape == [2, 2, 3])
  }
}
