import Foundation
import LatentData
import LatentFiles
import TestSupport
import Testing

@Suite("Damaged gzip files")
struct DamagedGzipTests {
  private let folder: TemporaryFolder
  private let pixels = elements(3 * 2 * 2)
  private var packed: [UInt8] { gzip(idx(sizes: [3, 2, 2], elements: pixels)) }
  private let name = Name.trainImages + ".gz"

  init() throws {
    folder = try TemporaryFolder()
  }

  private func error(_ content: [UInt8]) throws -> DataError? {
    try folder.write(content, as: name)
    return loadError(folder)
  }

  @Test func everyTruncation() throws {
    for length in 2..<packed.count {
      #expect(try error(Array(packed[..<length])) == .gzipTruncated(file: folder.file(name)), "\(length) bytes")
    }
  }

  /// The checksum must be verified even though all pixels are there before it is read.
  @Test func wrongChecksumAndLength() throws {
    for fromEnd in 1...8 {
      var damaged = packed
      damaged[damaged.count - fromEnd] ^= 0x10
      let reason = fromEnd > 4 ? "incorrect data check" : "incorrect length check"
      #expect(try error(damaged) == .gzipCorrupt(file: folder.file(name), reason: reason))
    }
  }

  /// No flipped bit may change a pixel unnoticed. Bits that mean nothing may be flipped: those of the time and system
  /// in the ten bytes of the header, and the padding in the last byte before the eight of the trailer.
  @Test func everyFlippedBit() throws {
    let packed = packed
    for bit in 0..<packed.count * 8 {
      var damaged = packed
      damaged[bit / 8] ^= 1 << (bit % 8)
      try folder.write(damaged, as: name)
      if let data = try? ImageDataset.idx(folder: folder.path) {
        #expect(bit / 8 < 10 || bit / 8 == packed.count - 9, "bit \(bit) went unnoticed")
        #expect(allPixels(of: data) == pixels)
      }
    }
  }

  /// As gzip itself, which pads with zeros on tapes, and warns of other bytes.
  @Test(arguments: [[0], [UInt8](repeating: 0, count: 512), [UInt8](repeating: 0, count: 200_000)])
  func padding(zeros: [UInt8]) throws {
    for content in [packed + zeros, packed + zeros + gzip([]), packed + zeros + gzip([]) + zeros] {
      try folder.write(content, as: name)
      let data = try ImageDataset.idx(folder: folder.path)
      #expect(allPixels(of: data) == pixels && !data.provenance.contains("ignored"))
    }
  }

  @Test(arguments: [[1], [0x1f], [0x1f, 0], [0x1f, 0x8c, 8, 0], [0, 0, 0x1f], Array("trailing".utf8)])
  func otherBytes(garbage: [UInt8]) throws {
    try folder.write(packed + garbage, as: name)
    let data = try ImageDataset.idx(folder: folder.path)
    #expect(allPixels(of: data) == pixels)
    #expect(data.provenance.hasSuffix("; other bytes after the gzip data of '\(name)' are ignored"))
    // They may be what is left of a member that is missing.
    let start = gzip(Array(idx(sizes: [3, 2, 2], elements: pixels).dropLast()))
    #expect(try error(start + garbage) == .gzipTrailingBytes(file: folder.file(name)))
  }

  /// The bytes after the member start in the reader's next buffer.
  @Test func trailingBytesBeyondTheFirstBuffer() throws {
    var random = SystemRandomNumberGenerator()
    let noise = (0..<37_500).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
    let large = gzip(idx(sizes: [3, 100, 1000], elements: noise))
    #expect(try error(large) == nil)
    #expect(try error(large + [7]) == nil)
    #expect(try error(large + large) == .tooLong(file: folder.file(name), declared: 300_016))
    #expect(try error(large.dropLast()) == .gzipTruncated(file: folder.file(name)))
  }

  @Test func aMemberThatIsCutOffAfterAWholeOne() throws {
    #expect(try error(packed + packed.prefix(5)) == .gzipTruncated(file: folder.file(name)))
    #expect(try error(packed + gzip([]).dropLast()) == .gzipTruncated(file: folder.file(name)))
  }
}
