/// What the central directory says of an entry.
struct ZipRecord {
  let name: String
  let offset: Int
  private let flags: UInt16
  private let method: UInt16
  private let checksum: UInt32
  private let storedSize: UInt64
  private let size: UInt64
  private let nameBytes: ArraySlice<UInt8>

  /// Sections 4.3.12 and 4.4.
  init(from reader: inout ZipReader) throws(Fault) {
    try reader.expect(signature: ZipSignature.record)
    _ = try reader.take(4)  // versions
    flags = try reader.number()
    method = try reader.number()
    _ = try reader.take(4)  // time and date
    checksum = try reader.number()
    let (storedSize, size) = (try reader.number(UInt32.self), try reader.number(UInt32.self))
    let nameLength = Int(try reader.number(UInt16.self))
    let extraLength = Int(try reader.number(UInt16.self))
    let commentLength = Int(try reader.number(UInt16.self))
    let disk = try reader.number(UInt16.self)
    _ = try reader.take(6)  // attributes
    let offset = try reader.number(UInt32.self)
    nameBytes = try reader.take(nameLength)
    let extra = try reader.take(extraLength)
    _ = try reader.take(commentLength)

    name = try Self.name(nameBytes, flags: flags)
    guard disk == 0 else { throw .severalDisks }
    guard flags & ~(Flag.known | Flag.encrypted) == 0 else {
      throw .damagedArchive("the entry \(quotedName(name)) has unknown flags")
    }
    var wide = try Zip64Extra(extra, entry: name)
    self.size = try wide.value(size)
    self.storedSize = try wide.value(storedSize)
    guard let place = Int(exactly: try wide.value(offset)) else { throw .overlap(name) }
    self.offset = place
  }

  /// Compares with the entry's own header (section 4.3.7) and says where the entry ends.
  func entry(in bytes: [UInt8], directoryStart: Int) throws(Fault) -> (ZipArchive.Entry, end: Int) {
    func agree(_ condition: Bool, _ field: String) throws(Fault) {
      guard condition else {
        throw Fault(
          "the directory and the entry \(quotedName(name)) itself differ in its \(field): the file is "
            + "damaged")
      }
    }
    guard offset <= directoryStart else { throw .overlap(name) }
    var reader = ZipReader(bytes[offset..<directoryStart], "the entry \(quotedName(name))")
    try reader.expect(signature: ZipSignature.entry)
    _ = try reader.take(2)  // version
    try agree(try reader.number(UInt16.self) == flags, "flags")
    try agree(try reader.number(UInt16.self) == method, "method")
    _ = try reader.take(4)  // time and date
    let sum = try reader.number(UInt32.self)
    let (stored32, size32) = (try reader.number(UInt32.self), try reader.number(UInt32.self))
    let nameLength = Int(try reader.number(UInt16.self))
    let extraLength = Int(try reader.number(UInt16.self))
    try agree(try reader.take(nameLength).elementsEqual(nameBytes), "name")
    var wide = try Zip64Extra(try reader.take(extraLength), entry: name)
    let isWide = wide.isPresent
    let (size, stored) = (try wide.value(size32), try wide.value(stored32))
    let isDescribed = flags & Flag.descriptor != 0
    // What is in a descriptor behind the data is 0 here.
    try agree(sum == checksum || (isDescribed && sum == 0), "checksum")
    try agree(size == self.size || (isDescribed && size == 0), "size")
    try agree(stored == storedSize || (isDescribed && stored == 0), "compressed size")
    try agree(method != 0 || self.size == storedSize, "size")

    guard let length = Int(exactly: storedSize), length <= directoryStart - reader.position else {
      throw .overlap(name)
    }
    guard let inflated = Int(exactly: self.size) else {
      throw .damagedArchive("the entry \(quotedName(name)) has a size that cannot be counted")
    }
    let data = reader.position..<(reader.position + length)
    _ = try reader.take(length)
    if isDescribed {
      // Section 4.3.9: others may leave out the signature.
      if reader.bytes.starts(with: ZipSignature.bytes(ZipSignature.descriptor)) { _ = try reader.take(4) }
      try agree(try reader.number(UInt32.self) == checksum, "checksum")
      func number() throws(Fault) -> UInt64 {
        isWide ? try reader.number() : UInt64(try reader.number(UInt32.self))
      }
      try agree(try number() == storedSize, "compressed size")
      try agree(try number() == self.size, "size")
    }
    let entry = ZipArchive.Entry(
      name: name, method: Int(method), isEncrypted: flags & Flag.encrypted != 0, checksum: checksum, size: inflated,
      data: data)
    return (entry, reader.position)
  }

  /// Section 4.4.4. Names are UTF-8 where a flag says so. Others are in the encoding of the machine that wrote them, which
  /// nothing says: UTF-8 too, where they can be, or else each byte a character.
  private static func name(_ bytes: ArraySlice<UInt8>, flags: UInt16) throws(Fault) -> String {
    if let name = String(validating: bytes, as: UTF8.self) { return name }
    guard flags & Flag.unicode == 0 else {
      throw .damagedArchive("a name is not in the encoding that its entry says")
    }
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  private enum Flag {
    /// Bits 0, 6 and 13: encrypted, strongly, and with a hidden header.
    static let encrypted: UInt16 = 1 << 0 | 1 << 6 | 1 << 13
    /// Checksum and sizes follow the data.
    static let descriptor: UInt16 = 1 << 3
    /// The name is UTF-8.
    static let unicode: UInt16 = 1 << 11
    /// Also bits 1 and 2: how hard the deflater tried.
    static let known = 1 << 1 | 1 << 2 | descriptor | unicode
  }
}

/// The extra field with numbers of 64 bits (section 4.5.3): those that are all ones where they should be, in order.
private struct Zip64Extra {
  private var reader: ZipReader
  private(set) var isPresent = false

  init(_ extra: ArraySlice<UInt8>, entry: String) throws(Fault) {
    let what = "an extra field of \(quotedName(entry))"
    reader = ZipReader([], what)
    var fields = ZipReader(extra, what)
    while !fields.isAtEnd {
      let kind = try fields.number(UInt16.self)
      let content = try fields.take(Int(try fields.number(UInt16.self)))
      guard kind == 1 else { continue }
      guard !isPresent else { throw .damagedArchive("\(what) is there twice") }
      isPresent = true
      reader = ZipReader(content, what)
    }
  }

  /// The number that the header gives in 32 bits, or else the next one here.
  mutating func value(_ narrow: UInt32) throws(Fault) -> UInt64 {
    narrow == .max ? try reader.number() : UInt64(narrow)
  }
}
