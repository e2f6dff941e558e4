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

  @Test func membersKeepTheirOrder() {
    let names = value.text.split(separator: "\n").filter { $0.hasPrefix("  \"") }.map { $0.split(separator: "\"")[1] }
    #expect(names == ["zebra", "apple", "numbers", "nothing", "empty", "infinite"])
    #expect(JSON.object([.init("a", .array([.integer(1)]))]).text == "{\n  \"a\": [\n    1\n  ]\n}\n")
  }
}
