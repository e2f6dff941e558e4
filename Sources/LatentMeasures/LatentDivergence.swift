import Latent

/// How much each latent dimension says about an image.
public enum LatentDivergence {
  /// KL(q(z|x) || N(0, 1)) of each latent dimension, its mean over the images, in nats:
  /// 0.5 (exp(log variance) + mean² - 1 - log variance). Their sum is the model's KL divergence.
  ///
  /// - Parameters:
  ///   - mean: [N, Z]
  ///   - logVariance: [N, Z]
  /// - Returns: Z numbers
  public static func perDimension(mean: Tensor, logVariance: Tensor) -> [Double] {
    require(
      mean.shape == logVariance.shape && mean.shape.count == 2 && mean.shape[0] > 0,
      "LatentDivergence: means \(mean.shape) and log-variances \(logVariance.shape) are not both [N, Z]")
    let tape = Tape()
    let (m, v) = (
      tape.constant(mean.converted(to: .float64)), tape.constant(logVariance.converted(to: .float64))
    )
    return (0.5 * (v.exp() + m.squared() - 1 - v).mean(axes: [0])).tensor.values
  }
}
