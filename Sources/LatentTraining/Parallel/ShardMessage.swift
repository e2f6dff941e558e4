import Latent

/// What a process gives to the others, as bytes: numbers, texts and elements, to be read in the order in which they were
/// written. All processes run one program, so that whoever reads knows what was written; what does not fit ends the program
/// with a line that says so.
public struct ShardMessage: Sendable {
  /// What it is about.
  let name: String
  private(set) var bytes: [UInt8] = []
  private var place = 0

  /// An empty message, to be appended to.
  init(as name: String) {
    self.name = name
    append(name)
  }

  /// A message that has come.
  init(_ bytes: [UInt8], as name: String) {
    self.name = name
    self.bytes = bytes
    if text() != name { stop() }
  }

  /// Appends the bits of a number.
  public mutating func append(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends a text, after its length.
  public mutating func append(_ text: String) { append(count: text.utf8.count, text.utf8) }

  /// Appends elements, after their length in bytes.
  public mutating func append(_ values: Storage) {
    values.withUnsafeBytes { append(count: $0.count, $0) }
  }

  private mutating func append(count: Int, _ content: some Sequence<UInt8>) {
    append(UInt64(count))
    bytes.append(contentsOf: content)
  }

  /// The next number.
  public mutating func number() -> UInt64 {
    guard let end = end(of: 8) else { stop() }
    defer { place = end }
    return bytes[place..<end].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The next number, as one of things that follow.
  mutating func count() -> Int {
    guard let count = Int(exactly: number()) else { stop() }
    return count
  }

  /// The next text.
  public mutating func text() -> String { String(decoding: next(), as: UTF8.self) }

  /// The next elements.
  public mutating func storage(_ element: ElementType) -> Storage {
    let content = next()
    let storage = Storage(count: content.count / element.size, element: element)
    if storage.count * element.size != content.count { stop() }
    storage.withUnsafeMutableBytes { $0.copyBytes(from: content) }
    return storage
  }

  private mutating func next() -> ArraySlice<UInt8> {
    let count = count()
    guard let end = end(of: count) else { stop() }
    defer { place = end }
    return bytes[place..<end]
  }

  private func end(of count: Int) -> Int? { count <= bytes.count - place ? place + count : nil }

  /// Ends the program: what has come is not what should have been written.
  public func stop() -> Never {
    fatalError(
      "the processes of this run compute different things: what came for \(name) is something else; they need the same "
        + "program, options and data")
  }
}
