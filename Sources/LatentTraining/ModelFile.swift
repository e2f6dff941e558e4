import Latent
import LatentData

extension Module {
  /// Every parameter and buffer as a tensor of a safetensors file: its path as the name, its layout as it is (Keras's).
  public var safetensors: [SafetensorsTensor] {
    (parameters + buffers).map { path, value in
      let bytes = value.storage.withUnsafeBytes { source in
        [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
          UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
          count = source.count
        }
      }
      let type: SafetensorsElementType = value.element == .float32 ? .float32 : .float64
      return SafetensorsTensor(path, shape: value.shape, elementType: type, bytes: bytes)
    }
  }
}
