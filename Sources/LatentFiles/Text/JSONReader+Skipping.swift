extension JSONReader {
  /// The deepest nesting that the reference implementation reads, from the header's own object on.
  private static let deepest = 127

  /// Takes any value and checks that it is JSON: what the format does not know is no fault.
  ///
  /// - Parameter depth: objects and arrays that the value is inside of
  mutating func skipValue(depth: Int) throws(Fault) {
    // Whether each of the objects and arrays that are open is an object.
    var open: [Bool] = []
    repeat {
      if take("{") {
        open.append(true)
      } else if take("[") {
        open.append(false)
      } else {
        try skipScalar()
        try skipEnds(&open)
        continue
      }
      guard depth + open.count <= Self.deepest else { throw fault("at most \(Self.deepest) levels of nesting") }
      if take(open.last! ? "}" : "]") {
        open.removeLast()
        try skipEnds(&open)
      } else if open.last! {
        _ = try string()
        try expect(":")
      }
    } while !open.isEmpty
  }

  /// Behind a value: the ends of what is complete, then the comma before the next value, and its key in an object.
  private mutating func skipEnds(_ open: inout [Bool]) throws(Fault) {
    while let isObject = open.last {
      if take(isObject ? "}" : "]") {
        open.removeLast()
        continue
      }
      guard take(",") else { throw fault("',' or '\(isObject ? "}" : "]")'") }
      if isObject {
        _ = try string()
        try expect(":")
      }
      return
    }
  }

  private mutating func skipScalar() throws(Fault) {
    switch peek() {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try expectWord("true")
    case UInt8(ascii: "f"): try expectWord("false")
    case UInt8(ascii: "n"): try expectWord("null")
    default: try skipNumber()
    }
  }

  mutating func skipNumber() throws(Fault) {
    let start = position
    if peek() == UInt8(ascii: "-") { position += 1 }
    let first = position
    try skipDigits()
    guard text[first] != UInt8(ascii: "0") || position == first + 1 else {
      throw fault("a number without leading zeros")
    }
    if peek() == UInt8(ascii: ".") {
      position += 1
      try skipDigits()
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      position += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
      try skipDigits()
    }
    guard Double(String(decoding: text[start..<position], as: UTF8.self))?.isFinite == true else {
      throw fault("a number that is not infinite")
    }
  }

  private mutating func skipDigits() throws(Fault) {
    let start = position
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw fault("a value") }
  }
}
