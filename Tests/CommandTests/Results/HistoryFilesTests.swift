import Foundation
import LatentTraining
import Testing

@testable import LatentRun

/// `history.csv`, `history.jsonl` and `measures.csv` grow by a line after each epoch, whatever was in them.
@Suite struct HistoryFilesTests {
  /// The number by which the file system knows a file: another one where it was written anew.
  private func inode(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int)
  }

  private func record(_ epoch: Int, _ parts: [(name: String, value: Double)] = [("kl", 2)]) throws -> EpochRecord {
    let names = parts.map(\.name)
    let quoted = names.map { "\"train_" + $0.replacing("\"", with: "\"\"") + "\"" }
    let head = ["epoch", "train_loss"] + quoted + ["validation_loss"]
    let cells = ["\(epoch)", "1.5"] + parts.map { "\($0.value)" } + ["2.5", "1", "0.5", "100", "0.001"]
    let rates = ["train_seconds", "validation_seconds", "examples_per_second", "learning_rate"]
    let table = [(head + rates).joined(separator: ","), cells.joined(separator: ",")].joined(separator: "\n")
    return try #require(History(csv: table)?.last)
  }

  @Test func linesAreAppended() throws {
    let folder = try Folder()
    var results = RunFiles(
      folder: try RunFolder(path: folder.path("out"), force: false, record: []), history: History())
    let files = ["history.csv", "history.jsonl"].map { folder.path("out/" + $0) }
    func expectWhole(_ comment: Comment) throws {
      #expect(try folder.text("out/history.csv") == results.history.csv, comment)
      #expect(try folder.text("out/history.jsonl") == results.history.jsonLines, comment)
      #expect(results.failure == nil, comment)
    }
    // What an earlier run left, or half a line of this one's.
    try folder.write("out/history.csv", Array("epoch,train_loss\n7,1".utf8))
    results.add(try record(1))
    try expectWhole("at first")
    let inodes = try files.map(inode)
    for epoch in 2...5 { results.add(try record(epoch)) }
    try expectWhole("lines")
    #expect(try files.map(inode) == inodes, "the files are the same")
    // A part that no epoch before had, and then again without it.
    results.add(try record(6, [("new, \"part\"", 3)]))
    try expectWhole("another column")
    let wider = try files.map(inode)
    #expect(wider[0] != inodes[0])
    results.add(try record(7))
    try expectWhole("a gap")
    #expect(try files.map(inode) == wider)
    // A file that is gone, and one that is no file for a while.
    try FileManager.default.removeItem(atPath: files[0])
    results.add(try record(8))
    try expectWhole("a file that was removed")
    try FileManager.default.removeItem(atPath: files[1])
    try folder.write("out/history.jsonl/x", [])
    results.add(try record(9))
    #expect(results.failure?.problem.contains("history.jsonl") == true)
    try FileManager.default.removeItem(atPath: files[1])
    results.add(try record(10))
    try expectWhole("a folder in its place")
  }

  /// Killed while a line was written: readers do without it, and a run that goes on cuts it.
  @Test func halfALine() throws {
    let folder = try Folder()
    #expect(try Program.train(["--output", "out", "--measure", "--quiet"], in: folder).status == 0)
    for name in ["history.csv", "history.jsonl", "measures.csv"] {
      let text = try folder.text("out/" + name)
      let last = try #require(text.split(separator: "\n").last)
      // What the third epoch left.
      let half = last.replacing("\"epoch\":2", with: "\"epoch\":3", maxReplacements: 1).prefix(last.count / 2)
      try folder.write("out/" + name, Array((text + (name.hasSuffix("l") ? half : "3" + half.dropFirst())).utf8))
    }
    #expect(try Program.run(["picture", "curves", "--model", "out", "-o", "c.png"], in: folder).status == 0)
    let compared = try Program.run(["compare", "out", "out"], in: folder)
    #expect(compared.status == 0 && compared.output.contains("all 2 epochs"))
    #expect(try Program.run(["--resume=out", "--epochs", "4"], in: folder).status == 0)
    #expect(
      try Program.train(["--output", "whole", "--measure", "--quiet", "--epochs", "4"], in: folder).status == 0)
    let measures = try ["out", "whole"].map { try folder.text($0 + "/measures.csv") }
    #expect(measures[0] == measures[1])
    let rows = try ["out", "whole"].map { run in
      try #require(History(csv: try folder.text(run + "/history.csv"))).epochs.map { [$0.training, $0.validation] }
    }
    #expect(rows[0] == rows[1] && rows[0].count == 4)
    #expect(try folder.text("out/history.jsonl").split(separator: "\n").count == 4)
  }
}
