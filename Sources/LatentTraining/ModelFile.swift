import Latent
import LatentData
import LatentFiles

extension Module {
  /// Every parameter and buffer as a tensor of a safetensors file: its path as the name, its layout as it is (Keras's).
  public var safetensors: [SafetensorsTensor] { tensors.map { SafetensorsTensor($0.path, $0.value) } }
}
