import LatentKernels

/// Writes zip archives byte for byte as NumPy does (Python's zipfile with zip64 headers forced): without time stamps.
struct ZipWriter {
  private(set) var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var names = Set<String>()
  /// The largest number that goes into a field of 32 bits; Python's.
  private let limit: Int

  /// - Parameter limit: Smaller in tests of larger numbers.
  init(limit: Int = 1 << 31 - 1) { self.limit = limit }

  /// Adds an entry.
  mutating func add(_ name: String, _ content: [UInt8], isDeflated: Bool) {
    let nameBytes = Array(name.utf8)
    require(names.insert(name).inserted, "zip: two entries have the name \(name)")
    require(nameBytes.count <= 0xFFFF, "zip: a name of \(nameBytes.count) bytes is over the format's limit of 65535")
    let data = isDeflated ? RawDeflate.deflate(content) : content
    let offset = bytes.count
    var common: [UInt8] = []  // what the entry's own header and the directory have alike
    common.append(UInt16(nameBytes.contains { $0 >= 0x80 } ? 1 << 11 : 0))
    common.append(UInt16(isDeflated ? 8 : 0))
    common.append(UInt16(0))  // midnight
    common.append(UInt16(0x21))  // of 1 January 1980, the format's first day
    common.append(RawDeflate.checksum(content[...]))

    bytes.append(ZipSignature.entry)
    bytes.append(Self.version)
    bytes += common
    bytes.append(UInt32.max)
    bytes.append(UInt32.max)
    bytes.append(UInt16(nameBytes.count))
    bytes.append(UInt16(20))
    bytes += nameBytes
    bytes.append(UInt16(1))
    bytes.append(UInt16(16))
    bytes.append(UInt64(content.count))
    bytes.append(UInt64(data.count))
    bytes += data

    var wide: [UInt8] = []
    let isLarge = content.count > limit || data.count > limit
    if isLarge {
      wide.append(UInt64(content.count))
      wide.append(UInt64(data.count))
    }
    if offset > limit { wide.append(UInt64(offset)) }
    directory.append(ZipSignature.record)
    directory.append(Self.version | 3 << 8)  // made on Unix
    directory.append(Self.version)
    directory += common
    directory.append(isLarge ? .max : UInt32(data.count))
    directory.append(isLarge ? .max : UInt32(content.count))
    directory.append(UInt16(nameBytes.count))
    directory.append(UInt16(wide.isEmpty ? 0 : wide.count + 4))
    directory.append(UInt16(0))  // no comment
    directory.append(UInt16(0))  // the first disk
    directory.append(UInt16(0))
    directory.append(UInt32(0o600) << 16)  // readable and writable by its owner
    directory.append(offset > limit ? .max : UInt32(offset))
    directory += nameBytes
    if !wide.isEmpty {
      directory.append(UInt16(1))
      directory.append(UInt16(wide.count))
      directory += wide
    }
  }

  /// Adds the directory: the archive is complete then.
  mutating func finish() {
    let (start, count, size) = (bytes.count, names.count, directory.count)
    bytes += directory
    if count > 0xFFFF || start > limit || size > limit {
      let end = bytes.count
      bytes.append(ZipSignature.zip64End)
      bytes.append(UInt64(44))
      bytes.append(Self.version)
      bytes.append(Self.version)
      bytes.append(UInt64(0))  // disks
      bytes.append(UInt64(count))
      bytes.append(UInt64(count))
      bytes.append(UInt64(size))
      bytes.append(UInt64(start))
      bytes.append(ZipSignature.zip64Locator)
      bytes.append(UInt32(0))
      bytes.append(UInt64(end))
      bytes.append(UInt32(1))
    }
    bytes.append(ZipSignature.end)
    bytes.append(UInt32(0))  // disks
    bytes.append(UInt16(min(count, 0xFFFF)))
    bytes.append(UInt16(min(count, 0xFFFF)))
    bytes.append(UInt32(min(size, 0xFFFF_FFFF)))
    bytes.append(UInt32(min(start, 0xFFFF_FFFF)))
    bytes.append(UInt16(0))  // no comment
  }

  /// 4.5: with zip64.
  private static let version: UInt16 = 45
}

extension [UInt8] {
  /// Appends a number, little-endian.
  fileprivate mutating func append(_ number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
