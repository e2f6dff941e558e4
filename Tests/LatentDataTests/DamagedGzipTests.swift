import Foundation
import LatentData
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
      if let data = try? Dataset.idx(folder: folder.path) {
        #expect(bit / 8 < 10 || bit / 8 == packed.count - 9, "bit \(bit) went unnoticed")
        #expect(data.withPixels { Array($0) } == pixels)
      }
    }
  }

  @Test(arguments: [[0], [0x1f, 0], [0x1f, 0x8c, 8, 0], Array("trailing".utf8), [UInt8](repeating: 0, count: 512)])
  func trailingBytes(garbage: [UInt8]) throws {
    #expect(try error(packed + garbage) == .gzipTrailingBytes(file: folder.file(name)))
  }

  /// The bytes after the member start in the reader's next buffer.
  @Test func trailingBytesBeyondTheFirstBuffer() throws {
    var random = SystemRandomNumberGenerator()
    let noise = (0..<37_500).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
    let large = gzip(idx(sizes: [3, 100, 1000], elements: noise))
    #expect(try error(large) == nil)
    #expect(try error(large + [7]) == .gzipTrailingBytes(file: folder.file(name)))
    #expect(try error(large + large) == .tooLong(file: folder.file(name), declared: 300_016))
    #expect(try error(large.dropLast()) == .gzipTruncated(file: folder.file(name)))
  }

  @Test func aMemberThatIsCutOffAfterAWholeOne() throws {
    #expect(try error(packed + packed.prefix(5)) == .gzipTruncated(file: folder.file(name)))
    #expect(try error(packed + gzip([]).dropLast()) == .gzipTruncated(file: folder.file(name)))
  }
}
