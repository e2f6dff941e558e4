import COpenBLAS

/// Why a factorisation has no result.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// The matrix is singular to working precision; `pivot` is the first zero one, counted from 1.
  case singular(pivot: Int)
  /// The matrix is not positive definite; `order` is the first leading minor that is not, counted from 1.
  case notPositiveDefinite(order: Int)
  /// The iteration found no result; with infinite or undefined elements it can't.
  case noConvergence(operation: String)

  public var description: String {
    switch self {
    case .singular(let pivot): "the matrix is singular: pivot \(pivot) is zero"
    case .notPositiveDefinite(let order):
      "the matrix is not positive definite: its leading minor of order \(order) is not"
    case .noConvergence(let operation): "\(operation) did not converge; are all elements finite?"
    }
  }
}

/// The letters by which LAPACK knows what is wanted.
private enum Job {
  static let lower = CChar(UInt8(ascii: "L"))
  static let reduced = CChar(UInt8(ascii: "S"))
  static let vectors = CChar(UInt8(ascii: "V"))
}

/// Dense linear algebra by LAPACK, in float64, on row-major matrices.
extension Factorization {
  /// x of a x = b by LU with partial pivoting: a [n, n], b [n, columns], x [n, columns].
  public static func solve(_ a: [Double], _ b: [Double], n: Int, columns: Int) throws(LinearAlgebraError) -> [Double] {
    require(
      n > 0 && columns > 0 && a.count == n * n && b.count == n * columns,
      "solve: \(a.count) elements as [\(n), \(n)] and \(b.count) as [\(n), \(columns)]")
    BLAS.useOneThreadOnce
    var (factors, x) = (a, b)
    var pivots = [Int32](repeating: 0, count: n)
    let code = LAPACKE_dgesv(
      LAPACK_ROW_MAJOR, Int32(n), Int32(columns), &factors, Int32(n), &pivots, &x, Int32(columns))
    if code > 0 { throw .singular(pivot: Int(code)) }
    require(code == 0, "solve: LAPACK's dgesv failed with \(code)")
    return x
  }

  /// The lower triangle L of a = L L^T for a symmetric positive definite a [n, n], zeros above; only a's lower triangle is
  /// read.
  public static func cholesky(_ a: [Double], n: Int) throws(LinearAlgebraError) -> [Double] {
    require(n > 0 && a.count == n * n, "cholesky: \(a.count) elements as [\(n), \(n)]")
    BLAS.useOneThreadOnce
    var l = a
    let code = LAPACKE_dpotrf(LAPACK_ROW_MAJOR, Job.lower, Int32(n), &l, Int32(n))
    if code > 0 { throw .notPositiveDefinite(order: Int(code)) }
    require(code == 0, "cholesky: LAPACK's dpotrf failed with \(code)")
    for row in 0..<n { for column in row + 1..<max(n, row + 1) { l[row * n + column] = 0 } }
    return l
  }

  /// The reduced singular value decomposition a = U S V^T of a [m, n], k = min(m, n): U [m, k], S falling [k], V^T [k, n].
  public static func svd(
    _ a: [Double], rows m: Int, columns n: Int
  ) throws(LinearAlgebraError) -> (u: [Double], s: [Double], vt: [Double]) {
    require(m > 0 && n > 0 && a.count == m * n, "svd: \(a.count) elements as [\(m), \(n)]")
    BLAS.useOneThreadOnce
    let k = min(m, n)
    var copy = a
    var (u, s, vt) = (
      [Double](repeating: 0, count: m * k), [Double](repeating: 0, count: k), [Double](repeating: 0, count: k * n)
    )
    let code = LAPACKE_dgesdd(
      LAPACK_ROW_MAJOR, Job.reduced, Int32(m), Int32(n), &copy, Int32(n), &s, &u, Int32(k), &vt,
      Int32(n))
    // LAPACKE itself says -5 for an undefined element of the matrix.
    if code != 0 { throw .noConvergence(operation: "svd") }
    return (u, s, vt)
  }

  /// The eigenvalues, rising, and eigenvectors, as columns, of a symmetric a [n, n]; only its lower triangle is read.
  public static func symmetricEigen(
    _ a: [Double], n: Int
  ) throws(LinearAlgebraError) -> (values: [Double], vectors: [Double]) {
    require(n > 0 && a.count == n * n, "symmetricEigen: \(a.count) elements as [\(n), \(n)]")
    BLAS.useOneThreadOnce
    var vectors = a
    var values = [Double](repeating: 0, count: n)
    let code = LAPACKE_dsyevd(LAPACK_ROW_MAJOR, Job.vectors, Job.lower, Int32(n), &vectors, Int32(n), &values)
    if code != 0 { throw .noConvergence(operation: "symmetricEigen") }
    return (values, vectors)
  }
}
