import Latent
import LatentData

/// Turns examples into the mean and log-variance of a diagonal Gaussian over the latent space.
public protocol Encoder: Module {
  /// x [B, T, D] -> mean and log-variance [B, Z]
  func callAsFunction(_ x: Variable) -> (mean: Variable, logVariance: Variable)
  /// Z
  var latentSize: Int { get }
}

/// Turns latent points into examples.
public protocol Decoder: Module {
  /// z [B, Z] -> logits [B, T D], whose sigmoid is the reconstruction
  func logits(_ z: Variable) -> Variable
}

/// How a reconstruction is compared with the example. Both are summed over the pixels.
public enum ReconstructionLoss: String, Sendable, CaseIterable {
  /// Binary cross-entropy, computed from logits; nats.
  case binaryCrossEntropy = "bce"
  /// Squared error between pixels in 0...1 and the decoder's sigmoid.
  case squaredError = "mse"
}

/// A variational auto-encoder (Kingma & Welling 2014).
///
/// Its loss is the mean over the batch of reconstruction + beta KL(q(z|x) || N(0, I)), with one sample of z for each
/// example; beta other than 1 makes it a beta-VAE (Higgins et al. 2017).
public struct VariationalAutoencoder<E: Encoder, D: Decoder>: TrainableModel {
  public var encoder: E
  public var decoder: D
  public let reconstructionLoss: ReconstructionLoss
  public let beta: Double

  public init(encoder: E, decoder: D, reconstructionLoss: ReconstructionLoss = .binaryCrossEntropy, beta: Double = 1) {
    self.encoder = encoder
    self.decoder = decoder
    self.reconstructionLoss = reconstructionLoss
    self.beta = beta
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("encoder", &encoder)
    visitor.visit("decoder", &decoder)
  }

  /// The loss of a batch, in nats per example, with the parts `reconstruction` and `kl`.
  public func loss(_ batch: Batch, tape: Tape) -> LossTerms {
    loss(batch.images, noise: batch.noise(columns: encoder.latentSize, workspace: tape.workspace), tape: tape)
  }

  /// The loss of x [B, T, D] for given noise [B, Z].
  public func loss(_ x: Tensor, noise: Tensor, tape: Tape) -> LossTerms {
    let (mean, logVariance) = encoder(tape.constant(x))
    let z = tape.scoped("sampling") { gaussianSample(mean: mean, logVariance: logVariance, noise: noise) }
    let logits = decoder.logits(z)
    return tape.scoped("loss") {
      let targets = x.reshaped(to: logits.shape)
      let reconstruction =
        switch reconstructionLoss {
        case .binaryCrossEntropy: Latent.binaryCrossEntropy(logits: logits, targets: targets)
        case .squaredError: Latent.squaredError(logits.sigmoid(), targets: targets)
        }
      let kl = standardNormalDivergence(mean: mean, logVariance: logVariance)
      return LossTerms(
        total: reconstruction + beta * kl, parts: [("reconstruction", reconstruction), ("kl", kl)])
    }
  }

  /// The latent Gaussian of each example: x [B, T, D] -> mean and log-variance [B, Z].
  public func encode(_ x: Tensor) -> (mean: Tensor, logVariance: Tensor) {
    let (mean, logVariance) = encoder(Tape().constant(x))
    return (mean.tensor, logVariance.tensor)
  }

  /// Latent points to pixels in 0...1: z [B, Z] -> [B, T D].
  public func decode(_ z: Tensor) -> Tensor { decoder.logits(Tape().constant(z)).sigmoid().tensor }

  /// The decoded means: x [B, T, D] -> [B, T D].
  public func reconstruct(_ x: Tensor) -> Tensor { decode(encode(x).mean) }
}
