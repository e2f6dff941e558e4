import LatentKernels

/// The product of matrices, or of stacks of them, either of which may be transposed: its last two dimensions exchanged. It is
/// read where it lies.
///
///     a [..., M, K] or [..., K, M]   b [..., K, N] or [..., N, K]   result [..., M, N]
public func matmul(_ a: Variable, _ b: Variable, transposingA: Bool, transposingB: Bool = false) -> Variable {
  matmul(transposingA ? a.turned("matmul") : a, transposingB ? b.turned("matmul") : b)
}

/// The product of matrices, or of stacks of them, the second of which is transposed. It is read where it lies.
///
///     a [..., M, K]   b [..., N, K]   result [..., M, N]
public func matmul(_ a: Variable, _ b: Variable, transposingB: Bool) -> Variable {
  matmul(a, b, transposingA: false, transposingB: transposingB)
}

/// All products of an element of `a` and one of `b`: result[i, j] = a[i] b[j].
///
///     a [M]   b [N]   result [M, N]
public func outer(_ a: Variable, _ b: Variable) -> Variable {
  require(
    a.shape.count == 1 && b.shape.count == 1, of: [a, b], "outer: \(a.shape) and \(b.shape) are not [M] and [N]")
  return a.expanded(at: 1) * b
}

extension Variable {
  /// With the last two dimensions exchanged.
  func turned(_ name: String) -> Variable {
    let rank = shape.count
    require(rank >= 2, of: [self], "\(name): the shape \(shape) has no rows and columns")
    return transposed(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }
}
