import LatentKernels

/// The unsigned bytes of a `.npy` file, in C order, that are to stay in the file.
package struct NPYPixels {
  /// The dimensions.
  package let shape: [Int]
  private let file: OpenFile
  /// Where the elements begin in the file.
  private let start: Int

  /// NumPy writes headers of 128 bytes.
  private static let mostHeader = 1 << 16

  /// Nil where the elements are to be in memory, or are others, or anything is wrong with the file: ``NPYFile`` reads it then,
  /// or says what it is.
  package init?(path: String, place: PixelPlace) {
    guard let file = try? OpenFile(path: path), place.keepsInFile(bytes: file.size),
      let head = try? AtomicFile.read(path, from: 0, count: Self.mostHeader),
      let (header, data) = try? NPYHeader.read(head[...], following: max(0, file.size - head.count)),
      header.elementType == .uint8, !header.isFortranOrder
    else { return nil }
    (shape, self.file, start) = (header.shape, file, data.startIndex)
  }

  /// The first so many bytes, all of which are read once and added to the hash.
  ///
  /// - Throws: ``DataError`` where they can't be read
  package func storage(count: Int, hash: inout SHA256) throws(DataError) -> PixelStorage {
    .file(try PixelFile(file, start: start, count: count, hash: &hash))
  }
}
