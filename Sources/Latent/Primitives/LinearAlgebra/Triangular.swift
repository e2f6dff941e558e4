import LatentKernels

extension LinearAlgebra {
  /// x of t x = b for a lower triangle t, or with `upper` for an upper one; t's other elements are not read. Zeros on the diagonal
  /// give infinities or NaN.
  ///
  ///     t [..., n, n]   b, x [..., n, k], repeated to a common stack by NumPy's rule
  ///     db = t^-T dx   dt = the triangle of -db x^T
  public static func triangularSolve(_ t: Variable, _ b: Variable, upper: Bool = false) -> Variable {
    let (t, b) = systems("triangularSolve", t, b)
    let (n, columns, tape) = (b.shape[b.shape.count - 2], b.shape[b.shape.count - 1], t.tape)
    if b.tensor.count == 0 { return tape.record("triangularSolve", t, b, output: b.tensor) { _ in } }
    let triangles = t.tensor.storage
    let x = Tensor(
      unchecked: TriangularMatrices.solve(
        triangles, b.tensor.storage, n: n, columns: columns, isLower: !upper, workspace: tape.workspace),
      shape: b.shape)
    let result = tape.record("triangularSolve", t, b, output: x) { backward in
      let db = Tensor(
        unchecked: TriangularMatrices.solve(
          triangles, backward.upstream.storage, n: n, columns: columns, isLower: !upper, transposed: true,
          workspace: backward.workspace), shape: x.shape)
      if backward.needs(0) {
        let all = Tape(workspace: backward.workspace).constant(backward.outerProducts(db, x))
        backward.add((upper ? all.triu() : all.tril()).tensor, times: -1, to: 0)
      }
      backward.add(db, to: 1)
    }
    func solved(_ upstream: Variable) -> Variable {
      triangularSolve(t.turned("triangularSolve"), upstream, upper: !upper)
    }
    return result.ruled([
      { upstream in
        let all = matmul(solved(upstream), result, transposingB: true)
        return -(upper ? all.triu() : all.tril())
      }, solved,
    ])
  }

  /// The lower triangle L of a = L L^T for symmetric positive definite a; NaN where it is not. Its lower triangle is read, and its
  /// gradient is symmetric (I. Murray, "Differentiation of the Cholesky decomposition", 2016): with P the lower triangle of
  /// L^T dL, its diagonal halved, da = (S + S^T) / 2 of S = L^-T P L^-1.
  ///
  ///     a, L [..., n, n]
  public static func cholesky(_ a: Variable) -> Variable {
    let (n, tape) = (square("cholesky", a), a.tape)
    if a.tensor.count == 0 { return tape.record("cholesky", a, output: a.tensor) { _ in } }
    let l = Tensor(
      unchecked: TriangularMatrices.cholesky(a.tensor.storage, n: n, workspace: tape.workspace), shape: a.shape)
    let result = tape.record("cholesky", a, output: l) { backward in
      if !backward.needs(0) { return }
      let tape = Tape(workspace: backward.workspace)
      let da = choleskyGradient(tape.constant(l), tape.constant(backward.upstream)) { b in
        tape.constant(
          Tensor(
            unchecked: TriangularMatrices.solve(
              l.storage, b.tensor.storage, n: n, columns: n, isLower: true, transposed: true,
              workspace: tape.workspace), shape: b.shape))
      }
      backward.add(da.tensor, to: 0)
    }
    return result.ruled([
      { upstream in
        choleskyGradient(result, upstream) { triangularSolve(result.turned("cholesky"), $0, upper: true) }
      }
    ])
  }

  /// - Parameter divided: L^-T times a matrix
  private static func choleskyGradient(
    _ l: Variable, _ upstream: Variable, divided: (Variable) -> Variable
  ) -> Variable {
    let slope = matmul(l, upstream.tril(), transposingA: true)
    let p = 0.5 * (slope.tril() + slope.tril(diagonal: -1))
    let s = divided(divided(p).turned("cholesky"))  // S^T
    return 0.5 * (s + s.turned("cholesky"))
  }
}
