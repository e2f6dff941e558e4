import Foundation
import Latent
import TestSupport

/// Plain linear algebra of one matrix, row-major, by Gauss and Jordan's elimination.
private enum PlainMatrix {
  static func transposed(_ a: [Double], _ rows: Int) -> [Double] {
    Plain.transpose(a, rows: rows, columns: a.count / max(rows, 1))
  }

  static func product(_ a: [Double], _ b: [Double], rows: Int, inner: Int) -> [Double] {
    Plain.product(a, b, rows: rows, inner: inner, columns: b.count / inner)
  }

  /// The inverse and the determinant.
  static func inverse(_ a: [Double], _ n: Int) -> (inverse: [Double], determinant: Double) {
    var (left, right, determinant) = (a, [Double](repeating: 0, count: n * n), 1.0)
    for i in 0..<n { right[i * n + i] = 1 }
    for i in 0..<n {
      let pivot = (i..<n).max { abs(left[$0 * n + i]) < abs(left[$1 * n + i]) }!
      if pivot != i { determinant = -determinant }
      for c in 0..<n {
        left.swapAt(i * n + c, pivot * n + c)
        right.swapAt(i * n + c, pivot * n + c)
      }
      let scale = left[i * n + i]
      determinant *= scale
      for c in 0..<n {
        left[i * n + c] /= scale
        right[i * n + c] /= scale
      }
      for r in 0..<n where r != i {
        let factor = left[r * n + i]
        for c in 0..<n {
          left[r * n + c] -= factor * left[i * n + c]
          right[r * n + c] -= factor * right[i * n + c]
        }
      }
    }
    return (right, determinant)
  }

  static func cholesky(_ a: [Double], _ n: Int) -> [Double] {
    var l = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        let sum = (0..<j).reduce(a[i * n + j]) { $0 - l[i * n + $1] * l[j * n + $1] }
        l[i * n + j] = i == j ? sqrt(sum) : sum / l[j * n + j]
      }
    }
    return l
  }
}

/// Every matrix of a stack.
private func matrices(_ x: PlainTensor) -> [[Double]] {
  let size = x.shape.suffix(2).reduce(1, *)
  return (0..<x.shape.dropLast(2).reduce(1, *)).map { Array(x.values[$0 * size..<($0 + 1) * size]) }
}

/// a + 3 on the diagonal: far from singular.
private func shifted(_ a: [Double], _ n: Int, _ keeps: (Int, Int) -> Bool = { _, _ in true }) -> [Double] {
  (0..<n * n).map { keeps($0 / n, $0 % n) ? a[$0] + ($0 / n == $0 % n ? 3 : 0) : 0 }
}

private func shifted(_ a: Variable, _ n: Int) -> Variable {
  let identity = (0..<n * n).map { $0 / n == $0 % n ? 3.0 : 0 }
  return a + a.tape.constant(Tensor(identity, shape: [n, n], element: a.tensor.element))
}

/// x of m x = b of every matrix m that `keeps` leaves of a + 3 1, and gradients of what it keeps.
private func solving(
  _ name: String, covers: [String], _ keeps: @escaping @Sendable (Int, Int) -> Bool,
  _ solve: @escaping @Sendable (Variable, Variable) -> Variable
) -> ConformingCase {
  ConformingCase(
    name, covers: covers, small: ["B": 2, "N": 3, "K": 2],
    sizes: [["B": 3, "N": 1, "K": 1], ["B": 7, "N": 5, "K": 4], ["B": 2, "N": 17, "K": 1]]
  ) { s in
    Trial(
      [.input("a", [s.B, s.N, s.N], .between(-0.5, 0.5)), .input("b", [s.B, s.N, s.K]), .shared("c", [s.N, s.K])],
      calls: { [solve(shifted($0.a, s.N), $0.b), solve(shifted($0.a, s.N), $0.c)] },
      plain: { v in
        [
          zip(matrices(v.a), matrices(v.b)).map { ($0, $1) }, matrices(v.a).map { ($0, v.c.values) },
        ].map { pairs in
          PlainTensor(
            pairs.flatMap { a, b in
              PlainMatrix.product(
                PlainMatrix.inverse(shifted(a, s.N, keeps), s.N).inverse, b, rows: s.N, inner: s.N)
            }, [s.B, s.N, s.K])
        }
      },
      gradient: { v, upstreams in
        var gradients = ["a": [Double](), "b": [], "c": v.c.values.map { _ in 0.0 }]
        for (index, a) in matrices(v.a).enumerated() {
          let inverse = PlainMatrix.inverse(shifted(a, s.N, keeps), s.N).inverse
          var da = a.map { _ in 0.0 }
          for (use, right) in [matrices(v.b)[index], v.c.values].enumerated() {
            let dx = Array(upstreams[use][index * right.count..<(index + 1) * right.count])
            let db = PlainMatrix.product(PlainMatrix.transposed(inverse, s.N), dx, rows: s.N, inner: s.N)
            let x = PlainMatrix.product(inverse, right, rows: s.N, inner: s.N)
            let slopes = PlainMatrix.product(db, PlainMatrix.transposed(x, s.N), rows: s.N, inner: s.K)
            for place in da.indices where keeps(place / s.N, place % s.N) { da[place] -= slopes[place] }
            if use == 0 { gradients["b"]! += db } else { gradients["c"] = Plain.sum(gradients["c"]!, db) }
          }
          gradients["a"]! += da
        }
        return gradients
      })
  }
}

private let squareSizes: [Sizes] = [["B": 3, "N": 1], ["B": 7, "N": 5], ["B": 2, "N": 17]]

let linearAlgebraCases: [ConformingCase] = [
  solving(
    "solve", covers: ["LinearAlgebra.solve(Variable, Variable)"], { _, _ in true }, { LinearAlgebra.solve($0, $1) }),
  solving(
    "triangularSolve", covers: ["LinearAlgebra.triangularSolve(Variable, Variable, upper:)"], { $1 <= $0 },
    { LinearAlgebra.triangularSolve($0, $1) }),
  solving(
    "triangularSolve, upper", covers: [], { $1 >= $0 }, { LinearAlgebra.triangularSolve($0, $1, upper: true) }),
  ConformingCase(
    "inverse", covers: ["LinearAlgebra.inverse(Variable)"], small: ["B": 2, "N": 3], sizes: squareSizes
  ) { s in
    Trial(
      [.input("a", [s.B, s.N, s.N], .between(-0.5, 0.5))], call: { LinearAlgebra.inverse(shifted($0.a, s.N)) },
      plain: { v in
        PlainTensor(matrices(v.a).flatMap { PlainMatrix.inverse(shifted($0, s.N), s.N).inverse }, v.a.shape)
      },
      gradient: { v, upstream in
        let slopes = zip(matrices(v.a), matrices(PlainTensor(upstream, v.a.shape))).flatMap { a, dy in
          let turned = PlainMatrix.transposed(PlainMatrix.inverse(shifted(a, s.N), s.N).inverse, s.N)
          return PlainMatrix.product(
            turned, PlainMatrix.product(dy, turned, rows: s.N, inner: s.N), rows: s.N, inner: s.N
          ).map { -$0 }
        }
        return ["a": slopes]
      })
  },
  ConformingCase(
    "logDeterminant", covers: ["LinearAlgebra.logDeterminant(Variable)"], small: ["B": 2, "N": 3], sizes: squareSizes
  ) { s in
    Trial(
      [.input("a", [s.B, s.N, s.N], .between(-0.5, 0.5))], call: { LinearAlgebra.logDeterminant(-shifted($0.a, s.N)) },
      plain: { v in
        PlainTensor(matrices(v.a).map { log(abs(PlainMatrix.inverse(shifted($0, s.N), s.N).determinant)) }, [s.B])
      },
      gradient: { v, upstream in
        let slopes = zip(matrices(v.a), upstream).flatMap { a, dy in
          PlainMatrix.transposed(PlainMatrix.inverse(shifted(a, s.N), s.N).inverse, s.N).map { $0 * dy }
        }
        return ["a": slopes]
      })
  },
  // Of a a^T + 3, which is symmetric whatever a is.
  ConformingCase(
    "cholesky", covers: ["LinearAlgebra.cholesky(Variable)"], small: ["B": 2, "N": 3], sizes: squareSizes
  ) { s in
    Trial(
      [.input("a", [s.B, s.N, s.N], .between(-0.5, 0.5))],
      call: { LinearAlgebra.cholesky(shifted(matmul($0.a, $0.a, transposingB: true), s.N)) },
      plain: { v in
        PlainTensor(
          matrices(v.a).flatMap { a in
            let square = PlainMatrix.product(a, PlainMatrix.transposed(a, s.N), rows: s.N, inner: s.N)
            return PlainMatrix.cholesky(shifted(square, s.N), s.N)
          }, v.a.shape)
      })
  },
]
