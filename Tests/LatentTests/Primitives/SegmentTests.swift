import Foundation
import Latent
import TestSupport
import Testing

/// Rows put together by segment: at their edges, and as attention over the edges of a graph.
@Suite struct SegmentTests {
  private static let x = Tensor([[3, -1], [5, 2], [3, 4], [1, -6]], element: .float64)
  /// The second of the three has no row.
  private static let segments = [2, 0, 2, 0]

  @Test func segmentsWithoutRows() {
    let (x, segments) = (Self.x, Self.segments)
    #expect(x.segmentSum(segments, count: 3).values == [6, -4, 0, 0, 6, 3])
    #expect(x.segmentMean(segments, count: 3).values == [3, -2, 0, 0, 3, 1.5])
    #expect(x.segmentMax(segments, count: 3).values == [5, 2, -.infinity, -.infinity, 3, 4])
    #expect(x.segmentMin(segments, count: 3).values == [1, -6, .infinity, .infinity, 3, -1])
    let slopes = gradient(at: x) { $0.segmentMax(segments, count: 3).gathered(rows: [0, 2]).sum() }
    // In the first column of the last segment two are equal: the first has all of the gradient.
    #expect(slopes.values == [1, 0, 1, 1, 0, 1, 0, 0])
  }

  @Test func withoutRowsAndDimensions() {
    #expect(Tensor([2, 7, 3]).segmentMax([1, 1, 0], count: 2).values == [3, 7])
    #expect(Tensor(zeros: [0, 2]).segmentMax([], count: 1).values == [-.infinity, -.infinity])
    #expect(Tensor(zeros: [0, 2]).segmentSoftmax([], count: 3).shape == [0, 2])
    let stack = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 2, 2]).segmentMean([0, 0], count: 2)
    #expect(stack.shape == [2, 2, 2] && stack.values == [3, 4, 5, 6, 0, 0, 0, 0])
  }

  @Test func infinitiesAndNaN() {
    let x = Tensor([1, .nan, -.infinity, -.infinity, .infinity, 2])
    let segments = [0, 0, 1, 1, 2, 2]
    for y in [x.segmentMax(segments, count: 3), x.segmentMin(segments, count: 3)] { #expect(y.values[0].isNaN) }
    #expect(x.segmentMax(segments, count: 3).values[1...] == [-.infinity, .infinity])
    #expect(x.segmentMin(segments, count: 3).values[1...] == [-.infinity, 2])
    #expect(x.segmentSoftmax(segments, count: 3).values[2...3].allSatisfy { $0.isNaN })
  }

  /// What exp alone would overflow or lose, far apart from segment to segment; -infinity takes an edge away.
  @Test(arguments: [ElementType.float32, .float64])
  func softmaxIsStable(element: ElementType) {
    let x = Tensor([1000, -2000, 1000, -2001, -.infinity], shape: [5], element: element)
    let y = x.segmentSoftmax([0, 1, 0, 1, 1], count: 2).values
    let power = 0.36787944117144233  // exp(-1)
    let expected: [Double] = [0.5, 1 / (1 + power), 0.5, power / (1 + power), 0]
    for (found, expected) in zip(y, expected) { #expect(abs(found - expected) < 1e-6) }
    // One segment of all rows is the softmax along the first axis.
    let rows = Self.x.converted(to: element)
    for (a, b) in zip(rows.segmentSoftmax([0, 0, 0, 0], count: 1).values, rows.softmax(axis: 0).values) {
      #expect(abs(a - b) < 1e-6)
    }
  }

  /// Attention over the edges into each node, beside attention whose mask has -infinity where there is no edge.
  @Test func attentionOverEdges() {
    let (sources, targets) = ([0, 1, 2, 2, 3, 0], [1, 1, 1, 0, 0, 2])
    let nodes = Initializer.normal(standardDeviation: 1)(shape: [4, 3], key: RandomKey(seed: 4), element: .float64)
    var mask = [Double](repeating: -.infinity, count: 16)
    for (source, target) in zip(sources, targets) { mask[4 * target + source] = 0 }
    func overEdges(_ x: Variable) -> Variable {
      let (from, to) = (x.gathered(rows: sources), x.gathered(rows: targets))
      let weights = (from * to).sum(axes: [1], keepingDimensions: true).segmentSoftmax(targets, count: 4)
      return (weights * from).segmentSum(targets, count: 4)
    }
    func dense(_ x: Variable) -> Variable {
      let scores = matmul(x, x.transposed()) + x.tape.constant(Tensor(mask, shape: [4, 4], element: .float64))
      return matmul(scores[0..<3].softmax(), x)
    }
    let found = valueWithGradient(at: nodes) { overEdges($0)[0..<3].squared().sum() }
    let expected = valueWithGradient(at: nodes) { dense($0).squared().sum() }
    #expect(abs(found.value - expected.value) < 1e-12)
    for (a, b) in zip(found.gradient.values, expected.gradient.values) { #expect(abs(a - b) < 1e-12) }
    // Node 3 has no edge that leads to it.
    #expect(overEdges(Tape().constant(nodes)).tensor.values[9...] == [0, 0, 0])
  }
}
