import Latent
import LatentKernels

/// An `.npz` file in memory: named arrays, as `numpy.savez` and `numpy.savez_compressed` write them.
///
/// It is a zip archive of `.npy` files. Others that are in it, such as a README, are left alone. What the formats do not
/// allow is refused with an error that names the file and the fault. The archive is checked at once, an array when it is
/// asked for, its CRC-32 included: what an array is has to be inflated first. Names are never used as paths.
///
///     let file = try NPZFile(contentsOf: "weights.npz")
///     let kernel = try file.tensor("encoder/lstm/kernel")
public struct NPZFile: Sendable {
  /// The path the file was read from, or the name given with its bytes: errors begin with it.
  public let name: String
  /// The names of the arrays, without `.npy`, in the order of the archive.
  public let names: [String]

  private let archive: ZipArchive
  /// The place of each array among the archive's entries.
  private let indices: [String: Int]
  private let largestInflated: Int

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - largestInflated: The most bytes that a compressed array may take: 2 GiB where nothing else is said. A larger one
  ///     is refused before it is inflated; arrays that are not compressed are as large as the file.
  /// - Throws: ``FileError`` if the file cannot be read or breaks a rule of the format.
  public init(contentsOf path: String, largestInflated: Int = 1 << 31) throws(FileError) {
    try self.init(bytes: ForeignFile.read(path, for: .model), name: path, largestInflated: largestInflated)
  }

  /// Reads a file that is in memory already.
  ///
  /// - Parameters:
  ///   - bytes: All bytes of the file.
  ///   - name: What errors call it.
  ///   - largestInflated: The most bytes that a compressed array may take.
  /// - Throws: ``FileError`` if the bytes break a rule of the format.
  public init(
    bytes: [UInt8], name: String = "npz bytes", largestInflated: Int = 1 << 31
  ) throws(FileError) {
    do {
      archive = try ZipArchive(bytes)
      indices = try Self.indices(archive)
    } catch {
      throw error.error(in: name, bytes, notA: .npz, for: .model)
    }
    // An archive of something else has no arrays at all.
    if indices.isEmpty, !archive.entries.isEmpty, let foreign = ForeignFile(bytes: bytes, name: name) {
      throw FileError(file: name, reason: foreign.help(for: .model))
    }
    self.name = name
    names = indices.sorted { $0.value < $1.value }.map(\.key)
    self.largestInflated = largestInflated
  }

  /// The entries that are no arrays, in the order of the archive.
  package var otherEntries: [String] {
    let arrays = Set(indices.values)
    return archive.entries.indices.filter { !arrays.contains($0) }.map { archive.entries[$0].name }
  }

  /// The array of this name.
  ///
  /// - Throws: ``FileError`` if the file does not have it, or its data breaks a rule of the format.
  public func array(_ name: String) throws(FileError) -> StoredArray {
    guard let index = indices[name] else {
      throw FileError(file: self.name, reason: "has no array \(quotedName(name))")
    }
    let content: ArraySlice<UInt8>
    do { content = try archive.content(of: archive.entries[index], limit: largestInflated) } catch {
      throw FileError(file: self.name, reason: error.reason)
    }
    do { return try StoredArray(npy: content) } catch {
      throw FileError(file: self.name, reason: "array \(quotedName(name)): \(error.reason)")
    }
  }

  /// The array of this name as ``StoredArray/tensor``.
  ///
  /// - Throws: ``FileError`` as ``array(_:)``.
  public func tensor(_ name: String) throws(FileError) -> Tensor { try array(name).tensor }

  /// The elements of the array of this name as ``StoredArray/floats``.
  ///
  /// - Throws: ``FileError`` as ``array(_:)``.
  public func floats(_ name: String) throws(FileError) -> [Float] { try array(name).floats }

  /// The elements of the array of this name as ``StoredArray/doubles``.
  ///
  /// - Throws: ``FileError`` as ``array(_:)``.
  public func doubles(_ name: String) throws(FileError) -> [Double] { try array(name).doubles }

  /// The elements of the array of this name as whole numbers, row-major; those of U64 are bit patterns.
  ///
  /// - Throws: ``FileError`` as ``array(_:)``, and if they are floating-point numbers.
  public func integers(_ name: String) throws(FileError) -> [Int64] {
    let array = try array(name)
    guard let integers = array.integers else {
      throw FileError(file: self.name, reason: "array \(quotedName(name)): holds \(array.elementType), not integers")
    }
    return integers
  }

  static let suffix = ".npy"

  /// The arrays by their names. Of two entries of one name the last one counts, as in Python.
  private static func indices(_ archive: ZipArchive) throws(Fault) -> [String: Int] {
    var indices: [String: Int] = [:]
    for (index, entry) in archive.entries.enumerated() {
      guard let name = name(of: entry, in: archive) else { continue }
      // Different names can be the same for Swift: "é" of one character and of two.
      let earlier = indices.updateValue(index, forKey: name)
      guard earlier.map({ archive.entries[$0].name.utf8.elementsEqual(entry.name.utf8) }) != false else {
        throw Fault("the name \(quotedName(name)) appears twice")
      }
    }
    return indices
  }

  /// What an array is called: without `.npy`, where it has that. Nil for what is no array: a folder, a text, and what macOS
  /// adds to archives.
  private static func name(of entry: ZipArchive.Entry, in archive: ZipArchive) -> String? {
    let name = entry.name.utf8
    if name.starts(with: "__MACOSX/".utf8) { return nil }
    if name.suffix(4).elementsEqual(suffix.utf8) { return String(decoding: name.dropLast(4), as: UTF8.self) }
    return archive.begins(entry, with: NPYHeader.magic) ? entry.name : nil
  }
}
