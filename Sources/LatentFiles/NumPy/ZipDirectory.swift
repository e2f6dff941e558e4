/// The central directory of a zip archive, which is at its end.
struct ZipDirectory {
  /// Where it begins.
  let start: Int
  let records: [ZipRecord]

  /// Sections 4.3.12 to 4.3.16: the records, a zip64 end and its locator where numbers are too large for the end record,
  /// and the end record, each of which must follow the one before without a gap.
  init(_ bytes: [UInt8]) throws(Fault) {
    guard var limit = Self.end(of: bytes) else {
      throw Fault("does not end as a zip archive does: this is not an .npz file, or it is cut off", mayBeForeign: true)
    }
    var end = ZipReader(bytes[(limit + 4)...], "the end record")
    let disks = (try end.number(UInt16.self), try end.number(UInt16.self))
    let counts = (try end.number(UInt16.self), try end.number(UInt16.self))
    let (size32, offset32) = (try end.number(UInt32.self), try end.number(UInt32.self))
    guard disks == (0, 0), counts.0 == counts.1 else { throw .severalDisks }

    var (count, size, offset) = (UInt64(counts.0), UInt64(size32), UInt64(offset32))
    // Python writes the wide record from 2 GiB on, where the narrow one still has room.
    let mayBeWide = limit >= 20 && bytes[(limit - 20)...].starts(with: ZipSignature.bytes(ZipSignature.zip64Locator))
    if mayBeWide || counts.0 == .max || size32 == .max || offset32 == .max {
      let wide = try Self.zip64End(bytes, before: limit)
      let said = (count, size, offset)
      (count, size, offset, limit) = (wide.count, wide.size, wide.offset, wide.start)
      guard said.0 == min(count, 0xFFFF), said.1 == min(size, 0xFFFF_FFFF), said.2 == min(offset, 0xFFFF_FFFF) else {
        throw .damagedArchive("its two end records differ")
      }
    }
    guard offset <= UInt64(limit), size == UInt64(limit) - offset else {
      throw .damagedArchive("the directory does not lie right before the end record")
    }
    start = Int(offset)
    var reader = ZipReader(bytes[start..<limit], "the directory")
    var records: [ZipRecord] = []
    while !reader.isAtEnd { records.append(try ZipRecord(from: &reader)) }
    guard UInt64(records.count) == count else {
      throw .damagedArchive("the directory has \(records.count) entries, not \(count)")
    }
    self.records = records
  }

  /// Where the end record begins: the last one whose comment is in the file. As in Python, other bytes may follow.
  private static func end(of bytes: [UInt8]) -> Int? {
    let (size, longestComment) = (22, 0xFFFF)
    guard bytes.count >= size else { return nil }
    let signature = ZipSignature.bytes(ZipSignature.end)
    let last = bytes.count - size
    return (max(0, last - longestComment)...last).reversed().first { place in
      bytes[place...].starts(with: signature)
        && Int(bytes[place + 20]) | Int(bytes[place + 21]) << 8 <= last - place
    }
  }

  private static func zip64End(
    _ bytes: [UInt8], before end: Int
  ) throws(Fault) -> (count: UInt64, size: UInt64, offset: UInt64, start: Int) {
    let (recordSize, locatorSize) = (56, 20)
    guard end >= recordSize + locatorSize else { throw .damagedArchive("it lacks the zip64 end record") }
    let start = end - locatorSize - recordSize
    var locator = ZipReader(bytes[(end - locatorSize)..<end], "the zip64 locator")
    try locator.expect(signature: ZipSignature.zip64Locator)
    guard try locator.number(UInt32.self) == 0 else { throw .severalDisks }
    let place = try locator.number(UInt64.self)
    guard try locator.number(UInt32.self) <= 1 else { throw .severalDisks }
    // The record may have room for what nobody defined: then it is longer, and not found here.
    guard place == UInt64(start) else { throw .damagedArchive("the zip64 locator leads elsewhere") }
    var record = ZipReader(bytes[start..<(start + recordSize)], "the zip64 end record")
    try record.expect(signature: ZipSignature.zip64End)
    guard try record.number(UInt64.self) == UInt64(recordSize - 12) else {
      throw .damagedArchive("the zip64 end record has another length")
    }
    _ = try record.take(4)  // versions
    let disks = (try record.number(UInt32.self), try record.number(UInt32.self))
    let counts = (try record.number(UInt64.self), try record.number(UInt64.self))
    guard disks == (0, 0), counts.0 == counts.1 else { throw .severalDisks }
    return (counts.0, try record.number(UInt64.self), try record.number(UInt64.self), start)
  }
}

/// What the parts of an archive begin with.
enum ZipSignature {
  static let entry: UInt32 = 0x0403_4B50
  static let descriptor: UInt32 = 0x0807_4B50
  static let record: UInt32 = 0x0201_4B50
  static let zip64End: UInt32 = 0x0606_4B50
  static let zip64Locator: UInt32 = 0x0706_4B50
  static let end: UInt32 = 0x0605_4B50

  static func bytes(_ signature: UInt32) -> [UInt8] { withUnsafeBytes(of: signature.littleEndian) { Array($0) } }
}
