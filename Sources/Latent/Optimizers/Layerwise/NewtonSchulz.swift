import LatentKernels

/// Matrices whose singular values are all near 1, by the iteration of Newton and Schulz in the form of Jordan et al. 2024:
///
///     X = G / ||G||                 5 times     X = a X + (b A + c A A) X, with A = X X^T
///
/// The coefficients make small singular values grow as fast as possible; all end between 0.7 and 1.2 or so, which is near
/// enough for a step's direction.
struct NewtonSchulz: Sendable {
  private static let (a, b, c) = (3.4445, -4.7750, 2.0315)
  /// Keeps a norm of 0 from being divided by.
  private static let leastNorm = 1e-7
  let steps: Int

  /// Replaces a matrix of `rows` x `columns`, which lies without gaps, by the one of the same singular vectors.
  ///
  /// Products run on the calling worker: one matrix is one task.
  func orthogonalize(_ matrix: Storage, rows: Int, columns: Int, workspace: Workspace) {
    matrix.assign(matrix, times: 1 / max(matrix.sumOfSquares().squareRoot(), Self.leastNorm))
    // Of a tall matrix A is X^T X, on X's other side: a square of the shorter side, and the same result.
    let (isWide, side) = (rows <= columns, min(rows, columns))
    func storage(_ count: Int) -> Storage { Storage(count: count, element: matrix.element, workspace: workspace) }
    let (gram, polynomial, product) = (storage(side * side), storage(side * side), storage(matrix.count))
    func square(_ storage: Storage) -> Matrix { Matrix(storage, rows: side, columns: side) }
    func whole(_ storage: Storage) -> Matrix { Matrix(storage, rows: rows, columns: columns) }
    for _ in 0..<steps {
      LatentKernels.product(
        whole(matrix), whole(matrix), transposingA: !isWide, transposingB: isWide, into: square(gram),
        workspace: workspace)
      LatentKernels.product(square(gram), square(gram), into: square(polynomial), workspace: workspace)
      polynomial.assign(gram, times: Self.b, adding: Self.c)
      LatentKernels.product(
        isWide ? square(polynomial) : whole(matrix), isWide ? whole(matrix) : square(polynomial), into: whole(product),
        workspace: workspace)
      matrix.assign(product, times: 1, adding: Self.a)
    }
  }
}
