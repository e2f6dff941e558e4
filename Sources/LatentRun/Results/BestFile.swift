import Latent
import LatentData
import LatentFiles

/// `best.safetensors`: the weights of the best epoch so far.
final class BestFile: Sendable {
  private let folder: RunFolder
  private let metadata: [String: String]
  private let warn: @Sendable (String) -> Void

  /// - Parameter warn: told of a failure
  init(folder: RunFolder, metadata: [String: String], warn: @escaping @Sendable (String) -> Void) {
    (self.folder, self.metadata, self.warn) = (folder, metadata, warn)
  }

  /// Writes the file; a failure is a warning, and the next better epoch tries again.
  @Sendable func write(epoch: Int, _ tensors: [(path: String, value: Tensor)]) {
    let bytes = SafetensorsFile.encode(
      tensors.map { SafetensorsTensor($0.path, $0.value) },
      metadata: metadata.merging(["epochs": "\(epoch)"]) { $1 })
    do {
      try folder.write(bytes, to: .best)
    } catch {
      warn("\(error)")
    }
  }
}
