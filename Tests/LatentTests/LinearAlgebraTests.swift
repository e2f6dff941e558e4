import Latent
import TestSupport
import Testing

/// Factorisations by what defines them: their product is the matrix, and their factors have the form they should.
@Suite struct LinearAlgebraTests {
  private func random(_ rows: Int, _ columns: Int, seed: Int) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(rows * columns), shape: [rows, columns], element: .float64)
  }

  private func product(_ a: Tensor, _ b: Tensor, transposingA: Bool = false, transposingB: Bool = false) -> Tensor {
    let tape = Tape()
    let (x, y) = (tape.constant(a), tape.constant(b))
    return matmul(transposingA ? x.transposed() : x, transposingB ? y.transposed() : y).tensor
  }

  private func expectSame(_ a: Tensor, _ b: [Double], _ name: String, of scale: Double = 1) {
    #expect(a.count == b.count && zip(a.values, b).allSatisfy { abs($0 / scale - $1) < 1e-10 }, "\(name)")
  }

  private func identity(_ n: Int) -> [Double] { (0..<n * n).map { $0 / n == $0 % n ? 1 : 0 } }

  @Test(arguments: [1, 2, 7, 33])
  func squareMatrices(_ n: Int) throws {
    let a = random(n, n, seed: n)
    for b in [random(n, 3, seed: 5), random(n, 1, seed: 6).reshaped(to: [n])] {
      let x = try LinearAlgebra.solve(a, b)
      #expect(x.shape == b.shape)
      expectSame(product(a, x.reshaped(to: [n, b.count / n])), b.values, "solve \(n)")
    }
    // a a^T + 1 is symmetric and positive definite.
    let symmetric = Tensor(
      zip(product(a, a, transposingB: true).values, identity(n)).map { $0 + $1 }, shape: [n, n], element: .float64)
    let l = try LinearAlgebra.cholesky(symmetric)
    expectSame(product(l, l, transposingB: true), symmetric.values, "cholesky \(n)")
    #expect(l.values.enumerated().allSatisfy { $0.offset % n <= $0.offset / n || $0.element == 0 })
    let (values, vectors) = try LinearAlgebra.symmetricEigen(symmetric)
    #expect(values.values == values.values.sorted())
    let tape = Tape()
    let scaled = (tape.constant(vectors) * tape.constant(values)).tensor
    expectSame(product(scaled, vectors, transposingB: true), symmetric.values, "symmetricEigen \(n)")
  }

  @Test(arguments: [(1, 1), (7, 3), (3, 7), (17, 17), (33, 5)])
  func anyMatrices(_ m: Int, _ n: Int) throws {
    let a = random(m, n, seed: m + n)
    let (u, s, vt) = try LinearAlgebra.svd(a)
    let tape = Tape()
    expectSame(product((tape.constant(u) * tape.constant(s)).tensor, vt), a.values, "svd")
    expectSame(product(u, u, transposingA: true), identity(min(m, n)), "U")
    expectSame(product(vt, vt, transposingB: true), identity(min(m, n)), "V^T")
    #expect(s.values == s.values.sorted(by: >) && s.values.allSatisfy { $0 >= 0 })
    guard m >= n else { return }
    let (q, r) = LinearAlgebra.qr(a)
    expectSame(product(q, r), a.values, "qr")
    expectSame(product(q, q, transposingA: true), identity(n), "Q")
    #expect(r.values.enumerated().allSatisfy { $0.offset / n <= $0.offset % n || $0.element == 0 })
    #expect((0..<n).allSatisfy { r.values[$0 * n + $0] > 0 })
  }

  /// Several blocks of reflections; numbers whose squares are no numbers; columns that need no reflection, or depend on
  /// others.
  @Test(arguments: [1, 1e200, 1e-200])
  func largeFactorizations(_ scale: Double) {
    for (m, n) in [(70, 70), (131, 90), (64, 64), (40, 32)] {
      var values = random(m, n, seed: m).values
      for row in 1..<m { values[row * n + 3] = 0 }
      for row in 0..<m { (values[row * n + 5], values[row * n + 7]) = (0, values[row * n + 6]) }
      let a = Tensor(values.map { $0 * scale }, shape: [m, n], element: .float64)
      let (q, r) = LinearAlgebra.qr(a)
      expectSame(product(q, r), values, "qr", of: scale)
      expectSame(product(q, q, transposingA: true), identity(n), "Q")
    }
  }

  /// Points on a line but for a little noise: the first component is the line.
  @Test func principalComponents() throws {
    var sample = SampleValues(seed: 8)
    let values = (0..<200).flatMap { _ -> [Double] in
      let t = sample.number(-3...3)
      return [1 + 3 * t + sample.number(-0.01...0.01), 2 + 4 * t + sample.number(-0.01...0.01)]
    }
    let x = Tensor(values, shape: [200, 2], element: .float64)
    let (scores, components, variances) = try LinearAlgebra.principalComponents(of: x, count: 2)
    let direction = components.values
    #expect(abs(abs(direction[0]) - 0.6) < 1e-3 && abs(abs(direction[1]) - 0.8) < 1e-3)
    for place in 0..<2 {
      let column = (0..<200).map { scores.values[2 * $0 + place] }
      let variance = column.reduce(0) { $0 + $1 * $1 } / 199
      #expect(abs(column.reduce(0, +)) < 1e-9 && abs(variance / variances.values[place] - 1) < 1e-9)
    }
  }

  @Test func whatHasNoResult() {
    let singular = Tensor([1, 2, 2, 4], shape: [2, 2], element: .float64)
    #expect(throws: LinearAlgebraError.singular(pivot: 2)) {
      try LinearAlgebra.solve(singular, Tensor([1, 1], shape: [2], element: .float64))
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2)) { try LinearAlgebra.cholesky(singular) }
    let undefined = Tensor([1, .nan, 1, 1], shape: [2, 2], element: .float64)
    #expect(throws: LinearAlgebraError.noConvergence(operation: "svd")) { try LinearAlgebra.svd(undefined) }
    #expect(throws: LinearAlgebraError.noConvergence(operation: "symmetricEigen")) {
      try LinearAlgebra.symmetricEigen(Tensor([1, 1, .nan, 1], shape: [2, 2], element: .float64))
    }
  }
}
