import LatentKernels

/// An array that is to stay in its file, in C order: of a `.npy` or IDX file, or a tensor of a safetensors file.
package struct ArrayInFile {
  package let elementType: StoredElementType
  /// The dimensions.
  package let shape: [Int]
  /// Whether the most significant byte of each element comes first.
  package let isBigEndian: Bool
  /// The bytes of all elements.
  private let elements: PixelFile

  /// NumPy writes headers of 128 bytes.
  private static let mostHeader = 1 << 16

  /// Nil where the elements are to be in memory, or anything is wrong with the file: ``NPYFile`` reads it then, or says what it
  /// is.
  package init?(npy path: String, place: PixelPlace) {
    guard let file = try? OpenFile(path: path), place.keepsInFile(bytes: file.size),
      let head = try? AtomicFile.read(path, from: 0, count: Self.mostHeader),
      let (header, data) = try? NPYHeader.read(head[...], following: max(0, file.size - head.count)),
      !header.isFortranOrder,
      let elements = try? PixelFile(
        file, start: data.startIndex, count: header.shape.reduce(header.elementType.byteCount, *))
    else { return nil }
    self.init(elements, header.elementType, shape: header.shape, isBigEndian: header.isBigEndian)
  }

  /// A tensor of a safetensors file whose header was read.
  init?(_ entry: SafetensorsFile.Entry, in path: String, dataStart: Int) {
    guard let file = try? OpenFile(path: path),
      let elements = try? PixelFile(
        file, start: dataStart + entry.byteRange.lowerBound, count: entry.byteRange.count)
    else { return nil }
    self.init(elements, entry.elementType, shape: entry.shape, isBigEndian: false)
  }

  /// One whose bytes are known.
  init(_ elements: PixelFile, _ elementType: StoredElementType, shape: [Int], isBigEndian: Bool) {
    (self.elements, self.elementType, self.shape, self.isBigEndian) = (elements, elementType, shape, isBigEndian)
  }

  /// The bytes of the first examples, of N along the first dimension.
  ///
  /// - Throws: ``DataError`` where the file ends before
  package func rows(_ count: Int) throws(DataError) -> PixelFile {
    try elements.prefix(count * rowBytes)
  }

  /// Bytes of an example.
  package var rowBytes: Int { shape.dropFirst().reduce(elementType.byteCount, *) }

  /// The first so many bytes, all of which are read once and added to the hash.
  ///
  /// - Throws: ``DataError`` where they can't be read
  package func pixels(count: Int, hash: inout SHA256) throws(DataError) -> PixelStorage {
    .file(try elements.prefix(count, hash: &hash))
  }
}

/// What the header of a safetensors file says, of which the tensors stay where they are.
package struct SafetensorsIndex {
  package let tensors: [SafetensorsFile.Entry]
  private let path: String
  private let dataStart: Int

  /// Nil where the file is to be in memory, or anything is wrong with it: ``SafetensorsFile`` reads it then, or says what it is.
  package init?(path: String, place: PixelPlace) {
    guard let size = AtomicFile.size(of: path), place.keepsInFile(bytes: size),
      let head = try? AtomicFile.read(path, from: 0, count: 8), head.count == 8
    else { return nil }
    let length = UInt64(littleEndian: head.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    guard length <= SafetensorsFile.headerLimit,
      let json = try? AtomicFile.read(path, from: 8, count: Int(length)), json.count == Int(length),
      let header = try? SafetensorsHeader(json: json), (try? header.check(dataByteCount: size - 8 - Int(length))) != nil
    else { return nil }
    (tensors, self.path, dataStart) = (header.tensors, path, 8 + Int(length))
  }

  /// A tensor that stays in the file; nil where there is none of this name.
  package func inFile(_ name: String) -> ArrayInFile? {
    tensors.first { $0.name == name }.flatMap { ArrayInFile($0, in: path, dataStart: dataStart) }
  }

  /// A tensor in memory.
  ///
  /// - Throws: ``FileError`` where there is none of this name, or the file can't be read
  package func array(_ name: String) throws(FileError) -> StoredArray {
    guard let entry = tensors.first(where: { $0.name == name }) else {
      throw FileError(file: path, reason: "has no tensor \(quotedName(name))")
    }
    let bytes = try AtomicFile.read(path, from: dataStart + entry.byteRange.lowerBound, count: entry.byteRange.count)
    guard bytes.count == entry.byteRange.count else { throw FileError(file: path, reason: "is cut off") }
    return StoredArray(shape: entry.shape, elementType: entry.elementType, bytes: bytes)
  }
}
