/// Names in the order that people expect: digits count as numbers, so that 9.png comes before 10.png.
struct NaturalOrder: Comparable {
  let name: String
  private let parts: [Part]

  /// A run of digits, or of what else stands between them.
  private enum Part: Comparable {
    /// Digits without leading zeros, a number of more digits being the larger one.
    case number(length: Int, digits: [UInt8])
    case text([UInt8])

    static func < (a: Part, b: Part) -> Bool {
      switch (a, b) {
      case (.number(let m, let x), .number(let n, let y)): m != n ? m < n : x.lexicographicallyPrecedes(y)
      case (.number, .text): true
      case (.text, .number): false
      case (.text(let x), .text(let y)): x.lexicographicallyPrecedes(y)
      }
    }
  }

  init(_ name: String) {
    self.name = name
    let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    var rest = Array(name.utf8)[...]
    var parts: [Part] = []
    while let first = rest.first {
      let run = rest.prefix { isDigit($0) == isDigit(first) }
      rest = rest.dropFirst(run.count)
      let digits = run.drop { $0 == UInt8(ascii: "0") }
      parts.append(isDigit(first) ? .number(length: digits.count, digits: Array(digits)) : .text(Array(run)))
    }
    self.parts = parts
  }

  /// The whole number that the name is before its last dot; nil for other names.
  static func number(of name: String) -> Int? {
    let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
    return !stem.isEmpty && stem.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) ? Int(stem) : nil
  }

  static func < (a: NaturalOrder, b: NaturalOrder) -> Bool {
    if a.parts != b.parts { return a.parts.lexicographicallyPrecedes(b.parts) }
    return Array(a.name.utf8).lexicographicallyPrecedes(Array(b.name.utf8))
  }
}
