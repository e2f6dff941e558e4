import Latent
import LatentKernels

/// An `.npz` file in memory: named arrays, as `numpy.savez` and `numpy.savez_compressed` write them.
///
/// It is a zip archive of `.npy` files. The reader is strict: whatever the formats do not allow, or NumPy does not write,
/// is refused with an error that names the file and the fault. The archive is checked at once, an array when it is asked
/// for, its CRC-32 included: what an array is has to be inflated first. Names are never used as paths.
///
///     let file = try NPZFile(contentsOf: "weights.npz")
///     let kernel = try file.tensor("encoder/lstm/kernel")
public struct NPZFile: Sendable {
  /// The path the file was read from, or the name given with its bytes: errors begin with it.
  public let name: String
  /// The names of the arrays, without `.npy`, in the order of the archive.
  public let names: [String]

  private let archive: ZipArchive
  private let indices: [String: Int]
  private let largestInflated: Int

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - largestInflated: The most bytes that a compressed array may take: 2 GiB where nothing else is said. A larger one
  ///     is refused before it is inflated; arrays that are not compressed are as large as the file.
  /// - Throws: ``NumPyError`` if the file cannot be read or breaks a rule of the format.
  public init(contentsOf path: String, largestInflated: Int = 1 << 31) throws(NumPyError) {
    let bytes: [UInt8]
    do { bytes = try AtomicFile.read(path) } catch {
      throw NumPyError(file: path, fault: .unreadable(reason: error.description))
    }
    try self.init(bytes: bytes, name: path, largestInflated: largestInflated)
  }

  /// Reads a file that is in memory already.
  ///
  /// - Parameters:
  ///   - bytes: All bytes of the file.
  ///   - name: What errors call it.
  ///   - largestInflated: The most bytes that a compressed array may take.
  /// - Throws: ``NumPyError`` if the bytes break a rule of the format.
  public init(
    bytes: [UInt8], name: String = "npz bytes", largestInflated: Int = 1 << 31
  ) throws(NumPyError) {
    var names: [String] = []
    do throws(NumPyFault) {
      archive = try ZipArchive(bytes)
      for entry in archive.entries {
        guard entry.name.utf8.suffix(4).elementsEqual(Self.suffix.utf8) else { throw .notAnArray(entry: entry.name) }
        names.append(String(decoding: entry.name.utf8.dropLast(4), as: UTF8.self))
      }
      indices = try Self.indices(names)
    } catch {
      throw NumPyError(file: name, fault: error)
    }
    self.name = name
    self.names = names
    self.largestInflated = largestInflated
  }

  /// The array of this name.
  ///
  /// - Throws: ``NumPyError`` if the file does not have it, or its data breaks a rule of the format.
  public func array(_ name: String) throws(NumPyError) -> StoredArray {
    do throws(NumPyFault) {
      guard let index = indices[name] else { throw .missingArray(name) }
      let content = try archive.content(of: archive.entries[index], limit: largestInflated)
      do throws(NumPyFault) { return try StoredArray(npy: content) } catch { throw .array(name, error) }
    } catch {
      throw NumPyError(file: self.name, fault: error)
    }
  }

  /// The array of this name as ``StoredArray/tensor``.
  ///
  /// - Throws: ``NumPyError`` as ``array(_:)``.
  public func tensor(_ name: String) throws(NumPyError) -> Tensor { try array(name).tensor }

  /// The elements of the array of this name as ``StoredArray/floats``.
  ///
  /// - Throws: ``NumPyError`` as ``array(_:)``.
  public func floats(_ name: String) throws(NumPyError) -> [Float] { try array(name).floats }

  /// The elements of the array of this name as ``StoredArray/doubles``.
  ///
  /// - Throws: ``NumPyError`` as ``array(_:)``.
  public func doubles(_ name: String) throws(NumPyError) -> [Double] { try array(name).doubles }

  /// The elements of the array of this name as whole numbers, row-major; those of U64 are bit patterns.
  ///
  /// - Throws: ``NumPyError`` as ``array(_:)``, and if they are floating-point numbers.
  public func integers(_ name: String) throws(NumPyError) -> [Int64] {
    let array = try array(name)
    guard let integers = array.integers else {
      throw NumPyError(file: self.name, fault: .array(name, .notIntegers(type: array.elementType)))
    }
    return integers
  }

  static let suffix = ".npy"

  private static func indices(_ names: [String]) throws(NumPyFault) -> [String: Int] {
    var indices: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      // Names that differ with their suffix can still be the same for Swift without it: "a" and a combining mark.
      guard indices.updateValue(index, forKey: name) == nil else { throw .duplicateName(name) }
    }
    return indices
  }
}
