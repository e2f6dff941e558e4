/// Changes inputs at random, and the same way for the same seed: bits, bytes, numbers, words of the format, pieces moved,
/// repeated, left out or taken from another input.
public struct FuzzMutator {
  private var state: UInt64
  private let words: [[UInt8]]
  private let longest: Int

  /// - Parameter longest: The most bytes that a changed input may have.
  public init(seed: UInt64, words: [String], longest: Int) {
    state = seed
    self.words = words.map { Array($0.utf8) }
    self.longest = longest
  }

  /// An input made of one of these, and perhaps of a second.
  public mutating func next(from inputs: [[UInt8]]) -> [UInt8] {
    var bytes = inputs[below(inputs.count)]
    for _ in 0...below(4) { change(&bytes, inputs) }
    return Array(bytes.prefix(longest))
  }

  private mutating func change(_ bytes: inout [UInt8], _ inputs: [[UInt8]]) {
    let place = below(bytes.count + 1)
    let length = min(bytes.count - place, 1 + below(below(4) == 0 ? 64 : 8))
    switch below(11) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << below(8)
    case 1 where place < bytes.count: bytes[place] = Self.bytes[below(Self.bytes.count)]
    case 2 where place < bytes.count: bytes[place] &+= UInt8(truncatingIfNeeded: below(9) - 4)
    case 3: bytes.removeSubrange(place..<(place + length))
    case 4: bytes.insert(contentsOf: bytes[place..<(place + length)], at: below(bytes.count + 1))
    case 5: bytes.insert(contentsOf: (0..<1 + below(4)).map { _ in UInt8(below(256)) }, at: place)
    case 6 where !words.isEmpty: bytes.insert(contentsOf: words[below(words.count)], at: place)
    case 7 where !words.isEmpty:
      let word = words[below(words.count)]
      bytes.replaceSubrange(place..<min(place + word.count, bytes.count), with: word)
    case 8:
      // A number of the format, little- or big-endian.
      let width = 1 << below(4)
      let number = Self.numbers[below(Self.numbers.count)]
      var digits = (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
      if below(2) == 0 { digits.reverse() }
      bytes.replaceSubrange(place..<min(place + width, bytes.count), with: digits)
    case 9:
      // A number in the text.
      guard let start = bytes[place...].firstIndex(where: Self.isDigit) else { return }
      let end = bytes[start...].firstIndex { !Self.isDigit($0) } ?? bytes.count
      let number = Self.numbers[below(Self.numbers.count)]
      bytes.replaceSubrange(start..<end, with: Array((below(8) == 0 ? "-1" : "\(number)").utf8))
    case 10:
      let other = inputs[below(inputs.count)]
      let start = below(other.count + 1)
      bytes.replaceSubrange(place..<bytes.count, with: other[start...])
    default: bytes = Array(bytes.prefix(place))
    }
  }

  private static let bytes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF] + Array(" \"'\\{}[](),:=-.0\n".utf8)
  private static let numbers: [UInt64] = [
    0, 1, 2, 3, 7, 8, 64, 127, 128, 255, 256, 0x7FFF, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
    0x1_0000_0000, 1 << 40, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max,
  ]

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// A number in 0..<bound: SplitMix64 (Steele, Lea & Flood 2014).
  private mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return Int(truncatingIfNeeded: UInt64(truncatingIfNeeded: z ^ z >> 31).multipliedFullWidth(by: UInt64(bound)).high)
  }
}
