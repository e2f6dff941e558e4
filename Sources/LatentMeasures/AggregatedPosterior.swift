import Latent
import LatentTraining

/// How the divergence from the prior splits into what the code says about the image and what the codes of all images
/// together are away from the prior (Hoffman & Johnson 2016), in nats:
///
///     E KL(q(z | x) || p(z)) = I(x; z) + KL(q(z) || p(z)),   q(z) = 1/N sum_n q(z | x_n)
public struct AggregatedPosterior: Sendable, Equatable {
  /// N, the images that q(z) is made of.
  public let images: Int
  /// I(x; z), the mutual information of image and code. At most log N, whatever the truth: see ``limit``.
  public let mutualInformation: Double
  /// KL(q(z) || N(0, I))
  public let divergence: Double

  /// What no estimate from so many images can exceed: log N.
  public var limit: Double { Double(images).logarithm }

  /// Draws one z for each image and compares its density under its own image's Gaussian and under the average of all.
  ///
  /// - Parameters:
  ///   - mean: of q(z | x) for each image [N, Z]
  ///   - logVariance: [N, Z]
  ///   - seed: of what is drawn
  ///   - sum: the processes that share the images, all of which call this; each gets the same
  public init(mean: Tensor, logVariance: Tensor, seed: UInt64 = 0, sharedBy sum: any GradientSum = TreeSum()) {
    require(
      mean.shape.count == 2 && mean.shape == logVariance.shape && mean.count > 0,
      "AggregatedPosterior: mean \(mean.shape), log-variance \(logVariance.shape) are not both [N, Z]")
    let (count, size) = (mean.shape[0], mean.shape[1])
    images = count
    let tape = Tape()
    let m = tape.constant(mean.converted(to: .float64))
    let v = tape.constant(logVariance.converted(to: .float64))
    let noise = tape.constant(
      .normalNoise(
        key: RandomKey(seed: seed).child("aggregated posterior"), streams: (0..<UInt64(count)).map(\.self),
        columns: size, element: .float64))
    let z = m + (0.5 * v).exp() * noise
    // log q(z_i | x_i), without the constant that all densities share.
    let own = -0.5 * (noise.squared() + v).sum(axes: [1])

    // log q(z_i | x_j) = -1/2 sum ((z_i - m_j)^2 a_j + v_j) with a = 1 / variance: a product of [z^2, z] and a table of j.
    let precision = (-v).exp()
    let table = Variable.concatenated([-0.5 * precision, m * precision], axis: 1).transposed()
    let constants = -0.5 * (m.squared() * precision + v).sum(axes: [1])
    let operand = Variable.concatenated([z.squared(), z], axis: 1)
    let aggregated = sum.pieces(of: count, size: rowsAtOnce(of: count), as: "aggregated posterior") { rows in
      (matmul(operand.sliced(rows, axis: 0), table) + constants).logSumExp(axes: [1]).sum().tensor.scalar
    }.reduce(0, +)
    let kl = LatentStatistics(mean: mean, logVariance: logVariance).divergence
    mutualInformation = own.mean().tensor.scalar - aggregated / Double(count) + Double(count).logarithm
    divergence = kl - mutualInformation
  }
}
