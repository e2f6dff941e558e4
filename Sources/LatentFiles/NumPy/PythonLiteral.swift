/// A reader of the small part of Python's literals that a `.npy` header is made of: a dictionary whose keys are strings,
/// strings without escapes, `True` and `False`, and tuples of whole numbers that are not negative.
///
/// It does not recurse: the caller asks for what the format allows at each place.
struct PythonLiteral {
  private let text: ArraySlice<UInt8>
  private let isPython3: Bool
  private var position: Int

  /// - Parameters:
  ///   - text: The bytes, in UTF-8 or else in Latin-1.
  ///   - isPython3: Whether it is in UTF-8 and has none of Python 2's long numbers, `3L`.
  init(_ text: ArraySlice<UInt8>, isPython3: Bool) {
    self.text = text
    self.isPython3 = isPython3
    position = text.startIndex
  }

  /// Takes this character, after white space.
  mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
    guard take(character) else { throw fault("'\(character)'") }
  }

  /// Takes the next key of a dictionary and its colon; nil at the dictionary's end, which is taken too.
  mutating func nextKey(isFirst: Bool) throws(Fault) -> String? {
    if !isFirst && !take(",") {
      guard take("}") else { throw fault("',' or '}'") }
      return nil
    }
    if take("}") { return nil }
    let key = try string()
    try expect(":")
    return key
  }

  /// Whether this character comes next, after white space; it is not taken.
  mutating func isNext(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return peek() == UInt8(ascii: character)
  }

  /// Takes a string in single or double quotes, perhaps with Python's u or r before it. Names of types and keys need no
  /// escapes, so there are none.
  mutating func string() throws(Fault) -> String {
    skipSpace()
    if let prefix = peek(), "uUrR".utf8.contains(prefix) { position += 1 }
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw fault("a string in quotes")
    }
    position += 1
    let start = position
    while let byte = peek(), byte != quote {
      guard byte >= 0x20, byte != UInt8(ascii: "\\") else { throw fault("a string without escapes") }
      position += 1
    }
    guard peek() == quote else { throw fault("the end of a string") }
    position += 1
    let content = text[start..<position - 1]
    return isPython3
      ? String(decoding: content, as: UTF8.self)
      : String(String.UnicodeScalarView(content.map { Unicode.Scalar($0) }))
  }

  /// Takes `True` or `False`.
  mutating func boolean() throws(Fault) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw fault("True or False")
  }

  /// Takes a tuple of whole numbers: `()`, `(3,)`, `(3, 4)`.
  mutating func integers(limit: Int) throws(Fault) -> [Int] {
    var values: [Int] = []
    try expect("(")
    while !take(")") {
      guard values.count < limit else { throw Fault("has more than \(limit) dimensions") }
      values.append(try integer())
      if take(",") { continue }
      // Python reads (3) as a number.
      guard values.count > 1, isNext(")") else { throw fault(values.count == 1 ? "','" : "',' or ')'") }
    }
    return values
  }

  /// Checks that nothing but white space is left.
  mutating func expectEnd() throws(Fault) {
    skipSpace()
    guard position == text.endIndex else { throw fault("nothing but space after the dictionary") }
  }

  private mutating func integer() throws(Fault) -> Int {
    skipSpace()
    let value: Int
    do { value = try takeWholeNumber(text, at: &position) } catch { throw fault(error.what) }
    if !isPython3 { _ = take("L") }
    return value
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard isNext(character) else { return false }
    position += 1
    return true
  }

  /// White space, and comments to the end of their lines.
  private mutating func skipSpace() {
    while let byte = peek() {
      if byte == UInt8(ascii: "#") {
        position = text[position...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? text.endIndex
      } else if [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(byte) {
        position += 1
      } else {
        return
      }
    }
  }

  private func peek() -> UInt8? { position < text.endIndex ? text[position] : nil }

  private func fault(_ expected: String) -> Fault {
    .syntax(expected, at: position - text.startIndex)
  }
}
