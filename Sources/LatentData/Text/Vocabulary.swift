import Latent
import LatentFiles

/// What the numbers of a text's tokens stand for.
///
///     let vocabulary = Vocabulary(charactersOf: "abba\n".utf8)
///     vocabulary.count                    // 4: unknown, newline, a, b
///     vocabulary.numbers(of: "bad".utf8)  // [3, 2, 0]
///     vocabulary.text(of: [3, 2, 0])      // "ba\u{FFFD}"
///
/// As JSON: `{"tokens": "characters", "characters": "\nab"}` or `{"tokens": "bytes"}`, and `"lines": true` where a text ends
/// with its line.
public struct Vocabulary: Sendable, Hashable {
  /// What a token is.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// A Unicode scalar, with the end of a line as "\n".
    case characters
    /// A byte.
    case bytes
  }

  /// What a token is.
  public let kind: Kind
  /// The characters with the numbers from 1 on, in Unicode's order; of bytes none.
  public let characters: [Unicode.Scalar]
  /// Whether a text is a line, and the end of the line its last token.
  public let areLines: Bool

  /// The number of a character that it does not have.
  public static let unknown = 0

  /// All bytes, each its own number.
  public static func bytes(areLines: Bool = false) -> Vocabulary {
    Vocabulary(kind: .bytes, characters: [], areLines: areLines)
  }

  /// The characters of a text in UTF-8, and the end of a line.
  public init(charactersOf text: some Sequence<UInt8>, areLines: Bool = false) {
    var isSeen = [Bool](repeating: false, count: Self.scalars)
    if areLines { isSeen[Int(("\n" as Unicode.Scalar).value)] = true }
    Self.forEachScalar(of: text) { isSeen[Int($0.value)] = true }
    let characters = isSeen.indices.compactMap { isSeen[$0] ? Unicode.Scalar(UInt32($0)) : nil }
    self.init(kind: .characters, characters: characters, areLines: areLines)
  }

  fileprivate init(kind: Kind, characters: [Unicode.Scalar], areLines: Bool) {
    (self.kind, self.characters, self.areLines) = (kind, characters, areLines)
  }

  /// C, how many numbers there are: 0 ..< C.
  public var count: Int { kind == .bytes ? 256 : characters.count + 1 }

  /// The number of the end of a line; nil where it has none.
  public var lineEnd: Int? { kind == .bytes ? 10 : characters.firstIndex(of: "\n").map { $0 + 1 } }

  /// The numbers of the tokens of a text in UTF-8, or of any bytes where these are the tokens.
  public func numbers(of text: some Sequence<UInt8>) -> [Int] {
    if kind == .bytes { return text.map { Int($0) } }
    var known = [Int](repeating: Self.unknown, count: Self.scalars)
    for (place, scalar) in characters.enumerated() { known[Int(scalar.value)] = place + 1 }
    var numbers: [Int] = []
    Self.forEachScalar(of: text) { numbers.append(known[Int($0.value)]) }
    return numbers
  }

  /// The text of numbers; up to the end of the first line where texts are lines. What is no character is U+FFFD.
  public func text(of numbers: some Sequence<Int>) -> String {
    String(decoding: bytes(of: numbers), as: UTF8.self)
  }

  /// The same in UTF-8, or the bytes themselves where these are the tokens.
  public func bytes(of numbers: some Sequence<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    let end = areLines ? lineEnd : nil
    for number in numbers {
      if number == end { break }
      require(
        (0..<count).contains(number),
        "Vocabulary: the number \(number) of \(count)"
          + "; it must be in 0..<\(count)")
      if kind == .bytes {
        bytes.append(UInt8(number))
      } else {
        bytes += Array((number == Self.unknown ? "\u{FFFD}" : characters[number - 1]).utf8)
      }
    }
    return bytes
  }

  /// One more than the greatest value of a Unicode scalar.
  private static let scalars = 0x11_0000

  /// The scalars of a text in UTF-8; CR LF is one end of a line.
  private static func forEachScalar(of text: some Sequence<UInt8>, _ body: (Unicode.Scalar) -> Void) {
    var (decoder, bytes, isReturn) = (Unicode.UTF8(), text.makeIterator(), false)
    while true {
      let scalar: Unicode.Scalar?
      switch decoder.decode(&bytes) {
      case .scalarValue(let value): scalar = value
      case .error: scalar = "\u{FFFD}"
      case .emptyInput: scalar = nil
      }
      if isReturn && scalar != "\n" { body("\r") }
      guard let scalar else { return }
      isReturn = scalar == "\r"
      if !isReturn { body(scalar) }
    }
  }
}

extension Vocabulary: Codable {
  private enum Key: String, CodingKey, CaseIterable { case tokens, characters, lines }

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields<Key>(decoder)
    let kind = try fields.oneOf(Kind.self, .tokens)
    let text: String = kind == .bytes ? "" : try fields.value(.characters, "a text")
    let characters = Array(text.unicodeScalars)
    guard zip(characters, characters.dropFirst()).allSatisfy(<) else {
      throw fields.wrong(.characters, "characters in Unicode's order, each once")
    }
    self.init(
      kind: kind, characters: characters, areLines: try fields.value(.lines, else: false, "true or false"))
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(kind, forKey: .tokens)
    if kind == .characters {
      try fields.encode(String(String.UnicodeScalarView(characters)), forKey: .characters)
    }
    if areLines { try fields.encode(true, forKey: .lines) }
  }
}
