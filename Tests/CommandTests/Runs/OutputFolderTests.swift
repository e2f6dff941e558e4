import Foundation
import TestSupport
import Testing

/// Where results go: never over something else, and found out before any work is done.
@Suite struct OutputFolderTests {
  private func expectRefusal(
    _ folder: Folder, output: String, naming name: String, _ options: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = folder.contents
    let result = try Program.train(["--output", output] + options, in: folder)
    #expect(result.status == 1, sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, "it is refused before anything else happens", sourceLocation: sourceLocation)
    #expect(result.errorLines.count == 1, sourceLocation: sourceLocation)
    #expect(result.errors.hasPrefix("Error: "), sourceLocation: sourceLocation)
    #expect(result.errors.contains("'\(name)'"), "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errors.contains("--output"), "it says what to do", sourceLocation: sourceLocation)
    #expect(folder.contents == before, sourceLocation: sourceLocation)
  }

  @Test func folderWithFiles() throws {
    let folder = try Folder()
    try folder.write("out/notes.txt", Array("mine".utf8))
    try folder.write("out/config.json", Array("old".utf8))
    try expectRefusal(folder, output: "out", naming: "out")
    #expect(try folder.text("out/notes.txt") == "mine")
    #expect(try folder.text("out/config.json") == "old")

    let forced = try Program.train(["--output", "out/", "--force"], in: folder)
    #expect(forced.status == 0)
    #expect(try folder.text("out/notes.txt") == "mine")
    #expect(try folder.json("out/config.json")["status"] as? String == "finished")
    #expect(folder.contents.count == 19, "the folders, 14 files, notes and two checkpoints")
  }

  /// None of an earlier run's results may be taken for the new one's.
  @Test func forceRemovesResultsOfTheRunBefore() throws {
    let folder = try Folder()
    let first = ["--output", "out", "--latent-size", "2", "--measure", "--save-best", "--tensorboard"]
    #expect(try Program.train(first, in: folder).status == 0)
    let old = folder.contents
    #expect(old.contains("out/best.safetensors") && old.contains { $0.contains("events.out") })
    #expect(try Program.train(["--output", "out", "--force"], in: folder).status == 0)
    let names = ["measures.csv", "best.safetensors", "manifold.png"].map { "out/" + $0 }
    #expect(!folder.contents.contains { names.contains($0) || $0.contains("events.out") })
  }

  @Test func forceWithBadDataLeavesOldResults() throws {
    let folder = try Folder()
    try folder.write("out/config.json", Array("old".utf8))
    let result = try Program.train(["--data", "nowhere", "--output", "out", "--force"], in: folder)
    #expect(result.status == 1)
    #expect(folder.contents == ["out", "out/config.json"])
    #expect(try folder.text("out/config.json") == "old")
  }

  @Test func impossiblePlaces() throws {
    let folder = try Folder()
    try folder.write("file", [1])
    try folder.write("out/samples.png/inside", [1])
    try expectRefusal(folder, output: "file", naming: "file")
    try expectRefusal(folder, output: "file/deeper/out", naming: "file")
    try expectRefusal(folder, output: "out", naming: "out/samples.png", ["--force"])
    let long = "new/" + String(repeating: "x", count: 300)
    try expectRefusal(folder, output: long, naming: long)
  }

  /// The system's own folder for this refuses even the superuser.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self")))
  func unwritableParent() throws {
    try expectRefusal(Folder(), output: "/proc/latent/out", naming: "/proc/latent")
  }

  @Test(.enabled(if: getuid() != 0)) func readOnlyFolder() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path("out"))
    try expectRefusal(folder, output: "out", naming: "out")
    try expectRefusal(folder, output: "out/deeper", naming: "out/deeper")
  }

  @Test func emptyFolderAndNewFolders() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.path("empty"), withIntermediateDirectories: true)
    #expect(try Program.train(["--output", "empty"], in: folder).status == 0)
    #expect(try Program.train(["--output", "a/b/c"], in: folder).status == 0)
    #expect(folder.contents.contains("empty/model.safetensors"))
    #expect(folder.contents.contains("a/b/c/model.safetensors"))
  }

  @Test func defaultNamesDoNotCollide() throws {
    let folder = try Folder()
    for _ in 0..<3 { #expect(try Program.train(["--quiet", "--epochs", "1"], in: folder).status == 0) }
    let runs = folder.contents.filter { $0.hasPrefix("runs/") && !$0.dropFirst(5).contains("/") }
    #expect(runs.count == 3)
    for run in runs {
      #expect(run.wholeMatch(of: /runs\/\d{4}-\d\d-\d\d-\d{6}(-\d+)?/) != nil, "\(run)")
      #expect(folder.contents.contains(run + "/model.safetensors"))
    }
  }

  /// A limit on the size of a file stands for the disk's end: the model does not fit, the rest does.
  @Test(.disabled(if: isSanitized))
  func fullDisk() throws {
    let folder = try Folder()
    let result = try Program.run(
      ["--data", "synthetic", "--limit", "64", "--epochs", "2", "--hidden-size", "8", "--output", "out"], in: folder,
      shell: "trap '' XFSZ; ulimit -f 400; exec \"$@\"")
    #expect(result.status == 1)
    // Checkpoints don't fit either: training goes on with a warning, and the last line says what was kept.
    let warnings = result.errorLines.filter {
      $0.hasPrefix("Warning: no checkpoint could be written, training continues")
    }
    #expect(warnings.count == 2 && result.errorLines.count == 3)
    #expect(result.errorLines.last?.hasPrefix("Error: out/model.safetensors: cannot be written: ") == true)
    #expect(
      result.errors.hasSuffix(
        "; nor report.html; kept in 'out': config.json, history.csv, history.jsonl, digests.csv, reconstructions.png, "
          + "samples.png, interpolation.png, traversal.png, scatter.png, kl.png, epochs.png, curves.svg\n"))
    #expect(!folder.contents.contains("out/model.safetensors"))
    #expect(folder.contents.count == 14, "no half file, no temporary file")
    #expect((try folder.json("out/config.json")["status"] as? String)?.contains("out/model.safetensors") == true)
  }
}
