import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport

typealias TinyVAE = VariationalAutoencoder<LSTMEncoder, DenseDecoder>

/// A model and images so small that a debug build trains in milliseconds: images of 4x5, H = 6, Z = 3.
enum Tiny {
  static let (height, width, latent) = (4, 5, 3)

  static func model(
    seed: UInt64 = 1, element: ElementType = .float32, loss: LikelihoodKind = .bernoulli, beta: Double = 1
  ) -> TinyVAE {
    let key = RandomKey(seed: seed)
    return TinyVAE(
      encoder: LSTMEncoder(
        inputSize: width, hiddenSize: 6, latentSize: latent, key: key.child("encoder"), element: element),
      decoder: DenseDecoder(
        latentSize: latent, hiddenSize: 7, outputSize: height * width, key: key.child("decoder"), element: element),
      likelihood: loss.make(for: .image(height: height, width: width), element: element),
      objective: EvidenceLowerBound(beta: beta))
  }

  /// Each image is different; later ones are darker.
  static func images(_ count: Int) -> ImageDataset {
    var sample = SampleValues(seed: 4)
    let pixels = (0..<count * height * width).map { index -> UInt8 in
      UInt8(sample.number(0...255) / Double(1 + index / (height * width) / 8))
    }
    return ImageDataset(name: "tiny", height: height, width: width, pixels: pixels)
  }
}

extension Module {
  /// All parameters' numbers, which float32 and float64 show exactly.
  var numbers: [[Double]] { parameters.map(\.value.values) }
}
