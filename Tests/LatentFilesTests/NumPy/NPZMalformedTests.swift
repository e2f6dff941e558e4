import Testing

@testable import LatentFiles

/// Everything that the format forbids is refused, with the fault that it is.
@Suite("Malformed npz files") struct NPZMalformedTests {
  private let two: [(name: String, array: StoredArray)] = [
    ("a", NumPyFixtures.numbers(.uint8, [3])), ("b", NumPyFixtures.numbers(.uint8, [3])),
  ]

  /// The first fault, of the archive or of one of its arrays.
  private func fault(_ bytes: [UInt8], largestInflated: Int = 1 << 31) -> String? {
    do throws(FileError) {
      let file = try NPZFile(bytes: bytes, largestInflated: largestInflated)
      for name in file.names { _ = try file.array(name) }
      return nil
    } catch { return error.reason }
  }

  private func archive(_ entries: [(String, [UInt8])], isDeflated: Bool = false) -> [UInt8] {
    var archive = ZipWriter()
    for (name, content) in entries { archive.add(name, content, isDeflated: isDeflated) }
    archive.finish()
    return archive.bytes
  }

  /// Where each of the archive's parts begins.
  private func places(_ signature: UInt32, in bytes: [UInt8]) -> [Int] {
    let pattern = ZipSignature.bytes(signature)
    return bytes.indices.filter { bytes[$0...].starts(with: pattern) }
  }

  @Test(arguments: [false, true]) func everyTruncation(compressed: Bool) {
    let whole = NPZFile.encode(two, compressed: compressed)
    #expect(fault(whole) == nil)
    for count in 0..<whole.count {
      #expect(
        fault(Array(whole[..<count]))
          == "does not end as a zip archive does: this is not an .npz file, or it is cut off", "\(count) bytes")
    }
    #expect(fault([0] + whole) != nil)
  }

  /// No flipped bit may change an element unnoticed. Bits that mean nothing may be flipped: versions, dates, attributes
  /// and the padding in the last byte of deflated data.
  @Test(arguments: [false, true]) func everyFlippedBit(compressed: Bool) throws {
    let whole = NPZFile.encode(two, compressed: compressed)
    let records = places(ZipSignature.record, in: whole)
    let entries = places(ZipSignature.entry, in: whole)
    var free = Set<Int>()
    for start in entries { free.formUnion([4, 5, 10, 11, 12, 13].map { start + $0 }) }
    for start in records { free.formUnion([4, 5, 6, 7, 12, 13, 14, 15, 36, 37, 38, 39, 40, 41].map { start + $0 }) }
    if compressed { free.formUnion([entries[1] - 1, records[0] - 1]) }
    for bit in 0..<whole.count * 8 {
      var damaged = whole
      damaged[bit / 8] ^= 1 << (bit % 8)
      guard let file = try? NPZFile(bytes: damaged) else { continue }
      guard let a = try? file.array(file.names[0]), let b = try? file.array(file.names[1]) else { continue }
      #expect(a == two[0].array && b == two[1].array)
      #expect(free.contains(bit / 8), "bit \(bit % 8) of byte \(bit / 8) went unnoticed")
    }
  }

  @Test func names() {
    let array = NPYFile.encode(two[0].array)
    #expect(fault(archive([("a.npy", array), ("b", [1])])) == nil)
    var twice = archive([("a.npy", array), ("b.npy", array)])
    for place in twice.indices where twice[place...].starts(with: "b.npy".utf8) { twice[place] = UInt8(ascii: "a") }
    #expect(fault(twice) == nil)
    // Without the flag, nothing says the encoding.
    var latin = archive([("a.npy", array)])
    for place in latin.indices where latin[place...].starts(with: "a.npy".utf8) { latin[place] = 0xE9 }
    #expect((try? NPZFile(bytes: latin))?.names == ["é"])
    var flagged = archive([("ü.npy", array)])
    for place in flagged.indices where flagged[place...].starts(with: "ü.npy".utf8) { flagged[place] = 0xE9 }
    #expect(
      fault(flagged) == "the zip archive is damaged: a name is not in the encoding that its entry says")
    // Two names that are the same for Swift: of one character, and of two.
    var forms = archive([("xx.npy", array), ("yyy.npy", array)])
    for (own, other) in [("xx.npy", "\u{e9}.npy"), ("yyy.npy", "e\u{301}.npy")] {
      for place in forms.indices where forms[place...].starts(with: own.utf8) {
        forms.replaceSubrange(place..<place + own.utf8.count, with: other.utf8)
      }
    }
    #expect(fault(forms) == "the name \"\u{e9}\" appears twice")
  }

  @Test func unknownWays() {
    let whole = NPZFile.encode([two[0]])
    let record = places(ZipSignature.record, in: whole)[0]
    func changed(_ offset: Int, _ bits: UInt8, alsoAt entryOffset: Int?) -> String? {
      var bytes = whole
      bytes[record + offset] ^= bits
      if let entryOffset { bytes[entryOffset] ^= bits }
      return fault(bytes)
    }
    #expect(changed(8, 1, alsoAt: 6) == "the entry \"a.npy\" is encrypted")
    #expect(changed(8, 1 << 6, alsoAt: 6) == "the entry \"a.npy\" is encrypted")
    #expect(
      changed(10, 12, alsoAt: 8)
        == "the entry \"a.npy\" is compressed by method 12; 0 (stored) and 8 (deflate) are read")
    #expect(changed(34, 1, alsoAt: nil) == "is one part of a zip archive of several files; only whole ones are read")
    #expect(
      changed(8, 2, alsoAt: nil)
        == "the directory and the entry \"a.npy\" itself differ in its flags: the file is damaged")
    #expect(changed(8, 2, alsoAt: 6) == nil)
    #expect(
      changed(10, 8, alsoAt: nil)
        == "the directory and the entry \"a.npy\" itself differ in its method: the file is damaged")
    #expect(
      changed(16, 1, alsoAt: nil)
        == "the directory and the entry \"a.npy\" itself differ in its checksum: the file is damaged")
    #expect(
      changed(16, 1, alsoAt: 14) == "the entry \"a.npy\" has another checksum than it should: the file is damaged")
    #expect(
      changed(20, 1, alsoAt: nil)
        == "the directory and the entry \"a.npy\" itself differ in its compressed size: the file is damaged")
    #expect(
      changed(24, 1, alsoAt: nil)
        == "the directory and the entry \"a.npy\" itself differ in its size: the file is damaged")
    #expect(
      changed(46, 2, alsoAt: nil)
        == "the directory and the entry \"c.npy\" itself differ in its name: the file is damaged")
    // A comment that would reach beyond the end of the file.
    for (offset, fault) in [
      (4, "is one part of a zip archive of several files; only whole ones are read"),
      (8, "is one part of a zip archive of several files; only whole ones are read"),
      (20, "does not end as a zip archive does: this is not an .npz file, or it is cut off"),
    ] {
      var bytes = whole
      bytes[whole.count - 22 + offset] ^= 1
      #expect(self.fault(bytes) == fault)
    }
  }

  /// Two records for one entry: as in a bomb of overlapping entries (Fifield 2019), where it is inflated many times.
  @Test func overlaps() {
    var bytes = NPZFile.encode(two)
    let records = places(ZipSignature.record, in: bytes)
    bytes[records[1] + 42] = 0
    bytes[records[1] + 43] = 0
    bytes[records[1] + 46] = UInt8(ascii: "a")
    #expect(fault(bytes) == "the entry \"a.npy\" overlaps other data: the file is damaged")
    // A second header inside the data of the first entry.
    let inner = NPYFile.encode(NumPyFixtures.numbers(.uint8, [3]))
    let hidden = archive([("b.npy", inner)])
    let outer = NPYFile.encode(StoredArray(shape: [hidden.count], elementType: .uint8, bytes: hidden))
    var nested = archive([("a.npy", outer), ("b.npy", inner)])
    let entries = places(ZipSignature.entry, in: nested)
    #expect(entries.count == 3)
    let record = places(ZipSignature.record, in: nested)[2]
    for byte in 0..<4 { nested[record + 42 + byte] = UInt8(entries[1] >> (8 * byte) & 0xFF) }
    #expect(fault(nested) == "the entry \"b.npy\" overlaps other data: the file is damaged")
  }

  @Test func inflatedSizes() {
    let array = NPYFile.encode(NumPyFixtures.numbers(.uint8, [1000]))
    let whole = archive([("a.npy", array)], isDeflated: true)
    #expect(fault(whole, largestInflated: array.count) == nil)
    #expect(
      fault(whole, largestInflated: array.count - 1)
        == "the entry \"a.npy\" would take \(array.count) bytes when inflated, over the limit of \(array.count - 1)")
    // Declared otherwise in both places.
    let record = places(ZipSignature.record, in: whole)[0]
    for (difference, reason) in [(-1, "it continues after 1127 bytes"), (1, "it has 1128 bytes, not 1129")] {
      var bytes = whole
      let size = array.count + difference
      for place in [record + 24, 30 + 5 + 4] {
        bytes[place] = UInt8(size & 0xFF)
        bytes[place + 1] = UInt8(size >> 8)
      }
      #expect(fault(bytes) == "the data of the entry \"a.npy\" is damaged: \(reason)")
    }
  }

  @Test func faultsOfAnArray() {
    let bytes = archive([("a.npy", npyBytes("{'descr': '|O'}"))])
    #expect(fault(bytes) == "array \"a\": holds Python objects (type O), which are never read; save it as numbers")
    let error = #expect(throws: FileError.self) { try NPZFile(bytes: bytes, name: "w.npz").array("a") }
    #expect(
      error?.description
        == #"w.npz: array "a": holds Python objects (type O), which are never read; save it as numbers"#)
  }
}
