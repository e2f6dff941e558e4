import LatentKernels
import Testing

@Suite struct ChecksumTests {
  /// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
  @Test(
    arguments: [
      ([UInt8](repeating: 0, count: 32), 0x8a91_36aa), ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
      ((0..<32).map { UInt8($0) }, 0x46dd_794e), ((0..<32).reversed().map { UInt8($0) }, 0x113f_db5c),
      (
        [
          0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0,
          0x18,
          0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
        ], 0xd996_3a56
      ),
      (Array("123456789".utf8), 0xe306_9283), ([], 0),
    ] as [([UInt8], UInt32)])
  func crc32cOfPublishedExamples(bytes: [UInt8], expected: UInt32) {
    #expect(Checksum.crc32c(bytes) == expected)
  }

  /// The sanity checks of xxHash's own repository: bytes of its generator, all with the seed 0.
  @Test(
    arguments: [
      (0, 0xEF46_DB37_51D8_E999), (1, 0xE934_A84A_DB05_2768), (4, 0x9136_A0DC_A574_57EE),
      (14, 0x8282_DCC4_994E_35C8), (222, 0xB641_AE8C_B691_C174),
    ] as [(Int, UInt64)])
  func xxh64OfPublishedExamples(count: Int, expected: UInt64) {
    var generator: UInt64 = 2_654_435_761
    let bytes = (0..<count).map { _ -> UInt8 in
      defer { generator = generator &* 11_400_714_785_074_694_797 }
      return UInt8(generator >> 56)
    }
    #expect(Checksum.xxh64(bytes) == expected)
  }

  @Test func storagesAreHashedByTheirBytes() {
    let values: [Double] = [1, -2, 3.5, 0, -0.0, 7, 8, 9, 10]
    for element in [ElementType.float32, .float64] {
      let storage = Storage(count: 9, element: element)
      storage.withUnsafeMutableBytes { bytes in
        if element == .float32 {
          for (index, value) in values.enumerated() { bytes.bindMemory(to: Float.self)[index] = Float(value) }
        } else {
          for (index, value) in values.enumerated() { bytes.bindMemory(to: Double.self)[index] = value }
        }
      }
      let bytes = storage.withUnsafeBytes { Array($0) }
      #expect(storage.xxh64() == Checksum.xxh64(bytes))
      #expect(storage[1..<9].xxh64() == Checksum.xxh64(Array(bytes[element.size...])))
      let before = storage.xxh64()
      // The sign of a zero alone.
      storage.withUnsafeMutableBytes { $0[4 * element.size - 1] ^= 0x80 }
      #expect(storage.xxh64() != before)
    }
    #expect(Storage(count: 0, element: .float32).xxh64() == 0xEF46_DB37_51D8_E999)
  }
}
