import LatentKernels

/// An IDX file, as MNIST's authors defined it (LeCun, Cortes, Burges: THE MNIST DATABASE).
///
/// Two zero bytes, the element type (``elementTypes``), the number of dimensions, each dimension as a big-endian 32-bit
/// number, and then the elements, big-endian too and the last dimension fastest.
package struct IDXFile {
  /// What the caller expects; the number of dimensions tells images and labels apart.
  package enum Kind: CaseIterable {
    /// [count], or [count, further facts], as QMNIST has them.
    case labels
    /// [count, height, width], [count, height, width, channels], or [count, size].
    case images
    /// Any array that data are read from.
    case array

    /// How many there may be.
    package var dimensions: ClosedRange<Int> {
      switch self {
      case .labels: 1...2
      case .images: 2...4
      case .array: 1...4
      }
    }
  }

  /// The element types by their codes: unsigned and signed bytes, whole numbers of 16 and 32 bits, floating-point numbers of
  /// 32 and 64.
  package static let elementTypes: [UInt8: StoredElementType] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]

  /// The names that MNIST's authors gave such files, after the part: "train" or "t10k".
  package static func imagesName(_ part: String) -> String { part + "-images-idx3-ubyte" }
  package static func labelsName(_ part: String) -> String { part + "-labels-idx1-ubyte" }

  package let path: String
  package let elementType: StoredElementType
  package let sizes: [Int]
  /// The bytes of the elements, big-endian as in the file.
  package let elements: PixelStorage
  /// The SHA-256 of the whole uncompressed content.
  package let sha256: String
  /// Whether the file goes on behind its gzip data.
  package let hasTrailingBytes: Bool

  /// The most bytes of elements that a header may declare: they and the header's can be counted.
  static let mostBytes = 1 << 62
  /// The most that a gzip file, which is unpacked into memory, may declare.
  static let mostUnpacked = 1 << 31

  /// Reads the whole file, plain or gzip, and checks that it is exactly what its header declares.
  ///
  /// - Parameter place: where the elements are to be, once they are read
  package init(
    path: String, kind: Kind, place: PixelPlace = .memory, expectedCount: Int? = nil
  ) throws(DataError) {
    try self.init(FileReader(path: path), kind: kind, place: place, expectedCount: expectedCount)
  }

  /// Reads a file, plain or gzip, that is in memory already.
  package init(bytes: [UInt8], name: String, kind: Kind) throws(DataError) {
    try self.init(FileReader(bytes: bytes, name: name), kind: kind, place: .memory, expectedCount: nil)
  }

  private init(_ file: FileReader, kind: Kind, place: PixelPlace, expectedCount: Int?) throws(DataError) {
    let path = file.path
    let content = try ContentReader(file)
    let header = try Self.header(of: content, path: path, kind: kind)
    if let expectedCount, header.sizes[0] != expectedCount {
      throw .labelCount(file: path, labels: header.sizes[0], images: expectedCount)
    }
    let count = header.sizes.reduce(header.elementType.byteCount, *)
    let declared = header.bytes.count + count
    if let size = content.plainSize {
      if size < declared { throw .tooShort(file: path, declared: declared, found: size) }
      if size > declared { throw .tooLong(file: path, declared: declared) }
    } else if count > Self.mostUnpacked && !place.keepsInFile(bytes: count) {
      throw .gzipTooLarge(file: path, bytes: declared)
    }
    var hash = SHA256()
    hash.update(header.bytes)
    if let file = content.plainFile, place.keepsInFile(bytes: count) {
      elements = .file(try PixelFile(file, start: header.bytes.count, count: count, hash: &hash))
    } else if place.keepsInFile(bytes: count) && content.plainSize == nil {
      elements = try Self.unpacked(content, count, path: path, headerSize: header.bytes.count, hash: &hash)
      guard try content.read(count: 1).isEmpty else { throw .tooLong(file: path, declared: declared) }
    } else {
      elements = .memory(
        try PixelMemory(count: count, from: content, path: path, headerSize: header.bytes.count, hash: &hash))
      // Reading one byte more also makes zlib check the checksum at the end.
      guard try content.read(count: 1).isEmpty else { throw .tooLong(file: path, declared: declared) }
    }
    self.path = path
    (elementType, sizes) = (header.elementType, header.sizes)
    sha256 = hash.hexDigest()
    hasTrailingBytes = content.hasTrailingBytes
  }

  /// The next `count` bytes of a compressed file, in a scratch file.
  private static func unpacked(
    _ content: ContentReader, _ count: Int, path: String, headerSize: Int, hash: inout SHA256
  ) throws(DataError) -> PixelStorage {
    let scratch = try ScratchFile()
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { memory.deallocate() }
    let work = LongWork("unpacking \(lastName(of: path))", total: count)
    var done = 0
    while done < count {
      let wanted = UnsafeMutableRawBufferPointer(rebasing: memory[..<min(memory.count, count - done)])
      let read = try content.read(into: wanted)
      let found = UnsafeRawBufferPointer(rebasing: wanted[..<read])
      hash.update(found)
      try scratch.write(found, at: done)
      done += read
      if read < wanted.count {
        if content.hasTrailingBytes { throw .gzipTrailingBytes(file: path) }
        throw .tooShort(file: path, declared: headerSize + count, found: headerSize + done)
      }
      work.advance(to: done)
    }
    return try scratch.pixels(count: count)
  }

  /// The header of a file of images or labels.
  package static func header(sizes: [Int]) -> [UInt8] {
    [0, 0, 8, UInt8(sizes.count)] + sizes.flatMap { size in [24, 16, 8, 0].map { UInt8(size >> $0 & 0xff) } }
  }

  private static func header(
    of content: ContentReader, path: String, kind: Kind
  ) throws(DataError) -> (bytes: [UInt8], elementType: StoredElementType, sizes: [Int]) {
    let magic = try content.read(count: 4)
    guard magic.prefix(2).allSatisfy({ $0 == 0 }) else {
      // Of what is in memory already there is no file to look at.
      guard let foreign = ForeignFile(path), ![.gzip, .text].contains(foreign.kind) else { throw .notIDX(file: path) }
      throw .anotherFormat(path: path, help: foreign.help(for: .data))
    }
    guard magic.count == 4 else { throw .tooShort(file: path, declared: 4, found: magic.count) }
    guard let elementType = elementTypes[magic[2]] else { throw .elementType(file: path, code: magic[2]) }
    let dimensions = Int(magic[3])
    guard kind.dimensions.contains(dimensions) else {
      throw .dimensions(file: path, expected: kind == .labels ? 1 : 3, found: dimensions)
    }
    let rest = try content.read(count: 4 * dimensions)
    guard rest.count == 4 * dimensions else {
      throw .tooShort(file: path, declared: 4 + 4 * dimensions, found: 4 + rest.count)
    }
    let sizes = stride(from: 0, to: rest.count, by: 4).map { first in
      rest[first..<first + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    // Each size is below 2³², so the product of three can pass 2⁶³.
    guard !sizes.contains(0), let bytes = elementType.byteCount(shape: sizes), bytes <= mostBytes else {
      throw .sizes(file: path, sizes: sizes)
    }
    return (magic + rest, elementType, sizes)
  }
}

extension IDXFile {
  /// The elements as an array in memory.
  package var array: StoredArray {
    var bytes = elements.withBytes(of: 0..<1, size: elements.count) { Array($0) }
    bytes.withUnsafeMutableBytes { elementType.swapBytes($0) }
    return StoredArray(shape: sizes, elementType: elementType, bytes: bytes)
  }

  /// The elements as an array that stays in its file; nil where they are in memory.
  package var arrayInFile: ArrayInFile? {
    guard case .file(let file) = elements else { return nil }
    return ArrayInFile(file, elementType, shape: sizes, isBigEndian: true)
  }
}
