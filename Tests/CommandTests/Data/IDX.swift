/// IDX files as tests need them, right and wrong.
enum IDX {
  /// Images whose bytes count upwards.
  static func images(_ count: Int, height: Int, width: Int) -> [UInt8] {
    header(3, [count, height, width]) + (0..<count * height * width).map { UInt8(truncatingIfNeeded: $0 &* 7) }
  }

  static func labels(_ count: Int) -> [UInt8] { header(1, [count]) + (0..<count).map { UInt8($0 % 10) } }

  static func header(_ dimensions: UInt8, _ sizes: [Int]) -> [UInt8] {
    [0, 0, 8, dimensions] + sizes.flatMap { size in [24, 16, 8, 0].map { UInt8(size >> $0 & 0xff) } }
  }

  /// A gzip file (RFC 1952) that stores its bytes in one block and ends before the checksum.
  static func truncatedGzip(_ bytes: [UInt8]) -> [UInt8] {
    let (low, high) = (UInt8(bytes.count & 0xff), UInt8(bytes.count >> 8))
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, low, high, ~low, ~high] + bytes.dropLast(10)
  }

  static let trainImages = "data/train-images-idx3-ubyte"
  static let trainLabels = "data/train-labels-idx1-ubyte"
  static let testImages = "data/t10k-images-idx3-ubyte"
}
