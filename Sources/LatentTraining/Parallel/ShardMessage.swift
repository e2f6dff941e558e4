import Latent

/// What a process tells the others of one of its shards, as bytes: a name, then texts and elements, each after its length.
/// All processes run one program, so that whoever reads knows what was written.
struct ShardMessage {
  /// What it is about.
  let name: String
  private(set) var bytes: [UInt8] = []
  private var place = 0

  /// An empty message, to be appended to.
  init(as name: String) {
    self.name = name
    append(name)
  }

  /// A message that has come, to be read in the order in which it was written.
  init(_ bytes: [UInt8], as name: String) {
    self.name = name
    self.bytes = bytes
    if text() != name { ShardMessage.stop(name) }
  }

  mutating func append(_ text: String) { append(count: text.utf8.count, text.utf8) }

  mutating func append(_ values: Storage) {
    values.withUnsafeBytes { append(count: $0.count, $0) }
  }

  private mutating func append(count: Int, _ content: some Sequence<UInt8>) {
    withUnsafeBytes(of: UInt64(count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: content)
  }

  mutating func text() -> String { String(decoding: next(), as: UTF8.self) }

  mutating func storage(_ element: ElementType) -> Storage {
    let content = next()
    let storage = Storage(count: content.count / element.size, element: element)
    if storage.count * element.size != content.count { ShardMessage.stop(name) }
    storage.withUnsafeMutableBytes { $0.copyBytes(from: content) }
    return storage
  }

  private mutating func next() -> ArraySlice<UInt8> {
    guard let start = end(of: 8) else { ShardMessage.stop(name) }
    let count = bytes[place..<start].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    place = start
    guard let count = Int(exactly: count), let end = end(of: count) else { ShardMessage.stop(name) }
    defer { place = end }
    return bytes[place..<end]
  }

  private func end(of count: Int) -> Int? { count <= bytes.count - place ? place + count : nil }

  static func stop(_ name: String) -> Never {
    fatalError(
      "the processes of this run compute different things: what came for \(name) is something else; they need the same "
        + "program, options and data")
  }
}
