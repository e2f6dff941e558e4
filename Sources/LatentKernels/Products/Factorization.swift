import COpenBLAS

/// Factorisations by LAPACK.
public enum Factorization {
  /// The reduced QR factorisation of a row-major [rows, columns] matrix, rows >= columns: Q [rows, columns] has
  /// orthonormal columns, and R's diagonal is returned for those who need its signs.
  public static func qr(_ matrix: [Double], rows: Int, columns: Int) -> (q: [Double], diagonalOfR: [Double]) {
    require(
      matrix.count == rows * columns && rows >= columns && columns > 0,
      "qr: \(matrix.count) elements as [\(rows), \(columns)]; it takes at least as many rows as columns")
    BLAS.useOneThread()  // with more, the last bits would depend on how many there are
    var q = matrix
    var reflectors = [Double](repeating: 0, count: columns)
    let (m, n) = (Int32(rows), Int32(columns))
    var code = LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, m, n, &q, n, &reflectors)
    require(code == 0, "qr: LAPACK's dgeqrf failed with \(code)")
    let diagonal = (0..<columns).map { q[$0 * columns + $0] }
    code = LAPACKE_dorgqr(LAPACK_ROW_MAJOR, m, n, n, &q, n, reflectors)
    require(code == 0, "qr: LAPACK's dorgqr failed with \(code)")
    return (q, diagonal)
  }
}
