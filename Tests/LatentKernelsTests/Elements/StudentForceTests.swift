import CLatentKernels
import LatentKernels
import TestSupport
import Testing

/// The forces of t-SNE of every instruction set against plain loops in double precision, at numbers of points around the
/// lanes' ends, and for a block in the middle of the points.
@Suite struct StudentForceTests {
  @Test(arguments: InstructionSet.withOwnLoops, ElementType.computing)
  func forces(_ set: InstructionSet, _ element: ElementType) {
    let loop = Operations.table(for: element, set: set).pointee.student_forces
    for n in [1, 2, 15, 16, 17, 33, 100] {
      var sample = SampleValues(seed: n)
      let (first, rows) = (n / 3, n - n / 3 - n / 5)
      // Point i has the neighbours 0, i % 7 + 1, 2 (i % 7 + 1), ..., the last points most.
      let lists = (0..<n).map { i in Array(stride(from: 0, to: n, by: i % 7 + 1)) }
      let starts = lists.reduce(into: [0]) { $0.append($0.last! + $1.count) }
      let p = GuardedArray(sample.numbers(starts[n], 0...1), element)
      let points = GuardedArray(sample.numbers(2 * n, -3...3), element)
      let attraction = GuardedArray(count: 2 * n, element)
      let repulsion = GuardedArray(count: 2 * n, element)
      let weights = GuardedArray(count: n, element)
      loop(
        p.pointer, lists.joined().map { UInt32($0) }, starts, points.pointer, n, first, rows, attraction.pointer,
        repulsion.pointer,
        weights.pointer)
      let (y, affinities) = (points.values, p.values)
      var expected = (
        attraction: [Double](repeating: -77, count: 2 * n), repulsion: [Double](repeating: -77, count: 2 * n),
        weights: [Double](repeating: -77, count: n)
      )
      for i in first..<first + rows {
        var (pull, push, total) = ([0.0, 0], [0.0, 0], 0.0)
        for j in 0..<n where j != i {
          let difference = [y[i] - y[j], y[n + i] - y[n + j]]
          let weight = 1 / (1 + difference[0] * difference[0] + difference[1] * difference[1])
          total += weight
          for axis in 0..<2 {
            if let place = lists[i].firstIndex(of: j) {
              pull[axis] += affinities[starts[i] + place] * weight * difference[axis]
            }
            push[axis] += weight * weight * difference[axis]
          }
        }
        expected.weights[i] = total
        for axis in 0..<2 {
          expected.attraction[axis * n + i] = pull[axis]
          expected.repulsion[axis * n + i] = push[axis]
        }
      }
      // Of the points of other blocks nothing is written.
      let tolerance = (element == .float32 ? 1e-5 : 1e-13) * Double(n)
      for (found, wanted) in [
        (attraction.values, expected.attraction), (repulsion.values, expected.repulsion),
        (weights.values, expected.weights),
      ] {
        #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= tolerance }, "\(set) \(element) n=\(n)")
      }
    }
  }
}
