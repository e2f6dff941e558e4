import Latent
import LatentReport

/// How images are written.
enum ImageFormat: String, CaseIterable {
  case npy, png

  /// Images in a picture, where nobody says how many.
  static let mostShown = 100
}

extension ImageStack {
  /// - Parameter images: [B, T, D], 0 for black and 1 for white
  init(_ images: Tensor) { self.init(images.floats, height: images.shape[1], width: images.shape[2]) }
}

extension ImageGrid {
  /// Small images are drawn larger, and large ones as they are.
  static func scale(height: Int, width: Int) -> Int { max(1, min(3, 100 / max(height, width))) }
}
