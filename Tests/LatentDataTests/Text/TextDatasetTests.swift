import Foundation
import Latent
import LatentData
import LatentFiles
import TestSupport
import Testing

/// Texts as examples: windows over tokens, and lines.
@Suite struct TextDatasetTests {
  private static func texts(_ data: some Dataset, _ vocabulary: Vocabulary) -> [String] {
    (0..<data.count).map { number in
      let batch = data.batch([number][...], in: BatchContext())
      let known = batch.observed.map { $0.values.prefix { $0 == 1 }.count } ?? batch.values.count
      // What is filled up is 0, and not observed anywhere behind.
      #expect(batch.values.values[known...].allSatisfy { $0 == 0 })
      #expect(batch.observed?.values[known...].allSatisfy { $0 == 0 } ?? true)
      return vocabulary.text(of: batch.values.values.prefix(known).map { Int($0) })
    }
  }

  @Test func windowsStayInTheirText() {
    let texts = ["abcdefg", "hi", "jklm"].map { Array($0.utf8) }
    let vocabulary = Vocabulary(charactersOf: texts.joined())
    let data = TextDataset(texts, vocabulary, window: 3)
    #expect(data.shape == .text(steps: 3, vocabulary: 14))
    #expect(Self.texts(data, vocabulary) == ["abc", "def", "jkl"])
    #expect(
      Self.texts(TextDataset(texts, vocabulary, window: 3, stride: 1), vocabulary)
        == ["abc", "bcd", "cde", "def", "efg", "jkl", "klm"])
  }

  @Test func aSplitCutsATextInItsOrder() {
    let vocabulary = Vocabulary(charactersOf: "abcdefghij".utf8)
    let data = TextDataset([Array("abcdefghij".utf8)], vocabulary, window: 2, stride: 1)
    let (training, validation) = data.split(validationFraction: 0.5)
    #expect(Self.texts(training, vocabulary) == ["ab", "bc", "cd", "de"])
    #expect(Self.texts(validation, vocabulary) == ["fg", "gh", "hi", "ij"])
    #expect(Self.texts(data.chosen([8, 0]), vocabulary) == ["ij", "ab"])
  }

  @Test func linesEndThemselves() {
    let text = Array("one\n\nthree\r\nno end".utf8)
    let vocabulary = Vocabulary(charactersOf: text + Array("x".utf8), areLines: true)
    let data = TextDataset([text, Array("x".utf8)], vocabulary, window: nil)
    #expect(data.shape.steps == 7)
    #expect(Self.texts(data, vocabulary) == ["one", "three", "no end", "x"])
    let batch = data.batch([0, 2][...], in: BatchContext())
    let end = Double(vocabulary.lineEnd!)
    #expect(batch.values.values[3] == end && batch.values.values[13] == end)
    #expect(batch.observed!.values == [1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
    let (training, validation) = data.split(validationFraction: 0.25)
    #expect(training.count == 3 && Self.texts(validation, vocabulary) == ["x"])
  }

  @Test func longLinesAreCut() {
    let text = Array("abcdefgh\nxy\n".utf8)
    let vocabulary = Vocabulary(charactersOf: text, areLines: true)
    let data = TextDataset([text], vocabulary, window: 4)
    #expect(data.shape.steps == 4)
    #expect(Self.texts(data, vocabulary) == ["abcd", "efgh", "", "xy"])
  }

  @Test func otherTextsHaveOtherDigests() {
    let vocabulary = Vocabulary(charactersOf: "abcdef".utf8)
    func digest(_ text: String, _ window: Int, _ stride: Int? = nil, _ other: Vocabulary? = nil) -> String {
      TextDataset([Array(text.utf8)], other ?? vocabulary, window: window, stride: stride).sha256
    }
    let digests = [
      digest("abcdef", 2), digest("abcdeg", 2), digest("abcdef", 3), digest("abcdef", 2, 1),
      digest("abcdef", 2, nil, Vocabulary(charactersOf: "abcdefg".utf8)),
    ]
    #expect(Set(digests).count == digests.count)
    #expect(digest("abcdef", 2) == digests[0])
  }

  @Test func filesAsTheyAre() throws {
    let folder = try TemporaryFolder()
    func load(_ name: String, _ bytes: [UInt8], _ change: (inout Reading) -> Void = { _ in }) throws -> [String] {
      let path = folder.path + "/" + name
      try AtomicFile.write(bytes, to: path)
      var reading = Reading()
      reading.text = TextReading(tokens: .characters)
      change(&reading)
      let data = try DataSource(path)!.load(.training, reading)
      let text = try #require(data as? TextDataset)
      return Self.texts(text, text.vocabulary)
    }
    #expect(try load("plain.txt", Array("one\ntwo\n".utf8)) == ["one", "two"])
    #expect(try load("mark.csv", [0xEF, 0xBB, 0xBF] + Array("a,b".utf8)) == ["a,b"])
    let utf16 = "déjà\nvu".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    #expect(try load("wide.txt", [0xFF, 0xFE] + utf16) == ["déjà", "vu"])
    #expect(try load("window.txt", Array("abcdefg".utf8)) { $0.series.window = 3 } == ["abc", "def"])
    #expect(
      try load("padded.txt", Array("abcd\ne".utf8)) { ($0.series.window, $0.series.isPadded) = (3, true) }.count == 3)
    #expect(try load("limit.txt", Array("a\nb\nc".utf8)) { $0.limit = 2 } == ["a", "b"])
    #expect(try load("raw.txt", [255, 10, 65]) { $0.text = TextReading(tokens: .bytes) } == ["\u{FFFD}", "A"])
    // Numbers that a model has learned, and a character that it has not seen.
    let known = Vocabulary(charactersOf: "ab".utf8, areLines: true)
    #expect(
      try load("known.txt", Array("abc".utf8)) { $0.text = TextReading(tokens: .characters, vocabulary: known) }
        == ["ab\u{FFFD}"])
  }

  @Test func refusesInOneLine() throws {
    let folder = try TemporaryFolder()
    func failure(_ name: String, _ bytes: [UInt8]?, _ change: (inout Reading) -> Void = { _ in }) -> String {
      let path = folder.path + "/" + name
      var reading = Reading()
      reading.text = TextReading(tokens: .characters)
      change(&reading)
      do {
        if let bytes { try AtomicFile.write(bytes, to: path) }
        _ = try DataSource(path)!.load(.training, reading)
        return "none"
      } catch {
        return "\(error)".replacing(folder.path, with: "")
      }
    }
    #expect(failure("a.txt", Array("ab\n".utf8) + [0xC3, 0x28]).contains("no text in UTF-8, from line 2 on"))
    #expect(failure("b.txt", []).contains("has no line with a character in it"))
    #expect(failure("c.txt", Array("\n\n".utf8)).contains("has no line"))
    #expect(failure("d.txt", Array("abc".utf8)) { $0.series.window = 4 }.contains("less than 4 tokens"))
    #expect(failure("e.txt", Array(repeating: 65, count: 5000)).contains("a line of 5001 tokens: give a window"))
    #expect(failure("missing.txt", nil).contains("is not there"))
    try FileManager.default.createDirectory(atPath: folder.path + "/empty", withIntermediateDirectories: true)
    #expect(failure("empty", nil).contains("has no .txt files"))
  }
}
