import Latent
import LatentFiles

/// How grey pixels become black or white, so that binary cross-entropy is a likelihood.
public enum Binarization: String, Sendable, CaseIterable {
  /// White from 1/2 on: the same in every epoch.
  case threshold
  /// White with the pixel's grey as the probability, drawn anew in each epoch (Salakhutdinov & Murray 2008; Burda, Grosse &
  /// Salakhutdinov 2016). A pass over the test images always draws the same.
  case stochastic
}

extension Binarization {
  /// Makes the images of a batch black and white.
  ///
  /// - Parameters:
  ///   - images: [B, T, D] in 0...1
  ///   - streams: which randomness each image gets
  func apply(to images: Tensor, streams: some Collection<UInt64>, in context: BatchContext) {
    let size = images.count / max(images.shape[0], 1)
    let threshold = Tensor(uninitialized: images.shape, element: images.element, workspace: context.workspace)
    switch self {
    case .threshold: threshold.storage.fill(0.5)
    case .stochastic:
      // Black and white pixels stay: the numbers are neither 0 nor 1.
      threshold.storage.fillUniform(
        key: context.noiseKey.child("pixels").bits, streams: Array(streams), columns: size, low: 1e-7, high: 1 - 1e-7)
    }
    images.storage.assign(.lessOrEqual, threshold.storage, images.storage)
  }
}
