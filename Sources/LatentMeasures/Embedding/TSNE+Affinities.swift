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
  /// around each point, as wide as the perplexity wants, and their mean in both directions. Beyond the nearest 3 perplexity points
  /// they are 0 (van der Maaten 2014, "Accelerating t-SNE using tree-based algorithms").
  package struct Affinities: Sendable {
    /// The nearest others of each point, the nearest first: [N, K].
    package let nearest: [UInt32]
    /// p_j|i of those, each row of sum 1: [N, K] in float64
    package let conditional: Tensor
    /// Where each point's neighbours begin: those that are among its nearest, or have it among theirs. [N + 1]
    package let starts: [Int]
    package let neighbours: [UInt32]
    /// (p_j|i + p_i|j) / 2N of each point and its neighbours, in float64
    package let joint: Tensor

    /// - Parameter x: [N, Z]
    package init(of x: Tensor, perplexity: Double) {
      let count = x.shape[0]
      let wanted = min(count - 1, Int((3 * perplexity).rounded(.up)))
      let (nearest, conditional) = Affinities.nearest(wanted, x)
      let entropy = log(max(1, min(perplexity, Double(count - 1) / 3)))
      Threads.run(tasks: count) { row in
        Affinities.replace(conditional.storage[row * wanted..<(row + 1) * wanted], entropy: entropy)
      }
      (self.nearest, self.conditional) = (nearest, conditional)
      (starts, neighbours, joint) = Affinities.symmetric(nearest, conditional, count)
    }

    /// The nearest others of each point [N, K], and their squared distances in float64.
    private static func nearest(_ wanted: Int, _ x: Tensor) -> ([UInt32], Tensor) {
      let (tape, count) = (Tape(), x.shape[0])
      let all = tape.constant(x.converted(to: .float64))
      // Small differences of large numbers would lose digits.
      let points = all - all.mean(axes: [0])
      let squares = points.squared().sum(axes: [1], keepingDimensions: true)
      var (places, distances) = ([UInt32](), [Tensor]())
      places.reserveCapacity(count * wanted)
      let rowsAtOnce = max(1, (1 << 21) / count)
      for first in stride(from: 0, to: count, by: rowsAtOnce) {
        let rows = first..<min(first + rowsAtOnce, count)
        let own = points.sliced(rows)
        let products = matmul(own, points, transposingB: true)
        var squared = (squares.sliced(rows) + squares.transposed() - 2 * products).tensor
        squared.withMutableContents { contents in
          // The point itself is none of the others.
          for (place, row) in rows.enumerated() {
            contents[place * count + row..<place * count + row + 1].fill(.infinity)
          }
        }
        let found = tape.constant(squared).topK(wanted, smallest: true)
        places += found.places.tensor.values.map { UInt32($0) }
        distances.append(Variable.maximum(found.values, 0).tensor)
      }
      return (places, Variable.concatenated(distances.map { tape.constant($0) }).tensor)
    }

    /// Sums of both directions, over 2N.
    private static func symmetric(
      _ nearest: [UInt32], _ conditional: Tensor, _ count: Int
    ) -> (starts: [Int], neighbours: [UInt32], joint: Tensor) {
      let (wanted, p) = (nearest.count / count, conditional.values)
      // The points that have each among their nearest, by counting.
      var ends = [Int](repeating: 0, count: count + 1)
      for neighbour in nearest { ends[Int(neighbour) + 1] += 1 }
      for point in 0..<count { ends[point + 1] += ends[point] }
      var (incoming, next) = ([Int](repeating: 0, count: nearest.count), ends)
      for (entry, neighbour) in nearest.enumerated() {
        incoming[next[Int(neighbour)]] = entry
        next[Int(neighbour)] += 1
      }
      var (starts, neighbours, joint) = ([0], [UInt32](), [Double]())
      var places = [Int](repeating: -1, count: count)  // of a point among the neighbours of this one
      for point in 0..<count {
        for entry in point * wanted..<(point + 1) * wanted {
          places[Int(nearest[entry])] = neighbours.count
          neighbours.append(nearest[entry])
          joint.append(p[entry])
        }
        for entry in incoming[ends[point]..<ends[point + 1]] {
          let other = entry / wanted
          if places[other] >= 0 {
            joint[places[other]] += p[entry]
          } else {
            neighbours.append(UInt32(other))
            joint.append(p[entry])
          }
        }
        for neighbour in neighbours[starts[point]...] { places[Int(neighbour)] = -1 }
        starts.append(neighbours.count)
      }
      let scale = 0.5 / Double(count)
      return (starts, neighbours, Tensor(joint.map { scale * $0 }, shape: [joint.count], element: .float64))
    }

    /// Puts exp(-b d) / sum exp(-b d) in place of the squared distances d of one point, with b from halving an interval
    /// until the entropy is right to 1e-10.
    ///
    /// - Parameter distances: rising
    private static func replace(_ distances: Storage, entropy wanted: Double) {
      let count = distances.count
      let (weights, products) = (
        Storage(count: count, element: .float64), Storage(count: count, element: .float64)
      )
      let total = distances.sum()
      // The nearest point gets 1, so that no sum is 0.
      let nearest = distances[0..<1].doubles()[0]
      distances.assign(.subtract, distances, nearest)
      let mean = total / Double(count) - nearest
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
      let (y, p) = (points.values, joint.values)
      let total = Descent(affinities: self, points: points).totalWeight()
      var sum = 0.0
      for point in 0..<count {
        for entry in starts[point]..<starts[point + 1] where p[entry] > 0 {
          let other = Int(neighbours[entry])
          let (dx, dy) = (y[point] - y[other], y[count + point] - y[count + other])
          sum += p[entry] * log(p[entry] * (1 + dx * dx + dy * dy) * total)
        }
      }
      return sum
    }
  }
}
