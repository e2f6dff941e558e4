import Foundation
import LatentData
import Testing

/// What the numbers of tokens stand for.
@Suite struct VocabularyTests {
  @Test func charactersInUnicodesOrder() {
    let vocabulary = Vocabulary(charactersOf: "größe\r\naÄ\n".utf8)
    #expect(String(String.UnicodeScalarView(vocabulary.characters)) == "\naegrÄßö")
    #expect(vocabulary.count == 9 && vocabulary.lineEnd == 1)
    let numbers = vocabulary.numbers(of: "aÄx\n".utf8)
    #expect(numbers == [2, 6, Vocabulary.unknown, 1])
    #expect(vocabulary.text(of: numbers) == "aÄ\u{FFFD}\n")
  }

  /// A return that is no end of a line stays what it is.
  @Test func endsOfLines() {
    let vocabulary = Vocabulary(charactersOf: "a\rb\r\nc\r".utf8)
    #expect(vocabulary.text(of: vocabulary.numbers(of: "a\rb\r\nc\r".utf8)) == "a\rb\nc\r")
  }

  @Test func linesEndWithTheirEnd() {
    let vocabulary = Vocabulary(charactersOf: "ab".utf8, areLines: true)
    #expect(vocabulary.count == 4)
    #expect(vocabulary.text(of: vocabulary.numbers(of: "ab\nba".utf8)) == "ab")
    #expect(Vocabulary.bytes(areLines: true).bytes(of: [200, 65, 10, 66]) == [200, 65])
  }

  @Test func bytesAreThemselves() {
    let (vocabulary, all) = (Vocabulary.bytes(), (0...255).map { UInt8($0) })
    #expect(vocabulary.count == 256)
    #expect(vocabulary.numbers(of: all) == Array(0...255))
    #expect(vocabulary.bytes(of: 0...255) == all)
  }

  @Test(arguments: [
    Vocabulary(charactersOf: "e\u{301} \"\\\u{1F600}\n".utf8, areLines: true), .bytes(), .bytes(areLines: true),
    Vocabulary(charactersOf: "".utf8),
  ])
  func travelsAsJSON(_ vocabulary: Vocabulary) throws {
    let json = try JSONEncoder().encode(vocabulary)
    #expect(try JSONDecoder().decode(Vocabulary.self, from: json) == vocabulary)
  }

  @Test(arguments: [
    #"{"tokens": "words"}"#, #"{"tokens": "characters", "characters": "ba"}"#, #"{"tokens": "characters"}"#,
    #"{"tokens": "characters", "characters": "aa"}"#, #"{"tokens": "bytes", "more": 1}"#,
  ])
  func refusesOthers(_ json: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Vocabulary.self, from: Data(json.utf8)) }
  }
}
