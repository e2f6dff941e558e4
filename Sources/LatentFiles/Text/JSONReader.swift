/// A strict reader of JSON (RFC 8259): the caller takes what may stand at each place of a document.
///
/// `JSONDecoder` keeps one of two equal keys and says nothing, reads 1.0 as a whole number, and loses the order of keys; this
/// reader shows every key in its place. It does not recurse, so no nesting in the input can exhaust the stack.
struct JSONReader {
  let text: [UInt8]
  var position = 0

  /// - Parameter text: The bytes, checked to be UTF-8.
  init(_ text: [UInt8]) { self.text = text }

  /// Takes this character, after white space.
  mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
    guard take(character) else { throw fault("'\(character)'") }
  }

  /// Takes the next key of an object and its colon; nil at the object's end, which is taken too.
  mutating func nextKey(isFirst: Bool) throws(Fault) -> String? {
    if take("}") { return nil }
    if !isFirst && !take(",") { throw fault("',' or '}'") }
    let key = try string()
    try expect(":")
    return key
  }

  /// Takes an array of whole numbers.
  ///
  /// - Parameter count: How many it must have; nil for any number.
  mutating func integers(count: Int? = nil) throws(Fault) -> [Int] {
    var values: [Int] = []
    try expect("[")
    while !take("]") {
      if !values.isEmpty && !take(",") { throw fault("',' or ']'") }
      values.append(try integer())
      if let count, values.count > count { throw fault("\(count) numbers") }
    }
    if let count, values.count != count { throw fault("\(count) numbers") }
    return values
  }

  /// Takes a string and resolves its escapes.
  mutating func string() throws(Fault) -> String {
    try expect("\"")
    var content: [UInt8] = []
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position += 1
        content.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw fault("an escape instead of a control character")
      default:
        position += 1
        content.append(byte)
      }
    }
    throw fault("'\"'")
  }

  /// Whether this character comes next, after white space; it is not taken.
  mutating func isNext(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return peek() == UInt8(ascii: character)
  }

  /// Takes `null`, if that comes next.
  mutating func takeNull() throws(Fault) -> Bool {
    guard isNext("n") else { return false }
    try expectWord("null")
    return true
  }

  /// Checks that nothing but white space is left: the format pads with spaces, and others with what JSON allows.
  mutating func expectEnd() throws(Fault) {
    skipSpace()
    guard position == text.count else { throw fault("nothing but white space at the end") }
  }

  private mutating func escape() throws(Fault) -> Unicode.Scalar {
    guard let byte = peek() else { throw fault("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try escapedScalar()
    default:
      position -= 1
      throw fault("an escape that JSON knows")
    }
  }

  /// Takes the digits of `\uXXXX`, and the second half of a surrogate pair where the first one calls for it.
  private mutating func escapedScalar() throws(Fault) -> Unicode.Scalar {
    let high = try hexadecimal()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, peek() == UInt8(ascii: "\\"), peek(ahead: 1) == UInt8(ascii: "u") else {
      throw fault("the second half of a surrogate pair")
    }
    position += 2
    let low = try hexadecimal()
    guard (0xDC00...0xDFFF).contains(low) else { throw fault("the second half of a surrogate pair") }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))!
  }

  private mutating func hexadecimal() throws(Fault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = peek().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw fault("four hexadecimal digits")
      }
      position += 1
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private mutating func integer() throws(Fault) -> Int {
    skipSpace()
    do { return try takeWholeNumber(text[...], at: &position) } catch { throw fault(error.what) }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard isNext(character) else { return false }
    position += 1
    return true
  }

  mutating func expectWord(_ word: String) throws(Fault) {
    for byte in word.utf8 {
      guard peek() == byte else { throw fault(word) }
      position += 1
    }
  }

  mutating func skipSpace() {
    while let byte = peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  func peek(ahead: Int = 0) -> UInt8? { position + ahead < text.count ? text[position + ahead] : nil }

  func fault(_ expected: String) -> Fault { .syntax(expected, at: position) }
}
