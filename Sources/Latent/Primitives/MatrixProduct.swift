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
  let y = tape.makeTensor(stack + [left.shape[left.shape.count - 2], n], element: left.element)
  let workspace = tape.workspace
  sizes.visit { index, i, j in
    product(
      MatrixStack.matrix(left.storage, i, m, k), MatrixStack.matrix(right.storage, j, k, n),
      into: MatrixStack.matrix(y.storage, index, m, n), workspace: workspace)
  }
  var work = Work(product: .init(m: m, n: n, k: k), element: left.element)
  work.flops *= Double(sizes.count)
  work.bytes *= Double(sizes.count)
  return tape.record("matmul", inputs: [a, b], output: y, work: (work, work + work)) { backward in
    let (upstream, workspace) = (backward.upstream.storage, backward.workspace)
    if let (gradient, isAccumulating) = backward.destination(0) {
      let isAdded = isAccumulating || sizes.isLeftRepeated
      if isAdded && !isAccumulating { gradient.fill(0) }
      sizes.visit(inOrder: sizes.isLeftRepeated) { index, i, j in
        product(
          MatrixStack.matrix(upstream, index, m, n), MatrixStack.matrix(right.storage, j, k, n), transposingB: true,
          into: MatrixStack.matrix(gradient, i, m, k), accumulating: isAdded, workspace: workspace)
      }
    }
    if let (gradient, isAccumulating) = backward.destination(1) {
      let isAdded = isAccumulating || sizes.isRightRepeated
      if isAdded && !isAccumulating { gradient.fill(0) }
      sizes.visit(inOrder: sizes.isRightRepeated) { index, i, j in
        product(
          MatrixStack.matrix(left.storage, i, m, k), MatrixStack.matrix(upstream, index, m, n), transposingA: true,
          into: MatrixStack.matrix(gradient, j, k, n), accumulating: isAdded, workspace: workspace)
      }
    }
  }
}

/// Which matrix of either operand goes into each matrix of the result.
private struct MatrixStack {
  private(set) var m: Int
  let n: Int, k: Int
  /// Matrices of the result.
  private(set) var count: Int
  private var shape: [Int]
  private var strides: (a: [Int], b: [Int])

  init(_ a: Tensor, _ b: Tensor, stack: [Int]) {
    (m, k) = (a.shape[a.shape.count - 2], a.shape[a.shape.count - 1])
    n = b.shape[b.shape.count - 1]
    shape = stack
    count = stack.reduce(1, *)
    strides = (
      Shape.strides(a.shape.dropLast(2), repeatedTo: stack), Shape.strides(b.shape.dropLast(2), repeatedTo: stack)
    )
    // One matrix for all of a stack: the stack is one tall matrix.
    if count > 0 && !isLeftRepeated && strides.b.allSatisfy({ $0 == 0 }) {
      (m, count, shape, strides) = (m * count, 1, [], ([], []))
    }
  }

  /// Calls `body` for each matrix of the result: small ones on as many threads as are free, unless they write to the same
  /// place and so have an order; large ones are cut by themselves.
  func visit(inOrder: Bool = false, _ body: @Sendable (_ result: Int, _ a: Int, _ b: Int) -> Void) {
    @Sendable func visit(_ results: Range<Int>) {
      for result in results {
        var (rest, a, b) = (result, 0, 0)
        for place in shape.indices.reversed() {
          a += rest % shape[place] * strides.a[place]
          b += rest % shape[place] * strides.b[place]
          rest /= shape[place]
        }
        body(result, a, b)
      }
    }
    let work = m * n * k
    if inOrder || work >= 1 << 20 { return visit(0..<count) }
    Threads.cut(count, least: (1 << 19) / max(1, work) + 1) { visit($0) }
  }

  /// Whether a matrix of the operand goes into several of the result.
  var isLeftRepeated: Bool { zip(strides.a, shape).contains { $0 == 0 && $1 != 1 } }
  var isRightRepeated: Bool { zip(strides.b, shape).contains { $0 == 0 && $1 != 1 } }

  static func matrix(_ storage: Storage, _ index: Int, _ rows: Int, _ columns: Int) -> Matrix {
    let size = rows * columns
    return Matrix(storage[index * size..<(index + 1) * size], rows: rows, columns: columns)
  }
}
