import Latent
import Testing

@testable import LatentMeasures

@Suite struct NearestNeighboursTests {
  @Test func plainSorting() {
    let known = fractions([400, 4], key: 1)
    let asked = fractions([300, 4], key: 2)
    let labels = fractions([400], key: 3).values.map { UInt8($0 * 3) }
    let (p, q) = (known.values, asked.values)
    let expected = (0..<300).map { row -> UInt8 in
      let distances = (0..<400).map { other in
        (0..<4).map { (q[4 * row + $0] - p[4 * other + $0]) * (q[4 * row + $0] - p[4 * other + $0]) }.reduce(0, +)
      }
      let nearest = (0..<400).sorted { distances[$0] < distances[$1] }.prefix(5).map { labels[$0] }
      let counts = Set(nearest).map { label in nearest.count { $0 == label } }
      return nearest.first { label in nearest.count { $0 == label } == counts.max()! }!
    }
    #expect(LabelledPoints(known, labels).nearestLabels(to: asked, count: 5) == expected)
  }

  @Test func fewerPointsThanNeighbours() {
    let points = LabelledPoints(Tensor([0, 1, 5], shape: [3, 1], element: .float64), [2, 2, 9])
    #expect(points.nearestLabels(to: Tensor([4], shape: [1, 1], element: .float64), count: 5) == [2])
  }
}
