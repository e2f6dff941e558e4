import Foundation
import Latent
import LatentMeasures
import TestSupport
import Testing

@Suite struct TSNETests {
  private func points(_ count: Int, _ size: Int, seed: Int) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(count * size), shape: [count, size], element: .float64)
  }

  /// Each row of p is a Gaussian of the distances, with the entropy that the perplexity asks for.
  @Test(arguments: [2.0, 5, 12])
  func perplexityIsReached(_ perplexity: Double) {
    let (count, x) = (40, points(40, 3, seed: 1))
    let affinities = TSNE.Affinities(of: x, perplexity: perplexity)
    let (p, joint, values) = (affinities.denseConditional, affinities.denseJoint, x.values)
    func squaredDistance(_ i: Int, _ j: Int) -> Double {
      (0..<3).reduce(0) { $0 + pow(values[i * 3 + $1] - values[j * 3 + $1], 2) }
    }
    for i in 0..<count {
      let row = (0..<count).map { p[i * count + $0] }
      #expect(row[i] == 0 && abs(row.reduce(0, +) - 1) < 1e-12)
      let entropy = -row.filter { $0 > 0 }.reduce(0) { $0 + $1 * log($1) }
      #expect(abs(exp(entropy) / perplexity - 1) < 1e-5)
      // log p falls with the squared distance, everywhere by the same factor.
      let others = (0..<count).filter { $0 != i }.sorted { squaredDistance(i, $0) < squaredDistance(i, $1) }
      let (near, far) = (others[0], others[5])
      let slope = log(row[near] / row[far]) / (squaredDistance(i, far) - squaredDistance(i, near))
      #expect(slope > 0)
      // Only the nearest have any.
      let farthest = min(count - 1, Int((3 * perplexity).rounded(.up)))
      #expect(others[farthest...].allSatisfy { row[$0] == 0 })
      for j in others where row[j] > 1e-100 {
        let expected = log(row[near]) - slope * (squaredDistance(i, j) - squaredDistance(i, near))
        #expect(abs(log(row[j]) - expected) < 1e-6 * max(1, abs(expected)))
      }
      for j in 0..<count {
        #expect(abs(joint[i * count + j] - (p[i * count + j] + p[j * count + i]) / Double(2 * count)) < 1e-15)
      }
    }
  }

  /// KL(P || Q) by plain loops; y [2, N].
  private func divergence(_ p: [Double], _ y: [Double]) -> Double {
    let n = y.count / 2
    func weight(_ i: Int, _ j: Int) -> Double { 1 / (1 + pow(y[i] - y[j], 2) + pow(y[n + i] - y[n + j], 2)) }
    let pairs = (0..<n).flatMap { i in (0..<n).filter { $0 != i }.map { (i, $0) } }
    let total = pairs.reduce(0) { $0 + weight($1.0, $1.1) }
    return pairs.reduce(0) { sum, pair in
      let joint = p[pair.0 * n + pair.1]
      return joint > 0 ? sum + joint * log(joint / (weight(pair.0, pair.1) / total)) : sum
    }
  }

  @Test func gradientAtEveryCoordinate() {
    let count = 20
    let affinities = TSNE.Affinities(of: points(count, 4, seed: 2), perplexity: 5)
    let p = affinities.denseJoint
    var sample = SampleValues(seed: 3)
    let y = sample.numbers(2 * count, -2...2)
    let places = Tensor(y, shape: [2, count], element: .float64)
    #expect(abs(affinities.divergence(at: places) - divergence(p, y)) < 1e-12)
    let gradient = TSNE.Descent(affinities: affinities, points: places).gradient().values
    let step = 1e-5
    for index in y.indices {
      var (above, below) = (y, y)
      above[index] += step
      below[index] -= step
      let slope = (divergence(p, above) - divergence(p, below)) / (2 * step)
      #expect(abs(gradient[index] - slope) < 1e-9, "coordinate \(index)")
    }
  }

  /// Five clusters in eight dimensions: neighbours in the plane are of the same cluster.
  @Test func clustersStayApart() throws {
    let (count, size) = (200, 8)
    var sample = SampleValues(seed: 4)
    let centres = (0..<5).map { _ in sample.numbers(size, -6...6) }
    let values = (0..<count).flatMap { index in centres[index % 5].map { $0 + sample.number() } }
    let map = try TSNE(perplexity: 20, iterations: 400).embed(Tensor(values, shape: [count, size]))
    #expect(map.points.shape == [count, 2])
    let places = map.points.values
    #expect(places.allSatisfy { $0.isFinite })
    var agreeing = 0
    for i in 0..<count {
      let nearest = try #require(
        (0..<count).filter { $0 != i }.min { a, b in
          func distance(_ j: Int) -> Double {
            pow(places[2 * i] - places[2 * j], 2) + pow(places[2 * i + 1] - places[2 * j + 1], 2)
          }
          return distance(a) < distance(b)
        })
      if nearest % 5 == i % 5 { agreeing += 1 }
    }
    #expect(agreeing == count)
    #expect(map.divergence > 0 && map.divergence < 1)
    #expect(abs(places.reduce(0, +)) < 1e-3 * Double(count), "around the origin")
  }

  @Test func sameBitsOnAnyNumberOfThreads() throws {
    let x = points(400, 4, seed: 6).converted(to: .float32)
    let threads = Threads.count
    defer { Threads.count = threads }
    let maps = try [1, 2].map { count in
      Threads.count = count
      return try TSNE(iterations: 30, seed: 9).embed(x)
    }
    #expect(maps[0].points.values == maps[1].points.values && maps[0].divergence == maps[1].divergence)
  }

  @Test func fewOrEqualPoints() throws {
    for x in [
      Tensor(repeating: 1, shape: [5, 3]), Tensor([0, 1], shape: [2, 1]), Tensor([0, 1, 5, 6], shape: [4, 1]),
      Tensor([0, 1, 5, 6, 5, 6], shape: [3, 2]),
    ] {
      let map = try TSNE(iterations: 50).embed(x)
      #expect(map.points.shape == [x.shape[0], 2] && map.points.values.allSatisfy { $0.isFinite })
      #expect(map.divergence.isFinite)
    }
    #expect(throws: LinearAlgebraError.self) { try TSNE().embed(Tensor([0, .nan, 1, 2], shape: [2, 2])) }
  }
}

extension TSNE.Affinities {
  /// [N, N]
  fileprivate var denseConditional: [Double] {
    let (count, p) = (starts.count - 1, conditional.values)
    var dense = [Double](repeating: 0, count: count * count)
    for (entry, neighbour) in nearest.enumerated() {
      dense[entry / (nearest.count / count) * count + Int(neighbour)] = p[entry]
    }
    return dense
  }

  /// [N, N]
  fileprivate var denseJoint: [Double] {
    let (count, p) = (starts.count - 1, joint.values)
    var dense = [Double](repeating: 0, count: count * count)
    for point in 0..<count {
      for entry in starts[point]..<starts[point + 1] { dense[point * count + Int(neighbours[entry])] += p[entry] }
    }
    return dense
  }
}
