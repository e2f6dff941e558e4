import LatentKernels

extension NPZFile {
  /// The bytes of an `.npz` file, which have no time stamps: the same input gives the same bytes. Without compression
  /// they are those that `numpy.savez` writes.
  ///
  /// - Parameters:
  ///   - arrays: The arrays, in the order of the file; of any type but BF16, which NumPy does not have.
  ///   - compressed: Whether to deflate them, as `numpy.savez_compressed` does.
  /// - Precondition: No two arrays have the same name.
  public static func encode(_ arrays: [(name: String, array: StoredArray)], compressed: Bool = false) -> [UInt8] {
    var archive = ZipWriter()
    for (name, array) in arrays { archive.add(name + suffix, NPYFile.encode(array), isDeflated: compressed) }
    archive.finish()
    return archive.bytes
  }

  /// Writes an `.npz` file, whole or not at all: into a temporary file in the same folder, which then takes the place of
  /// the old one. The parameters are those of ``encode(_:compressed:)``.
  ///
  /// - Throws: ``FileError`` if the operating system refuses; an old file of that path is then as it was.
  public static func write(
    _ arrays: [(name: String, array: StoredArray)], compressed: Bool = false, to path: String
  ) throws(FileError) {
    try AtomicFile.write(encode(arrays, compressed: compressed), to: path)
  }
}
