import Latent
import LatentCommand
import LatentData
import LatentFiles

/// `best.safetensors`: the weights of the best epoch so far.
final class BestFile: Sendable {
  private let folder: RunFolder
  private let metadata: [String: String]

  init(folder: RunFolder, metadata: [String: String]) {
    self.folder = folder
    self.metadata = metadata
  }

  /// Writes the file; a failure is a warning, and the next better epoch tries again.
  @Sendable func write(epoch: Int, _ tensors: [(path: String, value: Tensor)]) {
    let bytes = SafetensorsFile.encode(
      tensors.map { SafetensorsTensor($0.path, $0.value) },
      metadata: metadata.merging(["epochs": "\(epoch)"]) { $1 })
    do {
      try folder.write(bytes, to: .best)
    } catch {
      Console.error("Warning: \(error)")
    }
  }
}
