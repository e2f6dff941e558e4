import Foundation
import LatentFiles
import TestSupport
import Testing

/// Texts of one's own, from a file to sentences.
@Suite struct TextCommandTests {
  private static let small = [
    "--hidden-size", "12", "--decoder-size", "12", "--embedding-size", "6", "--latent-size", "3",
  ]

  private static func write(in folder: Folder) throws {
    let words = [["a", "the"], ["cat", "dog", "größe"], ["sees", "is"], ["it.", "here."]]
    let lines = (0..<200).map { line in
      words.enumerated().map { place, all in all[line / (place * place + 1) % all.count] }.joined(separator: " ")
    }
    try folder.write("lines.txt", Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  @Test func aTextBecomesAModelAndTexts() throws {
    let folder = try Folder()
    try Self.write(in: folder)
    let trained = try Program.run(
      [
        "--data", "lines.txt", "--tokens", "characters", "--model", "lstm-lstm", "--word-dropout", "0.2", "--epochs",
        "12",
        "--batch-size", "20", "--learning-rate", "0.02", "--output", "run",
      ] + Self.small, in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let said = trained.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      said.contains("200 lines of at most 21") && said.contains("texts 140 for training, the last 60 for validation"))
    #expect(said.contains("summed over the tokens") && said.contains("nats per text") && !said.contains("image"))
    for name in ["samples", "reconstructions", "interpolation", "traversal"] {
      #expect(try !folder.text("run/\(name).txt").isEmpty)
      #expect(!FileManager.default.fileExists(atPath: folder.path("run/\(name).png")))
    }
    #expect(try folder.text("run/samples.txt").split(separator: "\n", omittingEmptySubsequences: false).count == 21)
    #expect(try folder.text("run/reconstructions.txt").contains("data      a dog"))
    let page = try folder.text("run/report.html")
    #expect(page.contains("<pre tabindex=\"0\">data      a dog") && page.contains("examples are texts"))
    // A text on each line, and texts wherever something is said of them.
    #expect(page.contains("\nexpected  ") && page.contains("texts/s in training") && !page.contains("images/s"))

    func run(_ arguments: [String]) throws {
      let result = try Program.run(arguments + ["--model", "run"], in: folder)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
    }
    try run(["evaluate", "--json", "measures.json"])
    let measures = try #require(try folder.json("measures.json")["measures"] as? [String: Any])
    let (total, tokens) = (measures["total"] as! Double, measures["tokens_per_text"] as! Double)
    // 200 lines and their ends.
    let count = try folder.text("lines.txt").unicodeScalars.count
    #expect(abs(tokens - Double(count) / 200) < 1e-9)
    #expect(abs(measures["perplexity"] as! Double - exp(total / tokens)) < 1e-9)
    try run(["doctor"])
    try run(["encode", "-o", "codes.npy"])
    try run(["decode", "codes.npy", "-o", "decoded.txt"])
    try run(["reconstruct", "-o", "again.txt"])
    // What is decoded of the means stands in both.
    let expected = try folder.text("again.txt").split(separator: "\n").filter { $0.hasPrefix("expected") }
    let decoded = try folder.text("decoded.txt").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(expected.map { $0.dropFirst(10) } == decoded.map { $0[...] })
    let originals = try folder.text("again.txt").split(separator: "\n").filter { $0.hasPrefix("data") }
    #expect(
      originals.map { String($0.dropFirst(10)) }
        == (try folder.text("lines.txt")).split(separator: "\n").map(String.init))
    try run(["decode", "codes.npy", "-o", "drawn.txt", "--sample"])
    try run(["decode", "codes.npy", "-o", "cold.txt", "--temperature", "0"])
    #expect(try folder.text("cold.txt") == folder.text("decoded.txt"))
    #expect(try folder.text("drawn.txt") != folder.text("decoded.txt"))
    try run(["picture", "samples", "--temperature", "0.5"])
    #expect(try folder.text("samples.txt") != folder.text("run/samples.txt"))
    try run(["picture", "scatter"])
    try run(["export", "--format", "onnx", "-o", "onnx"])
    try run(["export", "--format", "torch", "-o", "weights.safetensors"])
    let imported = try Program.run(
      ["import", "weights.safetensors", "--format", "torch", "-o", "imported.safetensors"], in: folder)
    #expect(imported.status == 0, "\(imported.errors)")
  }

  /// A run that goes on has the bits of one that was never stopped.
  @Test func resumes() throws {
    let folder = try Folder()
    try Self.write(in: folder)
    let options =
      ["--data", "lines.txt", "--tokens", "bytes", "--window", "16", "--stride", "8", "--batch-size", "32"] + Self.small
    for (output, epochs, more) in [("whole", "3", []), ("parts", "2", [])] as [(String, String, [String])] {
      let run = try Program.run(
        options + [
          "--word-dropout", "0.3", "--epochs", epochs, "--output", output, "--threads", output == "whole" ? "2" : "1",
        ] + more,
        in: folder)
      #expect(run.status == 0, "\(run.errors)")
    }
    let resumed = try Program.run(["--resume", "parts", "--epochs", "3"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    func tensors(_ run: String) throws -> [String: [Double]] {
      try SafetensorsFile(contentsOf: folder.path("\(run)/model.safetensors")).allTensors().mapValues(\.values)
    }
    #expect(try tensors("whole") == tensors("parts"))
  }

  @Test func refusesInOneLine() throws {
    let folder = try Folder()
    try Self.write(in: folder)
    let quick = ["--data", "lines.txt", "--tokens", "characters", "--epochs", "1", "--batch-size", "50"] + Self.small
    let trained = try Program.run(quick + ["--model", "lstm-lstm", "--output", "run"], in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    for (arguments, message) in [
      (quick + ["--model", "conv"], "'--hidden-size"), (quick + ["--loss", "bce"], "have the likelihood categorical-"),
      (quick + ["--augment", "shift=1"], "a text is made of tokens"),
      (["--data", "lines.txt", "--tokens", "words"], "--tokens"),
      (["--data", "lines.txt", "--epochs", "1"], "lines.txt"),
      (["decode", "codes.npy", "--model", "run", "-o", "a.png"], "texts are not drawn"),
      (["reconstruct", "--model", "run", "-o", "a.csv"], "rows are written of series"),
      (["picture", "samples", "--model", "run", "-o", "a.png"], "must end in .txt"),
      (["--data", "synthetic", "--embedding-size", "3", "--epochs", "1"], "an embedding is of texts"),
      (["--data", "missing.txt", "--tokens", "characters"], "is not there"),
    ] as [([String], String)] {
      let result = try Program.run(arguments, in: folder)
      #expect(result.status != 0, "\(arguments)")
      let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("Error:") }
      #expect(lines.count == 1, "\(arguments): \(result.errors)")
      if message.hasPrefix("'") { continue }
      #expect(lines.first?.contains(message) == true, "\(arguments): \(result.errors)")
    }
  }
}
