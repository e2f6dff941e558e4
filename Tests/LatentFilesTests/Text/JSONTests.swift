import Foundation
import LatentFiles
import Testing

@Suite struct JSONTests {
  private let value: JSON = [
    "zebra": "stripes \"and\" \\ \u{1}\n\t\u{7f}\u{1F993}", "apple": .array([.integer(-3), .bool(true), .null]),
    "numbers": .array([.number(0.1), .number(1e30), .number(-0.0), .number(4.9406564584124654e-324)]),
    "nothing": .array([]), "empty": .object([]), "infinite": .array([.number(.nan), .number(-.infinity)]),
  ]

  @Test func readsBackAsItWas() throws {
    let text = value.text
    let read = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(read["zebra"] as? String == "stripes \"and\" \\ \u{1}\n\t\u{7f}\u{1F993}")
    let apple = try #require(read["apple"] as? [Any])
    #expect(apple[0] as? Int == -3)
    #expect(apple[1] as? Bool == true)
    #expect(apple[2] is NSNull)
    #expect(read["numbers"] as? [Double] == [0.1, 1e30, 0, 4.9406564584124654e-324])
    #expect((read["nothing"] as? [Any])?.isEmpty == true)
    #expect((read["empty"] as? [String: Any])?.isEmpty == true)
    #expect((read["infinite"] as? [Any])?.allSatisfy { $0 is NSNull } == true)
  }

  /// Every character below U+0100 and some beyond, alone and between others; what needs no escape has none.
  @Test func textReadsBackAsItWas() throws {
    let characters = (UInt32(0)..<256).compactMap(UnicodeScalar.init).map { String($0) } + ["\u{2028}", "\u{1F993}"]
    for text in characters + ["", characters.joined(), characters.joined(separator: "\u{e9}t\u{e9}")] {
      let read = try JSONSerialization.jsonObject(with: Data("[\(JSONText.quoted(text))]".utf8)) as? [String]
      #expect(read == [text])
    }
    let plain = characters.filter { $0.unicodeScalars.first!.value >= 32 && $0 != "\"" && $0 != "\\" }.joined()
    #expect(JSONText.quoted(plain) == "\"" + plain + "\"")
    #expect(JSONText.quoted("\u{1}\u{8}\u{b}\u{c}\u{1f}") == #""\u0001\b\u000b\f\u001f""#)
  }

  @Test func membersKeepTheirOrder() {
    let names = value.text.split(separator: "\n").filter { $0.hasPrefix("  \"") }.map { $0.split(separator: "\"")[1] }
    #expect(names == ["zebra", "apple", "numbers", "nothing", "empty", "infinite"])
    #expect(JSON.object([.init("a", .array([.integer(1)]))]).text == "{\n  \"a\": [\n    1\n  ]\n}\n")
  }
}
