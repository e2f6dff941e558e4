import Foundation
import Testing

/// What a run depends on is what its data hold, and not where they are or what they are called.
@Suite struct MovedDataTests {
  private static let options = ["--hidden-size", "8", "--quiet", "--conditional", "--data", "first"]

  @Test func whatTheDataHoldCounts() throws {
    let folder = try Folder()
    func write(_ labels: [UInt8], images: Int = 40) throws {
      try folder.write("data/train-images-idx3-ubyte", IDX.images(images, height: 8, width: 8))
      try folder.write("data/train-labels-idx1-ubyte", labels)
    }
    func resume(_ options: [String], shell: String? = nil) throws -> Program.Result {
      try Program.run(["--resume"] + options + ["--epochs", "2"], in: folder, shell: shell)
    }
    func expectTheSameBits(_ name: String, _ result: Program.Result) throws {
      #expect(result.status == 0, "\(result.errors)")
      #expect(try folder.bytes(name + "/model.safetensors") == folder.bytes("whole/model.safetensors"), "\(name)")
    }
    try write(IDX.labels(40))
    try folder.move("data", to: "first")
    for (name, epochs) in [("whole", "2"), ("out", "1")] {
      #expect(try Program.run(Self.options + ["--output", name, "--epochs", epochs], in: folder).status == 0)
    }
    for name in ["elsewhere", "labels", "images"] { try folder.copy("out", to: name) }

    // From another folder: a path that the run's own command line has is as it was there.
    try folder.makeFolder("a")
    let shell = "cd a; exec \"$@\""
    try expectTheSameBits("elsewhere", resume(["../elsewhere"], shell: shell))
    #expect(try resume(["../elsewhere"], shell: shell).status == 0, "and so once more")
    let evaluated = try Program.run(
      ["evaluate", "--model", "../elsewhere", "--part", "training"], in: folder, shell: shell)
    #expect(evaluated.status == 0, "\(evaluated.errors)")

    // Under another name, and packed.
    try folder.move("first", to: "second")
    #expect(try Program.run([], in: folder, shell: "exec gzip second/*images*").status == 0)
    try expectTheSameBits("out", resume(["./out/", "--data", folder.path("second")]))
    let settings = try #require(try folder.json("out/config.json")["settings"] as? [String: Any])
    #expect(settings["data"] as? String == folder.path("second"))

    // Others under the same name. A model that is conditional on labels depends on them, too.
    try write(IDX.header(1, [40]) + (0..<40).map { UInt8(9 - $0 % 10) })
    try folder.move("data", to: "first")
    let labels = try resume(["labels"])
    #expect(labels.status == 1 && labels.errors.contains(": labels_sha256 was "), "\(labels.errors)")
    try FileManager.default.removeItem(atPath: folder.path("first"))
    try write(IDX.labels(41), images: 41)
    try folder.move("data", to: "first")
    let images = try resume(["images"])
    #expect(images.status == 1 && images.errors.contains(": data_sha256 was "), "\(images.errors)")
  }
}
