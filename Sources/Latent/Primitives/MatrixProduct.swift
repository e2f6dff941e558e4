import LatentKernels

/// The product of matrices, or of stacks of them: the last two dimensions are rows and columns, those before are repeated
/// by NumPy's rule.
///
///     a [..., M, K]   b [..., K, N]   result [..., M, N]
///     da = dy b^T   db = a^T dy, summed over where an operand was repeated
public func matmul(_ a: Variable, _ b: Variable) -> Variable {
  guard a.shape.count >= 2, b.shape.count >= 2, a.tensor.element == b.tensor.element,
    a.shape[a.shape.count - 1] == b.shape[b.shape.count - 2],
    let stack = Shape.broadcast(a.shape.dropLast(2), b.shape.dropLast(2))
  else {
    refuse(
      [a, b],
      "matmul: \(a.shape) of \(a.tensor.element) by \(b.shape) of \(b.tensor.element) do not fit [..., M, K], [..., K, N]"
    )
  }
  let sizes = MatrixStack(a.tensor, b.tensor, stack: stack)
  let (m, n, k) = (sizes.m, sizes.n, sizes.k)
  let tape = a.tape
  let (left, right) = (a.tensor, b.tensor)
  let y = tape.makeTensor(stack + [m, n], element: left.element)
  sizes.visit { index, i, j in
    product(
      MatrixStack.matrix(left.storage, i, m, k), MatrixStack.matrix(right.storage, j, k, n),
      into: MatrixStack.matrix(y.storage, index, m, n), workspace: tape.workspace)
  }
  var work = Work(product: .init(m: m, n: n, k: k), element: left.element)
  work.flops *= Double(sizes.count)
  work.bytes *= Double(sizes.count)
  return tape.record("matmul", inputs: [a, b], output: y, work: (work, work + work)) { backward in
    let (upstream, workspace) = (backward.upstream.storage, backward.workspace)
    if let (gradient, isAccumulating) = backward.destination(0) {
      let isAdded = isAccumulating || sizes.isLeftRepeated
      if isAdded && !isAccumulating { gradient.fill(0) }
      sizes.visit { index, i, j in
        product(
          MatrixStack.matrix(upstream, index, m, n), MatrixStack.matrix(right.storage, j, k, n), transposingB: true,
          into: MatrixStack.matrix(gradient, i, m, k), accumulating: isAdded, workspace: workspace)
      }
    }
    if let (gradient, isAccumulating) = backward.destination(1) {
      let isAdded = isAccumulating || sizes.isRightRepeated
      if isAdded && !isAccumulating { gradient.fill(0) }
      sizes.visit { index, i, j in
        product(
          MatrixStack.matrix(left.storage, i, m, k), MatrixStack.matrix(upstream, index, m, n), transposingA: true,
          into: MatrixStack.matrix(gradient, j, k, n), accumulating: isAdded, workspace: workspace)
      }
    }
  }
}

/// Which matrix of either operand goes into each matrix of the result.
private struct MatrixStack {
  let m: Int, n: Int, k: Int
  /// Matrices of the result.
  let count: Int
  private let shape: [Int]
  private let strides: (a: [Int], b: [Int])

  init(_ a: Tensor, _ b: Tensor, stack: [Int]) {
    (m, k) = (a.shape[a.shape.count - 2], a.shape[a.shape.count - 1])
    n = b.shape[b.shape.count - 1]
    shape = stack
    count = stack.reduce(1, *)
    strides = (
      Shape.strides(a.shape.dropLast(2), repeatedTo: stack), Shape.strides(b.shape.dropLast(2), repeatedTo: stack)
    )
  }

  func visit(_ body: (_ result: Int, _ a: Int, _ b: Int) -> Void) {
    for result in 0..<count {
      var (rest, a, b) = (result, 0, 0)
      for place in shape.indices.reversed() {
        a += rest % shape[place] * strides.a[place]
        b += rest % shape[place] * strides.b[place]
        rest /= shape[place]
      }
      body(result, a, b)
    }
  }

  /// Whether a matrix of the operand goes into several of the result.
  var isLeftRepeated: Bool { zip(strides.a, shape).contains { $0 == 0 && $1 != 1 } }
  var isRightRepeated: Bool { zip(strides.b, shape).contains { $0 == 0 && $1 != 1 } }

  static func matrix(_ storage: Storage, _ index: Int, _ rows: Int, _ columns: Int) -> Matrix {
    let size = rows * columns
    return Matrix(storage[index * size..<(index + 1) * size], rows: rows, columns: columns)
  }
}
