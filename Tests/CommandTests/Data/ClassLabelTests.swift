import Foundation
import LatentData
import LatentFiles
import LatentTraining
import Testing

/// Conditional models of data whose labels are not 0 and those that follow.
@Suite struct ClassLabelTests {
  /// Images of 4x4 whose labels are these, again and again; the last ones are for validation.
  private func write(_ labels: [UInt8], count: Int = 40, last: [UInt8] = [], to folder: Folder, _ name: String) throws {
    let all = (0..<count).map { labels[$0 % labels.count] } + last
    for part in ["train", "t10k"] {
      try folder.write("\(name)/\(part)-images-idx3-ubyte", IDX.images(all.count, height: 4, width: 4))
      try folder.write("\(name)/\(part)-labels-idx1-ubyte", IDX.header(1, [all.count]) + all)
    }
  }

  private func train(_ data: String, _ more: [String] = [], in folder: Folder) throws -> Program.Result {
    try Program.run(
      [
        "--data", data, "--conditional", "--model", "mlp", "--epochs", "1", "--hidden-size", "4", "--latent-size", "2",
        "--decoder-size", "4", "--output", "out", "--force",
      ] + more, in: folder)
  }

  @Test func classesAreThoseOfTraining() throws {
    let folder = try Folder()
    try write([17, 30, 200], to: folder, "data")
    try write([17, 18, 201], to: folder, "other")
    let result = try train("data", in: folder)
    try #require(result.status == 0, "\(result.errors)")
    let saved = try SavedModel(contentsOf: folder.path("out"))
    #expect(saved.classLabels == [17, 30, 200])
    #expect(saved.model.encoder.parameters.first { $0.path == "mean.kernel" }?.value.shape == [4 + 3, 2])
    let page = try folder.text("out/report.html")
    #expect(page.contains("conditional on 3 classes: 17, 30 and 200"))

    // Pictures and points are decoded as these, and nothing else.
    try folder.write("points.npy", NPYFile.encode(StoredArray(shape: [1, 2], floats: [1, -1])))
    func decode(_ label: String) throws -> Program.Result {
      try Program.run(
        ["decode", "--model", "out", "points.npy", "--label", label, "--force", "-o", "image.npy"], in: folder)
    }
    for label: UInt8 in [17, 30, 200] {
      #expect(try decode("\(label)").status == 0)
      let expected = saved.decode(
        try NPYFile(contentsOf: folder.path("points.npy")).tensor, label: label, on: .init(threads: 1, shards: 1))
      #expect(try NPYFile(contentsOf: folder.path("image.npy")).floats == expected.floats)
    }
    for label in ["0", "3", "255"] {
      let refusal = try decode(label)
      #expect(
        refusal.status == 64
          && refusal.errorLines == [
            "Error: the model is conditional: give one of its labels with --label: 17, 30 and 200"
          ])
    }
    let picture = try Program.run(["picture", "samples", "--model", "out", "--label", "3"], in: folder)
    #expect(picture.errorLines == ["Error: no pictures: the model knows labels 17, 30 and 200, and not 3"])
    let others = try Program.run(["evaluate", "--model", "out", "--data", "other"], in: folder)
    #expect(others.errorLines == ["Error: the model knows labels 17, 30 and 200, and other has 18 and 201"])
    #expect(try Program.run(["evaluate", "--model", "out"], in: folder).status == 0)

    // They travel.
    for format in ["keras", "torch", "npz", "safetensors", "onnx"] {
      let there = try Program.run(["export", "--model", "out", "--format", format, "-o", format], in: folder)
      #expect(there.status == 0 && there.output.contains("classes = [17, 30, 200]"), "\(there.errors)")
      #expect(try folder.json("\(format).parity.json")["class_labels"] as? [Int] == [17, 30, 200])
      let back = try Program.run(["import", format, "--format", format, "-o", "\(format).back"], in: folder)
      #expect(back.status == 0, "\(back.errors)")
      #expect(try SavedModel(contentsOf: folder.path("\(format).back")).plan == saved.plan)
    }

    // A run goes on with the same classes, and not with others.
    let resumed = try Program.run(["--resume", "out", "--epochs", "2"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try SavedModel(contentsOf: folder.path("out")).classLabels == [17, 30, 200])
  }

  /// Labels from 0 on say themselves: such a file is as it always was.
  @Test func labelsFromZeroNeedNoList() throws {
    let folder = try Folder()
    try write([0, 1, 2], to: folder, "data")
    #expect(try train("data", in: folder).status == 0)
    let saved = try SavedModel(contentsOf: folder.path("out"))
    #expect(saved.classLabels == [0, 1, 2] && saved.metadata["class_labels"] == nil)
  }

  @Test func validationKnowsNoOtherLabel() throws {
    let folder = try Folder()
    try write([1, 3], count: 30, last: [9, 5, 7, 3], to: folder, "data")
    let result = try train("data", in: folder)
    #expect(result.status == 64)
    #expect(
      result.errorLines == [
        "Error: --conditional: images for validation have labels that no image for training has, 5, 7 and 9: "
          + "give more images, or another --validation-split"
      ])
    #expect(!folder.contents.contains("out"))
    // Classes that the part for training lacks are no classes.
    let part = try train("data", ["--limit", "30"], in: folder)
    #expect(part.status == 0, "\(part.errors)")
    #expect(try SavedModel(contentsOf: folder.path("out")).classLabels == [1, 3])
    // Without validation, all are for training.
    #expect(try train("data", ["--validation-split", "0"], in: folder).status == 0)
    #expect(try SavedModel(contentsOf: folder.path("out")).classLabels == [1, 3, 5, 7, 9])
  }
}
