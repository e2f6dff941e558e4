import Latent

extension SafetensorsTensor {
  /// A tensor of the library as it is: F32 or F64.
  public init(_ name: String, _ tensor: Tensor) {
    let bytes = tensor.storage.withUnsafeBytes { source in
      [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
        UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        count = source.count
      }
    }
    self.init(
      name, shape: tensor.shape, elementType: tensor.element == .float32 ? .float32 : .float64, bytes: bytes)
  }
}

extension SafetensorsFile {
  /// The tensor of this name: F64 as float64, all other types as float32, to which F16, BF16 and integers up to 2^24
  /// convert without loss.
  ///
  /// - Throws: ``SafetensorsError`` if the file does not have it.
  public func tensor(_ name: String) throws(SafetensorsError) -> Tensor {
    guard let entry = entry(named: name) else {
      throw SafetensorsError(file: self.name, fault: .missingTensor(name))
    }
    let element: ElementType = entry.elementType == .float64 ? .float64 : .float32
    let tensor = Tensor(uninitialized: entry.shape, element: element)
    func copy(_ values: UnsafeRawBufferPointer) {
      tensor.storage.withUnsafeMutableBytes { $0.copyMemory(from: values) }
    }
    switch entry.elementType {
    case .float32, .float64: try rawBytes(name).withUnsafeBytes { copy($0) }
    default: try floats(name).withUnsafeBytes { copy($0) }
    }
    return tensor
  }
}
