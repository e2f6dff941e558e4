import Foundation
import Latent
import TestSupport
import Testing

/// Losses against their formulas, written out, and their gradients against central differences.
@Suite struct LossTests {
  private func numbers(_ count: Int, _ seed: Int) -> [Double] {
    var sample = SampleValues(seed: seed)
    return sample.numbers(count, -2...2)
  }

  private func expectRight(
    _ name: String, _ shapes: [[Int]], expected: ([[Double]]) -> Double, loss: @escaping ([Variable]) -> Variable
  ) {
    let points = shapes.enumerated().map {
      Tensor(numbers($1.reduce(1, *), 20 + $0), shape: $1, element: .float64)
    }
    let (value, gradients) = valueWithGradient(at: points, loss)
    let wanted = expected(points.map(\.values))
    #expect(abs(value - wanted) < 1e-12 * max(1, abs(wanted)), "\(name): \(value), not \(wanted)")
    for (place, point) in points.enumerated() {
      let slopes = finiteDifference(
        of: { values in
          var moved = points
          moved[place] = Tensor(values, shape: point.shape, element: .float64)
          return expected(moved.map(\.values))
        }, at: point.values)
      #expect(maxRelativeError(gradients[place].values, slopes) < 1e-7, "\(name), operand \(place)")
    }
  }

  @Test func regression() {
    let y = numbers(12, 9)
    let targets = Tensor(y, shape: [3, 4], element: .float64)
    expectRight(
      "absoluteError", [[3, 4]], expected: { x in zip(x[0], y).reduce(0) { $0 + abs($1.0 - $1.1) } / 3 },
      loss: { absoluteError($0[0], targets: targets) })
    for delta in [0.5, 1, 10] {
      expectRight(
        "huber \(delta)", [[3, 4]],
        expected: { x in
          zip(x[0], y).reduce(0) {
            let d = abs($1.0 - $1.1)
            return $0 + (d < delta ? d * d / 2 : delta * (d - delta / 2))
          } / 3
        },
        loss: { huber($0[0], targets: targets, delta: delta) })
    }
  }

  @Test(arguments: [[3, 4], [4], []])
  func gaussians(_ shape: [Int]) {
    let y = numbers(12, 9)
    let targets = Tensor(y, shape: [3, 4], element: .float64)
    let count = shape.reduce(1, *)
    expectRight(
      "gaussianNegativeLogLikelihood \(shape)", [[3, 4], shape],
      expected: { x in
        (0..<12).reduce(0) {
          let v = x[1][$1 % count]
          let difference: Double = y[$1] - x[0][$1]
          let term: Double = difference * difference / exp(v)
          return $0 + (log(2 * Double.pi) + v + term) / 2
        } / 3
      },
      loss: { gaussianNegativeLogLikelihood(mean: $0[0], logVariance: $0[1], targets: targets) })
    expectRight(
      "gaussianDivergence", [[3, 4], [3, 4], [3, 4], [3, 4]],
      expected: { x in
        (0..<12).reduce(0) {
          let (v, w) = (x[1][$1], x[3][$1])
          let difference: Double = x[0][$1] - x[2][$1]
          let ratio: Double = (exp(v) + difference * difference) / exp(w)
          return $0 + (w - v + ratio - 1) / 2
        } / 3
      },
      loss: { gaussianDivergence(mean: $0[0], logVariance: $0[1], from: $0[2], $0[3]) })
  }

  @Test func classes() {
    let labels = [2, 0, 4]
    expectRight(
      "crossEntropy", [[3, 5]],
      expected: { x in
        labels.enumerated().reduce(0) { sum, entry in
          let row = Array(x[0][entry.offset * 5..<entry.offset * 5 + 5])
          return sum - row[entry.element] + log(row.map { exp($0) }.reduce(0, +))
        } / 3
      },
      loss: { crossEntropy(logits: $0[0], labels: labels) })
    #expect(Tensor(oneHot: [1, 0], classes: 3).values == [0, 1, 0, 1, 0, 0])
    #expect(Tensor([1, 3, 3, 5, 4, 0], shape: [2, 3]).largestIndices() == [1, 0])
    // Logits that would overflow exp.
    let huge = Tape().constant(Tensor([1e4, 0, -1e4], shape: [1, 3]))
    #expect(crossEntropy(logits: huge, labels: [1]).scalar == 1e4)
  }
}
