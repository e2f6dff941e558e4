import Foundation
import Latent
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE
import Testing

/// `vae-train picture`, and the pictures in a run's folder, against the library on the model that the run has left.
@Suite struct PictureTests {
  private static func trained(_ options: [String] = []) throws -> Folder {
    let folder = try Folder()
    let result = try Program.train(["--output", "out", "--latent-size", "3"] + options, in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return folder
  }

  private func run(_ arguments: [String], in folder: Folder) throws {
    let result = try Program.run(["picture"] + arguments, in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(arguments): \(result.errors)")
  }

  private func pictures(_ folder: Folder, _ images: ImageDataset?, label: UInt8? = nil) throws -> LatentPictures {
    try LatentPictures(
      of: SavedModel(contentsOf: folder.path("out")), images: images, label: label,
      on: DataParallel(threads: 1, shards: 1))
  }

  @Test func kindsOfAModel() throws {
    let folder = try Self.trained()
    let data = ["--model", "out", "--data", "synthetic", "--limit", "40"]
    let library = try pictures(folder, ImageDataset.synthetic(count: 40, part: .test))
    for kind in PictureKind.allCases where kind != .manifold && kind != .curves {
      try run([kind.rawValue] + data, in: folder)
      #expect(try ImageFile.read(folder.path("\(kind).png")) == library.picture(kind), "\(kind)")
    }
    try run(["curves", "--model", "out", "--output", "losses.png"], in: folder)
    #expect(try ImageFile.read(folder.path("losses.png")).width == 1920)
    try run(
      ["interpolation", "--from", "5", "--to", "2", "--path", "spherical", "-o", "one.png"] + data, in: folder)
    #expect(
      try ImageFile.read(folder.path("one.png")) == library.interpolation([(from: 5, to: 2)], along: [.spherical]))
    try run(["tsne", "--perplexity", "5", "--threads", "1", "-o", "few.png"] + data, in: folder)
    #expect(try ImageFile.read(folder.path("few.png")) == library.tsne(perplexity: 5).picture())
  }

  @Test func conditionalModel() throws {
    let folder = try Self.trained(["--conditional"])
    let data = ["--model", "out", "--data", "synthetic", "--limit", "20", "--label", "7"]
    let library = try pictures(folder, ImageDataset.synthetic(count: 20, part: .test), label: 7)
    for kind in [PictureKind.samples, .interpolation, .traversal] {
      try run([kind.rawValue] + data, in: folder)
      #expect(try ImageFile.read(folder.path("\(kind).png")) == library.picture(kind), "\(kind)")
    }
    let result = try Program.run(["picture", "samples", "--model", "out", "--label", "10", "-o", "no.png"], in: folder)
    #expect(
      result.errorLines == ["Error: no pictures: the model knows labels from 0 to 9, and not 10"] && result.status == 1)
  }

  /// What training leaves in the folder, of the validation images.
  @Test func runFolder() throws {
    let folder = try Self.trained()
    let images = ImageDataset.synthetic(count: 64).split(validationFraction: 0.3).validation
    let library = try pictures(folder, images)
    for kind in [PictureKind.reconstructions, .samples, .interpolation, .traversal, .scatter, .kl] {
      #expect(try ImageFile.read(folder.path("out/\(kind).png")) == library.picture(kind), "\(kind)")
    }
    #expect(!folder.contents.contains("out/manifold.png"))

    let plane = try Folder()
    #expect(try Program.train(["--output", "out", "--latent-size", "2"], in: plane).status == 0)
    #expect(try ImageFile.read(plane.path("out/manifold.png")) == pictures(plane, nil).picture(.manifold))
    try run(["manifold", "--model", "out"], in: plane)
    #expect(try plane.bytes("manifold.png") == plane.bytes("out/manifold.png"))
  }

  /// One frame for each epoch, the last of which shows what the last weights decode.
  @Test func epochs() throws {
    let folder = try Self.trained(["--epochs", "4"])
    let film = try #require(AnimatedPNG(try folder.bytes("out/epochs.png")))
    #expect(film.count == 4)
    let frames = try (0..<4).map { try film.picture($0) }
    let images = ImageDataset.synthetic(count: 64).split(validationFraction: 0.3).validation.prefix(10)
    let decoded = ImageStack(
      try SavedModel(contentsOf: folder.path("out")).reconstruct(images, on: DataParallel(threads: 1, shards: 1)))
    let layout = GridLayout(columns: 10, rows: 2, cellWidth: 84, cellHeight: 84, padding: 3)
    for index in 0..<10 {
      let x = frames[3].width - layout.width + layout.x(column: index)
      let top = frames[3].height - layout.height
      for (row, expected) in [images.image(index), Array(decoded.bytes[index * 784..<(index + 1) * 784])].enumerated() {
        let shown = (0..<784).map { frames[3][x + $0 % 28 * 3 + 1, top + layout.y(row: row) + $0 / 28 * 3 + 1].first! }
        #expect(zip(shown, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
      }
    }
    #expect(Set(frames.map(\.pixels)).count == 4, "each epoch's own")

    // Going on with more epochs keeps the frames that are there.
    let result = try Program.run(["train", "--resume", "out", "--epochs", "6"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let longer = try #require(AnimatedPNG(try folder.bytes("out/epochs.png")))
    #expect(longer.count == 6)
    for index in 0..<4 { #expect(try longer.picture(index) == frames[index]) }
    // A file that is not one of these begins anew, where the run goes on.
    try folder.write("out/epochs.png", [1, 2, 3])
    #expect(try Program.run(["train", "--resume", "out", "--epochs", "7"], in: folder).status == 0)
    #expect(try #require(AnimatedPNG(try folder.bytes("out/epochs.png"))).count == 1)
  }

  @Test func labelsAreOptional() throws {
    let folder = try Folder()
    try folder.write("plain/train-images-idx3-ubyte", IDX.images(40, height: 28, width: 28))
    let train = ["--data", "plain", "--epochs", "1", "--hidden-size", "8"]
    for (size, name) in [("1", "one"), ("4", "four")] {
      let result = try Program.run(train + ["--latent-size", size, "--output", name], in: folder)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      for file in ["interpolation", "traversal", "scatter", "kl", "epochs"] {
        _ = try ImageFile.read(folder.path("\(name)/\(file).png"))
      }
      for kind in ["scatter", "traversal", "tsne"] {
        try run(
          [kind, "--model", name, "--data", "plain", "--part", "training", "-o", "\(name)-\(kind).png"], in: folder)
      }
    }
    // A single validation image has neither a partner nor a plane: its pictures are left out with a line each.
    let result = try Program.run(
      train + ["--limit", "2", "--validation-split", "0.5", "--output", "single"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(result.output.contains("\nno interpolation picture: it takes at least two images\n"))
    #expect(result.output.contains("\nno scatter picture: it takes at least two images\n"))
    #expect(!folder.contents.contains("single/scatter.png") && folder.contents.contains("single/traversal.png"))
  }

  @Test func whatCanNotBeDone() throws {
    let folder = try Self.trained()
    try folder.write("small/t10k-images-idx3-ubyte", IDX.images(3, height: 14, width: 28))
    try folder.write("there.png", [1])
    try folder.write("empty/notes", [1])
    try folder.write("odd/history.csv", Array("epoch,loss\n1,2\n".utf8))
    try folder.write("folder.png/inside", [1])
    var tensors: [SafetensorsTensor] = []
    let saved = try SavedModel(contentsOf: folder.path("out"))
    for (path, value) in saved.model.tensors {
      tensors.append(SafetensorsTensor(path, path == "encoder.mean.bias" ? Tensor([0, .nan, 0], shape: [3]) : value))
    }
    try folder.write("nan.safetensors", SafetensorsFile.encode(tensors, metadata: saved.metadata))
    let samples = ["samples", "--model", "out"]
    let cases: [([String], Int32, String)] = [
      (["samples", "--model", "empty"], 1, "Error: empty: holds neither model.safetensors nor a checkpoint"),
      (["samples", "--model", "no"], 1, "Error: no: cannot be read: No such file or directory"),
      (
        ["manifold", "--model", "out"], 1,
        "Error: no manifold picture: it takes a model of 2 latent dimensions, and this one has 3"
      ),
      (
        ["samples", "--model", "nan.safetensors"], 1,
        "Error: no pictures: the model's weights encoder.mean.bias are not finite"
      ),
      (
        ["scatter", "--model", "out", "--data", "small"], 1,
        "Error: the model is for images of 28x28, but those of small are 14x28"
      ),
      (samples + ["-o", "a.jpg"], 64, "Error: --output 'a.jpg': its name must end in .png"),
      (
        samples + ["-o", "there.png"], 1,
        "Error: 'there.png' exists already: choose another name with --output, or add --force"
      ),
      (samples + ["-o", "no/a.png"], 1, "Error: no/a.png: cannot be written: No such file or directory"),
      (samples + ["-o", "folder.png", "--force"], 1, "Error: folder.png: cannot be written: "),
      (samples + ["--label", "1"], 1, "Error: no pictures: the model is not conditional on labels, such as 1"),
      (samples + ["--from", "1"], 64, "Error: --from, --to and --path are for interpolation, not for samples"),
      (samples + ["--perplexity", "9"], 64, "Error: --perplexity is for tsne, not for samples"),
      (["interpolation", "--model", "out", "--from", "1"], 64, "Error: give both images, --from and --to"),
      (
        ["interpolation", "--model", "out", "--data", "synthetic", "--limit", "5", "--from", "1", "--to", "9"], 1,
        "Error: no interpolation picture: there is no image 9: synthetic digits has 5, counted from 0"
      ),
      (
        ["curves", "--model", "out/model.safetensors"], 1,
        "Error: no curves picture: 'out/model.safetensors' is not the folder of a run"
      ),
      (["curves", "--model", "empty"], 1, "Error: no curves picture: empty/history.csv: cannot be read: "),
      (["curves", "--model", "odd"], 1, "Error: no curves picture: 'odd/history.csv' is no history of epochs"),
    ]
    for (arguments, status, message) in cases {
      let result = try Program.run(["picture"] + arguments, in: folder)
      #expect(result.status == status, "\(arguments): \(result.errors)")
      #expect(result.errorLines.count == 1 && result.errors.hasPrefix(message), "\(arguments): \(result.errors)")
    }
    #expect(try folder.bytes("there.png") == [1])
    #expect(!folder.contents.contains { $0.hasSuffix("samples.png") && !$0.hasPrefix("out") }, "nothing is left")
    // An unknown kind: the parser lists those there are.
    let result = try Program.run(["picture", "nothing", "--model", "out"], in: folder)
    #expect(result.status == 64 && PictureKind.allCases.allSatisfy { result.errors.contains($0.rawValue) })
  }

  /// A picture that cannot be written does not stop the others, and the model is kept.
  @Test func aFolderThatTakesNoPicture() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "out"], in: folder).status == 0)
    try FileManager.default.removeItem(atPath: folder.path("out/kl.png"))
    try folder.write("out/kl.png/inside", [1])
    let result = try Program.train(["--output", "out", "--force"], in: folder)
    #expect(result.status == 1 && result.errorLines.count == 1 && result.errors.contains("'out/kl.png' is a folder"))
  }
}
