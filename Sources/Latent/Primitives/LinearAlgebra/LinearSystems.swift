import LatentKernels

/// Linear algebra with gradients, for matrices and for stacks of them: the last two dimensions are rows and columns. Everything is
/// computed by LAPACK in float64 and rounded to the operands' element type. What has no result is NaN, so that a
/// training run reports it as what it is; the functions of tensors throw instead.
extension LinearAlgebra {
  /// x of a x = b, by LU with partial pivoting; NaN where a is singular.
  ///
  ///     a [..., n, n]   b, x [..., n, k], repeated to a common stack by NumPy's rule
  ///     db = a^-T dx   da = -db x^T
  public static func solve(_ a: Variable, _ b: Variable) -> Variable {
    let (a, b) = systems("solve", a, b)
    let (n, columns, tape) = (b.shape[b.shape.count - 2], b.shape[b.shape.count - 1], a.tape)
    if b.tensor.count == 0 { return tape.record("solve", a, b, output: b.tensor) { _ in } }
    let factors = FactoredMatrices(a.tensor.storage, n: n, workspace: tape.workspace)
    let x = Tensor(
      unchecked: factors.solve(b.tensor.storage, columns: columns, workspace: tape.workspace), shape: b.shape)
    let result = tape.record("solve", a, b, output: x) { backward in
      let db = Tensor(
        unchecked: factors.solve(
          backward.upstream.storage, columns: columns, transposed: true, workspace: backward.workspace),
        shape: x.shape)
      if backward.needs(0) { backward.add(backward.outerProducts(db, x), times: -1, to: 0) }
      backward.add(db, to: 1)
    }
    func solved(_ upstream: Variable) -> Variable { solve(a.turned("solve"), upstream) }
    return result.ruled([{ -matmul(solved($0), result, transposingB: true) }, solved])
  }

  /// a^-1; NaN where a is singular. da = -y^T dy y^T
  ///
  ///     a, y [..., n, n]
  public static func inverse(_ a: Variable) -> Variable {
    solve(a, a.tape.constant(.identity(square("inverse", a), element: a.element)))
  }

  /// log |det a|; -infinity where a is singular. da = dy a^-T
  ///
  ///     a [..., n, n]   y [...]
  public static func logDeterminant(_ a: Variable) -> Variable {
    let (n, tape, shape) = (square("logDeterminant", a), a.tape, a.shape)
    let y = tape.makeTensor(Array(shape.dropLast(2)), element: a.element)
    if n == 0 || y.count == 0 {
      y.storage.fill(0)
      return tape.record("logDeterminant", a, output: y) { backward in backward.accumulate(0) { $0.fill(0) } }
    }
    let factors = FactoredMatrices(a.tensor.storage, n: n, workspace: tape.workspace)
    y.storage.assign(factors.logDeterminants)
    return tape.record("logDeterminant", a, output: y) { backward in
      if !backward.needs(0) { return }
      // a^T x = 1 dy
      let tape = Tape(workspace: backward.workspace)
      let identity = tape.constant(.identity(n, element: y.element))
      let scaled = identity * tape.constant(backward.upstream.reshaped(to: y.shape + [1, 1]))
      let da = factors.solve(scaled.tensor.storage, columns: n, transposed: true, workspace: backward.workspace)
      backward.add(Tensor(unchecked: da, shape: shape), to: 0)
    }.ruled([
      { upstream in
        let identity = upstream.tape.constant(.identity(n, element: y.element))
        return solve(a.turned("logDeterminant"), identity * upstream.reshaped(to: y.shape + [1, 1]))
      }
    ])
  }

  /// The size of square matrices.
  static func square(_ name: String, _ a: Variable) -> Int {
    let shape = a.shape
    require(
      shape.count >= 2 && shape[shape.count - 1] == shape[shape.count - 2], of: [a],
      "\(name): the shape \(shape) is not [..., n, n]")
    return shape[shape.count - 1]
  }

  /// Matrices and right sides, repeated to a common stack.
  static func systems(_ name: String, _ a: Variable, _ b: Variable) -> (a: Variable, b: Variable) {
    let (left, right) = (a.shape, b.shape)
    guard left.count >= 2, right.count >= 2, left[left.count - 1] == left[left.count - 2],
      right[right.count - 2] == left[left.count - 1], a.element == b.element,
      let stack = Shape.broadcast(left.dropLast(2), right.dropLast(2))
    else {
      refuse(
        [a, b], "\(name): \(left) of \(a.element) and \(right) of \(b.element) do not fit [..., n, n], [..., n, k]")
    }
    func repeated(_ x: Variable) -> Variable {
      let shape = stack + x.shape.suffix(2)
      return x.shape == shape ? x : x.broadcast(to: shape)
    }
    return (repeated(a), repeated(b))
  }
}

extension Backward {
  /// a b^T of the matrices of two stacks, each repeated over the columns that both have.
  mutating func outerProducts(_ a: Tensor, _ b: Tensor) -> Tensor {
    let tape = Tape(workspace: workspace)
    return matmul(tape.constant(a), tape.constant(b), transposingB: true).tensor
  }
}
