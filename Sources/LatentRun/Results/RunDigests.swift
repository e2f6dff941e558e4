import Latent
import LatentTraining

/// `digests.csv`: checksums of the weights after each step.
final class RunDigests: Sendable {
  let file: DigestFile
  private let failed: Locked<Bool>

  /// A failure is a warning: training continues without the file.
  ///
  /// - Parameter warn: told of it
  init(folder: RunFolder, warn: @escaping @Sendable (String) -> Void) {
    let failed = Locked(false)
    self.failed = failed
    file = DigestFile(folder.path(of: .digests)) { error in
      failed.withLock { $0 = true }
      warn("training continues without checksums of the weights: \(error)")
    }
  }

  var isWritten: Bool { !failed.withLock { $0 } }
}
