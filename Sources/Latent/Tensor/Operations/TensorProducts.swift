import LatentKernels

/// The product of matrices, or of stacks of them: [..., M, K] by [..., K, N] is [..., M, N].
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor { computed(a, b) { matmul($0, $1) } }

/// The product of matrices, or of stacks of them, either of which may be transposed.
public func matmul(_ a: Tensor, _ b: Tensor, transposingA: Bool, transposingB: Bool = false) -> Tensor {
  computed(a, b) { matmul($0, $1, transposingA: transposingA, transposingB: transposingB) }
}

/// The product of matrices, or of stacks of them, the second of which is transposed.
public func matmul(_ a: Tensor, _ b: Tensor, transposingB: Bool) -> Tensor {
  computed(a, b) { matmul($0, $1, transposingB: transposingB) }
}

/// All products of an element of `a` and one of `b`: [M] and [N] make [M, N].
public func outer(_ a: Tensor, _ b: Tensor) -> Tensor { computed(a, b) { outer($0, $1) } }

/// Sums of products of elements, by Einstein's convention (NumPy's `einsum`): `einsum("ij,jk->ik", a, b)`.
public func einsum(_ equation: String, _ operands: Tensor...) -> Tensor {
  computed(operands) { einsum(equation, operands: $0) }
}

extension LinearAlgebra {
  /// x of t x = b for a lower triangle t, or with `upper` for an upper one; t's other elements are not read.
  ///
  ///     t [..., n, n]   b, x [..., n, k], repeated to a common stack by NumPy's rule
  public static func triangularSolve(_ t: Tensor, _ b: Tensor, upper: Bool = false) -> Tensor {
    computed(t, b) { triangularSolve($0, $1, upper: upper) }
  }

  /// a^-1; NaN where a is singular: [..., n, n].
  public static func inverse(_ a: Tensor) -> Tensor { computed(a) { inverse($0) } }

  /// log |det a|; -infinity where a is singular: [..., n, n] -> [...].
  public static func logDeterminant(_ a: Tensor) -> Tensor { computed(a) { logDeterminant($0) } }
}
