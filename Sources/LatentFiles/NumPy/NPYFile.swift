import Latent
import LatentKernels

/// A `.npy` file in memory: one array, as `numpy.save` writes it.
///
/// Versions 1.0, 2.0 and 3.0 of the format are read, in C and in Fortran order, little- and big-endian; what is read is
/// row-major and little-endian. The reader takes what NumPy takes, the headers of Python 2 (`3L`) included, and refuses the
/// rest with an error that names the file and the fault. Python objects are never read.
///
///     let images = try NPYFile(contentsOf: "images.npy").tensor
///     try NPYFile.write(StoredArray(images, as: .float16), to: "half.npy")
public struct NPYFile: Sendable {
  /// The path the file was read from, or the name given with its bytes: errors begin with it.
  public let name: String
  /// The array.
  public let array: StoredArray

  /// Reads a file.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``FileError`` if the file cannot be read or breaks a rule of the format.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(bytes: ForeignFile.read(path, for: .array), name: path)
  }

  /// Reads a file that is in memory already.
  ///
  /// - Parameters:
  ///   - bytes: All bytes of the file.
  ///   - name: What errors call it.
  /// - Throws: ``FileError`` if the bytes break a rule of the format.
  public init(bytes: [UInt8], name: String = "npy bytes") throws(FileError) {
    do { array = try StoredArray(npy: bytes[...]) } catch {
      throw error.error(in: name, bytes, notA: .npy, for: .array)
    }
    self.name = name
  }

  /// The type of the elements.
  public var elementType: StoredElementType { array.elementType }
  /// The dimensions; empty for a scalar.
  public var shape: [Int] { array.shape }
  /// The elements as ``StoredArray/floats``.
  public var floats: [Float] { array.floats }
  /// The elements as ``StoredArray/doubles``.
  public var doubles: [Double] { array.doubles }
  /// The array as ``StoredArray/tensor``.
  public var tensor: Tensor { array.tensor }

  /// The elements as whole numbers, row-major; those of U64 are bit patterns.
  ///
  /// - Throws: ``FileError`` if they are floating-point numbers.
  public var integers: [Int64] {
    get throws(FileError) {
      guard let integers = array.integers else {
        throw FileError(file: name, reason: "holds \(elementType), not integers")
      }
      return integers
    }
  }

  /// The bytes of a `.npy` file, which are those that `numpy.save` writes.
  ///
  /// - Parameters:
  ///   - array: The array; of any type but BF16, which NumPy does not have (F32 has the same numbers), and at most 64 dimensions.
  ///   - fortranOrder: Whether the first index varies fastest in the file. As in NumPy, where both orders are the same
  ///     (fewer than two dimensions longer than 1, or no elements), the file says C order.
  ///   - bigEndian: Whether the most significant byte of each element comes first in the file.
  public static func encode(
    _ array: StoredArray, fortranOrder: Bool = false, bigEndian: Bool = false
  ) -> [UInt8] {
    let ordersDiffer = array.count > 0 && array.shape.count { $0 > 1 } > 1
    let header = NPYHeader(
      array.elementType, shape: array.shape, isFortranOrder: fortranOrder && ordersDiffer, isBigEndian: bigEndian)
    var bytes = header.bytes
    let dataStart = bytes.count
    Shortage.checkArray(bytes: array.bytes.count)
    bytes.reserveCapacity(dataStart + array.bytes.count)
    // A row-major array is a column-major one of the reversed shape.
    bytes +=
      header.isFortranOrder ? array.elementType.rowMajor(array.bytes, shape: array.shape.reversed()) : array.bytes
    if bigEndian {
      bytes.withUnsafeMutableBytes {
        array.elementType.swapBytes(UnsafeMutableRawBufferPointer(rebasing: $0[dataStart...]))
      }
    }
    return bytes
  }

  /// Writes a `.npy` file, whole or not at all: into a temporary file in the same folder, which then takes the place of
  /// the old one. The parameters are those of ``encode(_:fortranOrder:bigEndian:)``.
  ///
  /// - Throws: ``FileError`` if the operating system refuses; an old file of that path is then as it was.
  public static func write(
    _ array: StoredArray, fortranOrder: Bool = false, bigEndian: Bool = false, to path: String
  ) throws(FileError) {
    try AtomicFile.write(encode(array, fortranOrder: fortranOrder, bigEndian: bigEndian), to: path)
  }
}

extension StoredArray {
  /// The array of a `.npy` file's bytes.
  init(npy file: ArraySlice<UInt8>) throws(Fault) {
    let (header, data) = try NPYHeader.read(file)
    var bytes = Array(data)
    if header.isBigEndian { bytes.withUnsafeMutableBytes { header.elementType.swapBytes($0) } }
    if header.isFortranOrder { bytes = header.elementType.rowMajor(bytes, shape: header.shape) }
    self.init(shape: header.shape, elementType: header.elementType, bytes: bytes)
  }
}
