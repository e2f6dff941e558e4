import Latent

/// What the latent Gaussians of many images say about the latent space. Divergences in nats.
public struct LatentStatistics: Sendable, Equatable {
  /// N, the number of images.
  public let images: Int
  /// The mean over images of KL(q(z_d | x) || N(0, 1)): [Z].
  public let divergences: [Double]
  /// The average over images of the posterior mean: [Z].
  public let averageMeans: [Double]
  /// The variance over images of the posterior mean: [Z]. A dimension is active where it is above ``activityThreshold``.
  public let varianceOfMeans: [Double]
  /// The average over images of the posterior variance: [Z].
  public let averageVariances: [Double]
  /// The smallest log-variance of any image and dimension.
  public let smallestLogVariance: Double
  /// The largest log-variance of any image and dimension.
  public let largestLogVariance: Double

  /// The variance of the mean above which a dimension counts as active (Burda, Grosse & Salakhutdinov 2016).
  public static let activityThreshold = 0.01

  /// - Parameters:
  ///   - mean: of q(z | x) for each image [N, Z]
  ///   - logVariance: [N, Z]
  public init(mean: Tensor, logVariance: Tensor) {
    require(
      mean.shape.count == 2 && mean.shape == logVariance.shape && mean.count > 0,
      "LatentStatistics: mean \(mean.shape), log-variance \(logVariance.shape) are not both [N, Z]")
    images = mean.shape[0]
    let tape = Tape()
    let m = tape.constant(mean.converted(to: .float64))
    let v = tape.constant(logVariance.converted(to: .float64))
    let variance = v.exp()
    divergences = (0.5 * (variance + m.squared() - 1 - v)).mean(axes: [0]).tensor.values
    averageMeans = m.mean(axes: [0]).tensor.values
    varianceOfMeans = m.variance(axes: [0]).tensor.values
    averageVariances = variance.mean(axes: [0]).tensor.values
    smallestLogVariance = v.min().tensor.scalar
    largestLogVariance = v.max().tensor.scalar
  }

  /// Z
  public var latentSize: Int { divergences.count }

  /// The divergence of all dimensions.
  public var divergence: Double { divergences.reduce(0, +) }

  /// Whether each dimension's mean depends on the image.
  public var isActive: [Bool] { varianceOfMeans.map { $0 > Self.activityThreshold } }

  /// The number of active dimensions.
  public var activeUnits: Int { isActive.count { $0 } }

  /// The variances of the aggregated posterior q(z), the average of all images' Gaussians: [Z]. The prior's are 1.
  public var aggregatedVariances: [Double] { zip(varianceOfMeans, averageVariances).map { $0 + $1 } }
}
