import Foundation
import LatentFiles
import Testing

@Suite struct JSONReadingTests {
  private func read(_ text: String) -> JSON? { JSON(Array(text.utf8)) }

  @Test func everyKindOfValue() {
    #expect(read(" null\n") == .null && read("true") == .bool(true) && read("false") == .bool(false))
    #expect(read("-12") == .integer(-12) && read("0") == .integer(0) && read("1.5e2") == .number(150))
    #expect(read("9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(read(#""a\n\"\\\/\u0041\ud83e\udde0é""#) == .string("a\n\"\\/A🧠é"))
    #expect(read("[]") == .array([]) && read("{ }") == .object([]))
    #expect(read("[1, [true], {\"a\" : 2}]") == .array([.integer(1), .array([.bool(true)]), ["a": .integer(2)]]))
    #expect(read(#"{"b":1,"a":{"c":null}}"#)?["a"]?["c"] == .null)
    #expect(read("[1]")?["a"] == nil && read("{}")?["a"] == nil)
  }

  @Test func whatIsWrittenIsReadAgain() {
    let value: JSON = [
      "text": "line\nnext \u{1} 🧠", "number": .number(0.1), "whole": .integer(.min), "none": .null,
      "list": .array([.bool(true), .object([]), .array([])]),
    ]
    #expect(read(value.text) == value)
  }

  /// As Foundation's own reader refuses them, too, but for the last four.
  @Test(
    arguments: [
      "", " ", "nul", "tru", "01", "-", "+1", "1.", ".5", "1e", "0x1", "NaN", "[1,]", "[1 2]", "[", "{", "{\"a\"}",
      "{\"a\":1,}", "{a:1}", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\n\"", "1 2", "[1]]",
      "{\"a\":1,\"a\":2}", "1e999", "{\"\\u0061\":1,\"a\":2}", "\u{FEFF}1",
    ])
  func refused(text: String) { #expect(read(text) == nil) }

  @Test func bytesThatAreNoText() { #expect(JSON([0x22, 0xFF, 0x22]) == nil) }

  @Test func depth() {
    func nested(_ depth: Int) -> JSON? {
      read(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
    }
    #expect(nested(100) != nil && nested(101) == nil && nested(1_000_000) == nil)
  }
}
