import Foundation
import LatentTraining
import Testing

/// `vae-train compare`.
@Suite struct CompareTests {
  /// Runs of 2 epochs of 3 steps.
  private func train(_ name: String, _ options: [String] = [], in folder: Folder) throws {
    let result = try Program.train(
      ["--batch-size", "16", "--output", name, "--quiet"] + options, in: folder)
    #expect(result.status == 0)
  }

  private func compare(_ arguments: String..., in folder: Folder) throws -> Program.Result {
    try Program.run(["compare"] + arguments, in: folder)
  }

  /// Another file in the place of a run's.
  private func change(_ file: String, in folder: Folder, _ change: (inout [String]) -> Void) throws {
    var lines = try folder.text(file).components(separatedBy: "\n")
    change(&lines)
    try folder.write(file, Array(lines.joined(separator: "\n").utf8))
  }

  @Test func theSameRun() throws {
    let folder = try Folder()
    try train("a", in: folder)
    try train("b", ["--threads", "1"], in: folder)
    let result = try compare("a", "b", "-o", "curves.svg", in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(
      result.output.hasSuffix(
        "\na and b have the same settings and data, and are the same after each of 6 steps, all 2 epochs\n"
          + "wrote 'curves.svg': training and validation losses of all runs\nnext: open it in a browser\n"))
    #expect(!result.output.contains("\u{1B}"), "no escape codes but for a terminal")
    let svg = try folder.text("curves.svg")
    for name in ["a, training", "a, validation", "b, training", "b, validation"] { #expect(svg.contains(">\(name)<")) }
    let history = try #require(History(csv: folder.text("a/history.csv")))
    let row = try #require(result.output.split(separator: "\n").first { $0.hasPrefix("validation, last") })
    let total = String(format: "%.2f", history.last!.validation!.total)
    #expect(row.split(separator: " ").suffix(2).map(String.init) == [total, total])
    // The file is not replaced unless asked.
    #expect(try compare("a", "b", "-o", "curves.svg", in: folder).status == 1)
    #expect(try compare("a", "b", "-o", "curves.svg", "--force", in: folder).status == 0)
    #expect(try compare("a", "b", "-o", "curves.png", in: folder).status == 64)
  }

  @Test func whereRunsPart() throws {
    let folder = try Folder()
    for name in ["a", "b"] { try train(name, in: folder) }
    try change("b/digests.csv", in: folder) { lines in
      // Its fifth step, the second of the second epoch: two tensors.
      var cells = lines[5].components(separatedBy: ",")
      (cells[3], cells[6]) = ("00000000", "00000000")
      lines[5] = cells.joined(separator: ",")
    }
    #expect(
      try compare("a", "b", in: folder).output.hasSuffix(
        "and part at epoch 2, step 2, in encoder.lstm.recurrentKernel and 1 other\n"))
    // Without checksums of steps, the history says the epoch.
    try FileManager.default.removeItem(atPath: folder.path("b/digests.csv"))
    #expect(try compare("a", "b", in: folder).output.hasSuffix("and are the same in 2 epochs\n"))
    try change("b/history.csv", in: folder) { lines in
      lines[2] = String(lines[2].dropLast()) + (lines[2].hasSuffix("0") ? "1" : "0")
    }
    #expect(
      try compare("a", "b", in: folder).output.hasSuffix(
        "and part in epoch 2: there are no checksums of its steps to say where\n"))
  }

  @Test func otherSettingsAndLengths() throws {
    let folder = try Folder()
    try train("a", in: folder)
    try train("b", ["--learning-rate", "0.01", "--seed", "2"], in: folder)
    try train("c", ["--epochs", "3"], in: folder)
    try train("d", ["--limit", "80"], in: folder)
    try train("e", ["--validation-split", "0"], in: folder)
    let result = try compare("a", "b", "c", "d", "e", in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    let sentences = result.output.components(separatedBy: "\n\n")[1].split(separator: "\n").map(String.init)
    #expect(sentences[0] == "a and b are different runs: learning_rate, seed")
    #expect(
      sentences[1]
        == "a and c have the same settings and data, and are the same after each of 6 steps: as far as both went, 2 epochs"
    )
    #expect(sentences[2].hasPrefix("a and d are different runs: ") && sentences[2].contains("data."))
    #expect(sentences[3].hasPrefix("a and e are different runs: validation_split"))
    let table = result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(table.contains(["seed", "0", "2", "0", "0", "0"]))
    #expect(table.contains { $0.starts(with: ["validation,", "last"]) && $0.last == "-" })
    #expect(!table.contains { $0.first == "batch_size" }, "what is the same is not listed")
  }

  @Test func runsThatCannotBeRead() throws {
    let folder = try Folder()
    for name in ["a", "b"] { try train(name, in: folder) }
    try folder.write("empty/notes.txt", [])
    try folder.write("broken/config.json", Array("{\"settings\": ".utf8))
    try folder.write("other/config.json", Array("{\"settings\": {}, \"program\": \"other\"}".utf8))
    for name in ["early", "spoilt"] { try folder.write("\(name)/config.json", folder.bytes("a/config.json")) }
    // A line that was cut off at the end does not count; within the table it does.
    let table = try folder.text("a/history.csv").split(separator: "\n")
    try folder.write("spoilt/history.csv", Array("\(table[0])\n\(table[1].dropLast(50))\n\(table[2])\n".utf8))
    let result = try compare("a", "nowhere", "empty", "broken", "other", "early", "spoilt", "b", in: folder)
    #expect(result.status == 1)
    #expect(
      result.errorLines == [
        "Error: 'nowhere' does not exist: name the folder of a run",
        "Error: 'empty' is not the folder of a run: it has no config.json",
        "Error: 'broken/config.json' is damaged, or not of vae-train",
        "Error: 'other/config.json' is damaged, or not of vae-train",
        "Error: 'early' has no finished epoch to compare", "Error: 'spoilt/history.csv' is damaged",
      ])
    #expect(result.output.contains("a and b have the same settings"), "the others are compared all the same")
    let none = try compare("nowhere", "a", in: folder)
    #expect(none.status == 1 && none.errorLines.last == "Error: there are too few runs left to compare: two are needed")
    #expect(try compare("a", in: folder).status == 64)

    try change("b/digests.csv", in: folder) { $0[2] = "damaged" }
    let damaged = try compare("a", "b", in: folder)
    #expect(damaged.errorLines == ["Warning: 'b/digests.csv': line 3 is damaged"])
    #expect(damaged.status == 0 && damaged.output.hasSuffix("and are the same in 2 epochs\n"))
  }
}
