import LatentKernels

/// A small face of LAPACK for tensors. Everything is computed in float64 and comes back in the operand's element type.
public enum LinearAlgebra {
  /// x of a x = b: a [n, n], b [n] or [n, columns].
  ///
  /// - Throws: ``LatentKernels/LinearAlgebraError/singular(pivot:)``
  public static func solve(_ a: Tensor, _ b: Tensor) throws(LinearAlgebraError) -> Tensor {
    let n = square(a, "solve")
    require(
      (1...2).contains(b.shape.count) && b.shape[0] == n && b.count > 0,
      "solve: \(a.shape) by \(b.shape)"
        + "; b must be [n] or [n, columns] for a of [n, n], and not empty")
    let x = try Factorization.solve(a.values, b.values, n: n, columns: b.count / n)
    return Tensor(x, shape: b.shape, element: b.element)
  }

  /// The reduced QR factorisation of a [m, n], m >= n, with a positive diagonal of R: Q [m, n] and R [n, n].
  public static func qr(_ a: Tensor) -> (q: Tensor, r: Tensor) {
    let (m, n) = matrix(a, "qr")
    let (q, diagonal) = Factorization.qr(a.values, rows: m, columns: n)
    let signs = Tensor(diagonal.map { $0 < 0 ? -1 : 1 }, shape: [n], element: .float64)
    let columns = Tensor(q, shape: [m, n], element: .float64) * signs
    let r = matmul(columns, a.converted(to: .float64), transposingA: true).triu()
    return (columns.converted(to: a.element), r.converted(to: a.element))
  }

  /// The reduced singular value decomposition a = U diag(S) V^T of a [m, n]: U [m, k], S [k] falling, V^T [k, n].
  ///
  /// - Throws: ``LatentKernels/LinearAlgebraError/noConvergence(operation:)``, as for elements that are not finite
  public static func svd(_ a: Tensor) throws(LinearAlgebraError) -> (u: Tensor, s: Tensor, vt: Tensor) {
    let (m, n) = matrix(a, "svd")
    let k = min(m, n)
    let (u, s, vt) = try Factorization.svd(a.values, rows: m, columns: n)
    return (
      Tensor(u, shape: [m, k], element: a.element), Tensor(s, shape: [k], element: a.element),
      Tensor(vt, shape: [k, n], element: a.element)
    )
  }

  /// Eigenvalues [n], rising, and eigenvectors, the columns of [n, n], of a symmetric matrix; its lower triangle is read.
  ///
  /// - Throws: ``LatentKernels/LinearAlgebraError/noConvergence(operation:)``
  public static func symmetricEigen(_ a: Tensor) throws(LinearAlgebraError) -> (values: Tensor, vectors: Tensor) {
    let n = square(a, "symmetricEigen")
    let (values, vectors) = try Factorization.symmetricEigen(a.values, n: n)
    return (Tensor(values, shape: [n], element: a.element), Tensor(vectors, shape: [n, n], element: a.element))
  }

  /// The lower triangle L of a = L L^T; a's lower triangle is read.
  ///
  /// - Throws: ``LatentKernels/LinearAlgebraError/notPositiveDefinite(order:)``
  public static func cholesky(_ a: Tensor) throws(LinearAlgebraError) -> Tensor {
    let n = square(a, "cholesky")
    return Tensor(try Factorization.cholesky(a.values, n: n), shape: [n, n], element: a.element)
  }

  /// Principal components of examples [B, D] by the SVD of what is left without the mean (Pearson 1901): the scores
  /// [B, count], the components as rows [count, D], and each one's variance [count] (over B - 1).
  ///
  /// - Throws: ``LatentKernels/LinearAlgebraError/noConvergence(operation:)``
  public static func principalComponents(
    of x: Tensor, count: Int
  ) throws(LinearAlgebraError) -> (scores: Tensor, components: Tensor, variances: Tensor) {
    let (examples, features) = matrix(x, "principalComponents")
    require(
      examples > 1 && count > 0 && count <= min(examples, features),
      "principalComponents: \(count) of \(x.shape); at least 2 examples and at most min(B, D) components")
    let all = x.converted(to: .float64)
    let centered = all - all.mean(axes: [0], keepingDimensions: true)
    let (_, s, vt) = try svd(centered)
    let components = vt[0..<count]
    let scores = matmul(centered, components, transposingB: true)
    let variances = s.values.prefix(count).map { $0 * $0 / Double(examples - 1) }
    return (
      scores.converted(to: x.element), components.converted(to: x.element),
      Tensor(variances, shape: [count], element: x.element)
    )
  }

  private static func matrix(_ a: Tensor, _ operation: String) -> (rows: Int, columns: Int) {
    require(a.shape.count == 2 && a.count > 0, "\(operation): the shape \(a.shape) is not [rows, columns]")
    return (a.shape[0], a.shape[1])
  }

  private static func square(_ a: Tensor, _ operation: String) -> Int {
    let (rows, columns) = matrix(a, operation)
    require(rows == columns, "\(operation): the shape \(a.shape) is not square")
    return rows
  }
}
