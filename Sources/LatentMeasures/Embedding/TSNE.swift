import Latent
import LatentData
import LatentFiles

/// Points of many dimensions in the plane, near ones near each other: t-distributed stochastic neighbour embedding
/// (van der Maaten & Hinton 2008). The 3 perplexity nearest points attract each (van der Maaten 2014), and all others repel it, exactly.
///
///     let map = try TSNE(perplexity: 30).embed(means)      // map.points [N, 2]
///
/// It begins at the first two principal components (Kobak & Berens 2019), so that what is far apart stays apart. The
/// same points and seed give the same bits on any number of threads. Memory grows with N and time with N²: 10,000 points take less
/// than a minute.
public struct TSNE: Sendable {
  /// About how many neighbours each point has: e to the entropy, in nats, of its affinities to the others.
  public var perplexity: Double
  /// Steps of gradient descent.
  public var iterations: Int
  /// Affinities are so many times as large during the first quarter of the steps.
  public var earlyExaggeration: Double
  /// Nil for N / earlyExaggeration / 4, at least 50 (Belkina et al. 2019).
  public var learningRate: Double?
  /// Of what moves points apart that begin at the same place.
  public var seed: UInt64

  /// - Parameter perplexity: lowered to (N - 1) / 3 where there are few points
  public init(
    perplexity: Double = 30, iterations: Int = 1000, earlyExaggeration: Double = 12, learningRate: Double? = nil,
    seed: UInt64 = 0
  ) {
    require(
      perplexity >= 1 && iterations >= 1 && earlyExaggeration >= 1 && learningRate ?? 1 > 0,
      "TSNE: perplexity \(perplexity), \(iterations) iterations, exaggeration \(earlyExaggeration), "
        + "learning rate \(learningRate ?? 0): all are at least 1, and the rate is positive")
    self.perplexity = perplexity
    self.iterations = iterations
    self.earlyExaggeration = earlyExaggeration
    self.learningRate = learningRate
    self.seed = seed
  }

  /// What ``embed(_:)`` finds.
  public struct Map: Sendable {
    /// A place for each point, around (0, 0): [N, 2].
    public let points: Tensor
    /// KL(P || Q) in nats, what was minimised: of the affinities in the plane from those of the points.
    public let divergence: Double
  }

  /// - Parameter x: [N, Z], at least two points
  /// - Throws: ``LatentKernels/LinearAlgebraError/noConvergence(operation:)``, as for numbers that are not finite
  public func embed(_ x: Tensor) throws(LinearAlgebraError) -> Map {
    require(x.shape.count == 2 && x.shape[0] > 1, "TSNE: the shape \(x.shape) is not at least two points [N, Z]")
    let start = try start(x)
    let affinities = Affinities(of: x, perplexity: perplexity)
    var descent = Descent(affinities: affinities, points: start)
    let rate = learningRate ?? max(Double(x.shape[0]) / earlyExaggeration / 4, 50)
    let work = LongWork("t-SNE", total: iterations)
    for step in 0..<iterations {
      let isEarly = step < iterations / 4
      descent.step(exaggeration: isEarly ? earlyExaggeration : 1, momentum: isEarly ? 0.5 : 0.8, rate: rate)
      work.advance(to: step + 1)
    }
    let tape = Tape()
    let points = tape.constant(descent.points)
    let centred = (points - points.mean(axes: [1], keepingDimensions: true)).tensor
    return Map(
      points: tape.constant(centred).transposed().tensor,
      divergence: affinities.divergence(at: centred.converted(to: .float64)))
  }

  /// The first principal components, with a standard deviation of 1e-4 along the first, and a hundredth of that at random:
  /// [2, N].
  private func start(_ x: Tensor) throws(LinearAlgebraError) -> Tensor {
    let count = x.shape[0]
    let components = try PrincipalComponents(of: x, count: min(2, x.shape[1]))
    let deviation = components.variances[0].squareRoot()
    let tape = Tape()
    var scores = tape.constant(components.transform(x).converted(to: .float64)).transposed()
    if scores.shape[0] == 1 { scores = scores.padded(0, 1) }
    let noise = Tensor.normalNoise(
      key: RandomKey(seed: seed).child("t-SNE"), streams: [0, 1], columns: count, element: .float64)
    let start = (deviation > 0 ? 1e-4 / deviation : 0) * scores + 1e-6 * tape.constant(noise)
    return start.tensor.converted(to: x.element)
  }
}
