import Latent
import LatentMeasures
import TestSupport
import Testing

@Suite struct PrincipalComponentsTests {
  /// Points with variances about 9, 4, 1 and 0.25 along four orthonormal directions, around (1, 2, 3, 4).
  private func cloud(_ count: Int, _ element: ElementType = .float64) -> Tensor {
    var sample = SampleValues(seed: 5)
    let axes = [[0.5, 0.5, 0.5, 0.5], [0.5, 0.5, -0.5, -0.5], [0.5, -0.5, 0.5, -0.5], [0.5, -0.5, -0.5, 0.5]]
    let deviations = [3.0, 2, 1, 0.5]
    var values: [Double] = []
    for _ in 0..<count {
      let along: [Double] = deviations.map { $0 * 3.0.squareRoot() * sample.number() }
      for column in 0..<4 {
        var value = Double(column + 1)
        for axis in 0..<4 { value += along[axis] * axes[axis][column] }
        values.append(value)
      }
    }
    return Tensor(values, shape: [count, 4], element: element)
  }

  /// The covariance matrix's eigenvectors by Jacobi's rotations, the largest first.
  private func plain(_ points: Tensor) -> (variances: [Double], axes: [[Double]]) {
    let (n, z, x) = (points.shape[0], points.shape[1], points.values)
    let mean = (0..<z).map { c in (0..<n).reduce(0) { $0 + x[$1 * z + c] } / Double(n) }
    var a = [[Double]](repeating: [Double](repeating: 0, count: z), count: z)
    for i in 0..<z {
      for j in 0..<z {
        for row in 0..<n { a[i][j] += (x[row * z + i] - mean[i]) * (x[row * z + j] - mean[j]) / Double(n - 1) }
      }
    }
    var v = (0..<z).map { i in (0..<z).map { i == $0 ? 1.0 : 0 } }
    for _ in 0..<60 {
      for p in 0..<z {
        for q in p + 1..<z where abs(a[p][q]) > 1e-300 {
          let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let t = (theta < 0 ? -1.0 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<z { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
          for k in 0..<z { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
          for k in 0..<z { (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]) }
        }
      }
    }
    let order = (0..<z).sorted { a[$0][$0] > a[$1][$1] }
    return (order.map { a[$0][$0] }, order.map { column in (0..<z).map { v[$0][column] } })
  }

  @Test(arguments: ElementType.computing)
  func againstJacobi(_ element: ElementType) throws {
    let points = cloud(300, element)
    let expected = plain(points)
    let found = try PrincipalComponents(of: points, count: 3)
    let tolerance = element == .float32 ? 1e-4 : 1e-10
    #expect(found.components.element == element && found.components.shape == [3, 4])
    for row in 0..<3 {
      #expect(abs(found.variances[row] - expected.variances[row]) < tolerance * expected.variances[0])
      let share = expected.variances[row] / expected.variances.reduce(0, +)
      #expect(abs(found.explained[row] - share) < tolerance)
      let axis = Array(found.components.values[row * 4..<row * 4 + 4])
      let sign = zip(axis, expected.axes[row]).reduce(0) { $0 + $1.0 * $1.1 } < 0 ? -1.0 : 1
      #expect(zip(axis, expected.axes[row]).allSatisfy { abs($0 - sign * $1) < tolerance })
      let largest = try #require(axis.max { abs($0) < abs($1) })
      #expect(largest > 0, "the sign is fixed")
    }
    // About what the points were made with: 9, 4, 1.
    #expect(zip(found.variances, [9.0, 4, 1]).allSatisfy { abs($0 / $1 - 1) < 0.15 })
  }

  @Test func transformAndBack() throws {
    let points = cloud(50)
    let all = try PrincipalComponents(of: points)
    #expect(abs(all.explained.reduce(0, +) - 1) < 1e-12)
    let again = all.inverse(all.transform(points))
    #expect(zip(again.values, points.values).allSatisfy { abs($0 - $1) < 1e-10 })

    // In the plane, a point's place is its distance from the mean along each component.
    let two = try PrincipalComponents(of: points, count: 2)
    let (mean, axes, x) = (two.mean.values, two.components.values, points.values)
    let scores = two.transform(points).values
    for row in 0..<50 {
      for column in 0..<2 {
        let score = (0..<4).reduce(0) { $0 + (x[row * 4 + $1] - mean[$1]) * axes[column * 4 + $1] }
        #expect(abs(scores[row * 2 + column] - score) < 1e-10)
      }
    }
    let back = two.transform(two.inverse(Tensor([1, -2], shape: [1, 2], element: .float64))).values
    #expect(zip(back, [1, -2]).allSatisfy { abs($0 - $1) < 1e-10 })
  }

  @Test func whatHasNoVariance() throws {
    let same = try PrincipalComponents(of: Tensor(repeating: 3, shape: [4, 2]))
    #expect(same.explained == [0, 0])
    #expect(same.transform(Tensor(repeating: 3, shape: [1, 2])).values == [0, 0])
    let two = try PrincipalComponents(of: Tensor([0, 0, 0, 2, 2, 2], shape: [2, 3]))
    #expect(two.variances.count == 2 && abs(two.explained[0] - 1) < 1e-6)
    #expect(throws: LinearAlgebraError.self) { try PrincipalComponents(of: Tensor([0, .nan, 1, 2], shape: [2, 2])) }
  }
}
