import Latent
import LatentReport
import LatentVAE

/// The sizes of a model, chosen.
package struct ModelSizes: Sendable, Equatable {
  package var hidden = 256
  package var latent = 16
  package var decoder = 256

  package init(hidden: Int = 256, latent: Int = 16, decoder: Int = 256) {
    (self.hidden, self.latent, self.decoder) = (hidden, latent, decoder)
  }

  /// What the options say, and where they say nothing, `self`.
  package func overridden(by options: SizeOptions) -> ModelSizes {
    ModelSizes(
      hidden: options.hiddenSize ?? hidden, latent: options.latentSize ?? latent,
      decoder: options.decoderSize ?? decoder)
  }

  /// A model for images of `height` rows of `width` pixels, with its first weights.
  ///
  /// - Parameter copies: how many times the memory of its weights the caller is going to need
  /// - Throws: ``Failure`` where the machine's memory cannot hold that.
  package func makeModel(
    height: Int, width: Int, key: RandomKey, element: ElementType, copies: Int = 1,
    reconstructionLoss: ReconstructionLoss = .binaryCrossEntropy, beta: Double = 1
  ) throws(Failure) -> VariationalAutoencoder<LSTMEncoder, DenseDecoder> {
    let needed = Double(element.size) * Double(copies) * parameterCount(height: height, width: width)
    guard needed < Double(Machine.memoryBytes) else {
      throw Failure(
        "--hidden-size \(hidden), --latent-size \(latent) and --decoder-size \(decoder) for images of "
          + "\(height)x\(width) need \(Format.bytes(needed)) of memory, and this machine has "
          + "\(Format.bytes(Double(Machine.memoryBytes))): give smaller sizes", code: Failure.usage)
    }
    return VariationalAutoencoder(
      encoder: LSTMEncoder(
        inputSize: width, hiddenSize: hidden, latentSize: latent, key: key.child("encoder"), element: element),
      decoder: DenseDecoder(
        latentSize: latent, hiddenSize: decoder, outputSize: height * width, key: key.child("decoder"),
        element: element),
      reconstructionLoss: reconstructionLoss, beta: beta)
  }

  /// Floating point, since absurd sizes must not overflow.
  private func parameterCount(height: Int, width: Int) -> Double {
    let (h, z, d) = (Double(hidden), Double(latent), Double(decoder))
    return 4 * h * (Double(width) + h + 1) + 2 * z * (h + 1) + d * (z + 1) + Double(height) * Double(width) * (d + 1)
  }
}
