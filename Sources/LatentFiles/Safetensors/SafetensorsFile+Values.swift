import Latent
import LatentKernels

extension SafetensorsFile {
  /// The elements of a tensor as float64, row-major.
  ///
  /// Every stored type converts without loss, except integers beyond 2^53, which are rounded to nearest.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Throws: ``FileError`` if the file does not have it.
  public func doubles(_ name: String) throws(FileError) -> [Double] {
    let (entry, data) = try stored(name)
    return data.withUnsafeBytes { entry.elementType.values($0) }
  }

  /// The elements of a tensor as float32, row-major.
  ///
  /// F16, BF16 and integers up to 2^24 convert without loss; F64 and larger integers are rounded to nearest.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Throws: ``FileError`` if the file does not have it.
  public func floats(_ name: String) throws(FileError) -> [Float] {
    let (entry, data) = try stored(name)
    return data.withUnsafeBytes { entry.elementType.values($0) }
  }

  /// The elements of a tensor of integers (or of BOOL: 0 and 1), row-major; U64 beyond 2^63 wraps around, so that
  /// `UInt64(bitPattern:)` brings it back.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Throws: ``FileError`` if the file does not have it, or if it holds floating-point numbers.
  public func integers(_ name: String) throws(FileError) -> [Int64] {
    let (entry, data) = try stored(name)
    guard entry.elementType.isInteger else {
      throw FileError(
        file: self.name, reason: "tensor \(quotedName(name)) holds \(entry.elementType), not integers")
    }
    return data.withUnsafeBytes { entry.elementType.values($0) }
  }

  /// All tensors by their names, each as ``tensor(_:as:)`` gives it by default.
  ///
  /// - Throws: ``FileError``
  public func allTensors() throws(FileError) -> [String: Tensor] {
    var all: [String: Tensor] = [:]
    for entry in tensors { all[entry.name] = try tensor(entry.name) }
    return all
  }

  /// The tensor of this name: by default F64 as float64 and all other types as float32, to which F16, BF16 and integers up to
  /// 2^24 convert without loss.
  ///
  /// - Parameter element: What the numbers are rounded to, to nearest. BF16 as bfloat16 takes half the memory of float32, with
  ///   the same numbers.
  /// - Throws: ``FileError`` if the file does not have it.
  public func tensor(_ name: String, as element: ElementType? = nil) throws(FileError) -> Tensor {
    let (entry, data) = try stored(name)
    return data.withUnsafeBytes { Tensor(stored: $0, entry.elementType, shape: entry.shape, as: element) }
  }

  /// The tensor as it is stored.
  ///
  /// - Throws: ``FileError`` if the file does not have it.
  public func array(_ name: String) throws(FileError) -> StoredArray {
    let (entry, data) = try stored(name)
    return StoredArray(shape: entry.shape, elementType: entry.elementType, bytes: Array(data))
  }

  /// The bytes of a tensor as they are stored: little-endian, row-major.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Throws: ``FileError`` if the file does not have it.
  public func rawBytes(_ name: String) throws(FileError) -> [UInt8] { Array(try stored(name).data) }

  private func stored(_ name: String) throws(FileError) -> (entry: Entry, data: ArraySlice<UInt8>) {
    guard let entry = entry(named: name) else {
      throw FileError(file: self.name, reason: "has no tensor \(quotedName(name))")
    }
    return (entry, bytes[(dataStart + entry.byteRange.lowerBound)..<(dataStart + entry.byteRange.upperBound)])
  }
}
