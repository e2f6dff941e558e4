import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

/// The same weights' loss as others count it. A model whose loss "is 0.26" and one whose loss "is 243" may be the same one.
public struct LossConventions: Sendable, Equatable {
  /// A way to count.
  public struct Row: Sendable, Equatable {
    /// Who counts so, or how.
    public let name: String
    /// What is counted, in the letters of ``LossConventions/letters``.
    public let formula: String
    /// The loss.
    public let value: Double
  }

  /// What the letters in formulas stand for.
  public static let letters = [
    ("x", "a pixel, 0 to 1"), ("y", "the same pixel as the decoder gives it, for one z drawn from q(z | x)"),
    ("P", "pixels of an image"), ("Z", "latent dimensions"), ("m, v", "mean and log-variance of a latent dimension"),
    ("CE", "sum over P of -x log y - (1 - x) log(1 - y)"), ("SE", "sum over P of (x - y)^2"),
    ("KL", "sum over Z of (m^2 + exp(v) - v - 1) / 2"),
  ]

  /// All but the letters are averages over the images.
  public let rows: [Row]

  /// - Parameters:
  ///   - ce: CE, nats per image
  ///   - se: SE, per image
  ///   - kl: KL, nats per image
  ///   - pixels: P
  ///   - latentSize: Z
  ///   - batchSize: images in a batch of the loss that is summed over it
  public init(
    crossEntropy ce: Double, squaredError se: Double, divergence kl: Double, pixels: Int, latentSize: Int,
    batchSize: Int = 128
  ) {
    let (p, z) = (Double(pixels), Double(latentSize))
    rows = [
      Row(name: "Latent, Keras's example: summed over pixels", formula: "CE + KL", value: ce + kl),
      Row(
        name: "PyTorch's example: also summed over a batch of \(batchSize)", formula: "\(batchSize) (CE + KL)",
        value: Double(batchSize) * (ce + kl)),
      Row(name: "averaged over pixels, KL summed", formula: "CE / P + KL", value: ce / p + kl),
      Row(
        name: "averaged over pixels, KL averaged over dimensions", formula: "CE / P + KL / Z", value: ce / p + kl / z),
      Row(name: "averaged over pixels, and KL too", formula: "(CE + KL) / P", value: (ce + kl) / p),
      Row(name: "bits per pixel", formula: "(CE + KL) / (P log 2)", value: (ce + kl) / (p * 2.0.logarithm)),
      Row(name: "squared error", formula: "SE + KL", value: se + kl),
      Row(name: "half the squared error: Gaussian pixels of variance 1", formula: "SE / 2 + KL", value: se / 2 + kl),
      Row(name: "mean squared error, KL summed", formula: "SE / P + KL", value: se / p + kl),
    ]
  }
}

extension SavedModel {
  /// The model's loss as others count it.
  ///
  /// The decoder must give one logit for each pixel.
  ///
  /// - Parameters:
  ///   - seed: of the latent points
  public func lossConventions(on images: some Dataset, seed: UInt64 = 0, workers: DataParallel) -> LossConventions {
    require(
      likelihood.numbersPerElement == 1 && likelihood.link == .sigmoid,
      "SavedModel.lossConventions: \(likelihood.title) takes no logit for each pixel")
    func losses(_ likelihood: any Likelihood) -> Losses {
      var other = self
      other.model.likelihood = likelihood
      return other.losses(of: images, seed: seed, on: workers)
    }
    let entropy = losses(BernoulliLikelihood())
    return LossConventions(
      crossEntropy: entropy["reconstruction"] ?? .nan,
      squaredError: losses(SquaredErrorLikelihood())["reconstruction"] ?? .nan, divergence: entropy["kl"] ?? .nan,
      pixels: example.count, latentSize: latentSize)
  }
}
