import Foundation
import LatentData
import LatentFiles
import Testing

/// Runs that end before their first checkpoint.
@Suite struct FirstMomentTests {
  private static let options = ["--data", "synthetic", "--limit", "64", "--hidden-size", "8", "--quiet"]

  /// Whenever a run is killed, its folder is not there, or says how to make the run.
  @Test func noFolderIsWithoutItsRecord() throws {
    let folder = try Folder()
    var last: String?
    for moment in 0..<12 {
      let child = try Program.start(Self.options + ["--output", "a/b/\(moment)"], in: folder)
      if moment < 11 {
        Thread.sleep(forTimeInterval: 0.012 * Double(moment))
      } else {
        try child.wait(for: "the folder") { folder.contents.contains("a/b/11") }
      }
      child.send(SIGKILL)
      try child.wait()
      guard folder.contents.contains("a/b/\(moment)") else { continue }
      last = "a/b/\(moment)"
      let record = try folder.json("a/b/\(moment)/config.json")
      #expect(record["arguments"] as? [String] == Self.options + ["--output", "a/b/\(moment)"])
    }
    let resumed = try Program.run(["--resume", #require(last)], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try Program.run(Self.options + ["--output", "whole"], in: folder).status == 0)
    #expect(try folder.bytes("\(last!)/model.safetensors") == folder.bytes("whole/model.safetensors"))
  }

  /// Epochs are done, but no checkpoint is due yet.
  @Test func beforeTheFirstCheckpoint() throws {
    let folder = try Folder()
    let child = try Program.start(
      Self.options + ["--checkpoint-every", "1000000", "--epochs", "100000", "--seed", "3", "--output", "out"],
      in: folder)
    try child.wait(for: "an epoch") { folder.contents.contains("out/history.csv") }
    child.send(SIGKILL)
    try child.wait()
    try #require(!folder.contents.contains("out/checkpoints"))
    let refused = try Program.run(Self.options + ["--output", "out"], in: folder)
    #expect(refused.status == 1 && refused.errors.contains("--resume='out' resumes the run"), "\(refused.errors)")
    let resumed = try Program.run(["--resume=out", "--epochs", "2"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(
      try Program.run(Self.options + ["--seed", "3", "--epochs", "2", "--output", "whole"], in: folder).status == 0)
    #expect(try folder.bytes("out/model.safetensors") == folder.bytes("whole/model.safetensors"))
    #expect(try folder.bytes("out/digests.csv") == folder.bytes("whole/digests.csv"))
    #expect(try folder.text("out/history.csv").split(separator: "\n").count == 3)
  }

  /// `--force` was killed after it had taken the folder and before the old results were gone.
  @Test func betweenTwoRuns() throws {
    let folder = try Folder()
    for (name, seed) in [("out", "1"), ("whole", "2")] {
      #expect(try Program.train(["--seed", seed, "--output", name, "--save-best", "--quiet"], in: folder).status == 0)
    }
    try folder.replace("\"finished\"", by: "\"starting\"", in: "out/config.json")
    try folder.replace("\"seed\": 1", by: "\"seed\": 2", in: "out/config.json")
    let resumed = try Program.run(["--resume=out"], in: folder)
    #expect(resumed.status == 0 && resumed.errors.isEmpty, "\(resumed.errors)")
    for file in ["model.safetensors", "best.safetensors", "digests.csv"] {
      #expect(try folder.bytes("out/" + file) == folder.bytes("whole/" + file), "\(file)")
    }
  }

  /// Results that would not come again in the same bits, or at all, are left alone.
  @Test func completeRunsDoNotStartAgain() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "out", "--quiet"], in: folder).status == 0)
    try FileManager.default.removeItem(atPath: folder.path("out/checkpoints"))
    let before = try folder.contents.filter { !$0.hasSuffix("out") }.map { try folder.bytes($0) }
    let result = try Program.run(["--resume=out"], in: folder)
    #expect(result.status == 1 && result.errorLines.count == 1)
    #expect(result.errors.contains("its results are complete"), "\(result.errors)")
    #expect(try folder.contents.filter { !$0.hasSuffix("out") }.map { try folder.bytes($0) } == before)
  }

  /// What a killed run, or the system, leaves in a folder is nothing to keep.
  @Test func foldersWithHiddenFilesAlone() throws {
    let folder = try Folder()
    try folder.write("out/.latent-123.tmp", [1])
    try folder.write("out/.notes", [1])
    #expect(try Program.train(["--output", "out", "--quiet"], in: folder).status == 0)
    #expect(folder.contents.contains("out/model.safetensors") && folder.contents.contains("out/.notes"))
    #expect(!folder.contents.contains("out/.latent-123.tmp"))
  }
}
