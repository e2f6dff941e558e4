import Latent

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension TSNE {
  /// How near points are to each other, as probabilities (van der Maaten & Hinton 2008, equation 1 and section 2): Gaussians
  /// around each point, as wide as the perplexity wants, and their mean in both directions.
  package struct Affinities: Sendable {
    /// p_j|i, each row of sum 1: [N, N] in float64
    package let conditional: Tensor
    /// (p_j|i + p_i|j) / 2N: [N, N] in float64
    package let joint: Tensor

    /// - Parameter x: [N, Z]
    package init(of x: Tensor, perplexity: Double) {
      let count = x.shape[0]
      let conditional = Affinities.squaredDistances(x)
      let entropy = log(max(1, min(perplexity, Double(count - 1) / 3)))
      Threads.run(tasks: count) { row in
        let distances = conditional.storage[row * count..<(row + 1) * count]
        Affinities.replace(distances, of: row, entropy: entropy)
      }
      let tape = Tape()
      let both = tape.constant(conditional)
      self.conditional = conditional
      joint = ((0.5 / Double(count)) * (both + both.transposed())).tensor
    }

    /// [N, N] in float64
    private static func squaredDistances(_ x: Tensor) -> Tensor {
      let tape = Tape()
      let all = tape.constant(x.converted(to: .float64))
      // Small differences of large numbers would lose digits.
      let points = all - all.mean(axes: [0])
      let squares = points.squared().sum(axes: [1], keepingDimensions: true)
      let distances = squares + squares.transposed() - 2 * matmul(points, points.transposed())
      return Variable.maximum(distances, tape.constant(Tensor(zeros: [1], element: .float64))).tensor
    }

    /// Puts exp(-b d) / sum exp(-b d) in place of the squared distances d of one point, with b from halving an interval
    /// until the entropy is right to 1e-10.
    ///
    /// - Parameter row: the point itself, whose affinity is 0
    private static func replace(_ distances: Storage, of row: Int, entropy wanted: Double) {
      let count = distances.count
      let (weights, products) = (
        Storage(count: count, element: .float64), Storage(count: count, element: .float64)
      )
      let total = distances.sum()
      // Nearly infinitely far: exp gives 0. The nearest other point gets 1, so that no sum is 0.
      distances[row..<row + 1].fill(1e200)
      let nearest = Storage(count: 1, element: .float64)
      nearest.assignExtreme(of: distances, outer: 1, count: count, inner: 1, smallest: true)
      distances.assign(.subtract, distances, nearest.doubles()[0])
      let mean = total / Double(count - 1) - nearest.doubles()[0]
      var (low, high) = (0.0, Double.infinity)
      var precision = mean > 1e-90 && mean < 1e90 ? 1 / mean : 1
      for _ in 0..<200 {
        weights.assign(distances, times: -precision)
        weights.assign(.exp, of: weights)
        products.assign(.multiply, weights, distances)
        let sum = weights.sum()
        let entropy = log(sum) + precision * products.sum() / sum
        if (entropy - wanted).magnitude < 1e-10 { break }
        if entropy > wanted {
          low = precision
          precision = high.isFinite ? (low + high) / 2 : 2 * precision
        } else {
          high = precision
          precision = (low + high) / 2
        }
        guard precision > 1e-100 && precision < 1e100 else { break }
      }
      distances.assign(weights, times: 1 / weights.sum())
    }

    /// KL(P || Q) in nats at these places.
    ///
    /// - Parameter points: [2, N] in float64
    package func divergence(at points: Tensor) -> Double {
      let count = points.shape[1]
      let tape = Tape()
      let y = tape.constant(points)
      let differences = y.reshaped(to: [2, count, 1]) - y.reshaped(to: [2, 1, count])
      let weights = 1 / (1 + differences.squared().sum(axes: [0]))
      let total = weights.sum().tensor.scalar - Double(count)
      // p log p is 0 where p is.
      let p = tape.constant(joint)
      let logarithm = (p + (p .== tape.constant(Tensor(zeros: [1], element: .float64)))).log()
      return (p * (logarithm - weights.log() + log(total))).sum().tensor.scalar
    }
  }
}
