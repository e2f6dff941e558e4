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
    multiply(
      MatrixStack.matrix(left, i, m, k), MatrixStack.matrix(right, j, k, n),
      into: MatrixStack.matrix(y, index, m, n))
  }
  var product = Work(product: .init(m: m, n: n, k: k), element: left.element)
  product.flops *= Double(sizes.count)
  product.bytes *= Double(sizes.count)
  return tape.record("matmul", inputs: [a, b], output: y, work: (product, product + product)) { backward in
    let upstream = backward.upstream
    for input in [0, 1] {
      guard let (gradient, isAccumulating) = backward.destination(input) else { continue }
      if !isAccumulating { gradient.fill(0) }  // a repeated operand is added to several times
      sizes.visit { index, i, j in
        let dy = MatrixStack.matrix(upstream, index, m, n)
        if input == 0 {
          multiply(
            dy, MatrixStack.matrix(right, j, k, n), transposingB: true,
            into: MatrixStack.matrix(Tensor(gradient, shape: left.shape), i, m, k), accumulating: true)
        } else {
          multiply(
            MatrixStack.matrix(left, i, m, k), dy, transposingA: true,
            into: MatrixStack.matrix(Tensor(gradient, shape: right.shape), j, k, n), accumulating: true)
        }
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

  static func matrix(_ tensor: Tensor, _ index: Int, _ rows: Int, _ columns: Int) -> Matrix {
    let size = rows * columns
    return Matrix(tensor.storage[index * size..<(index + 1) * size], rows: rows, columns: columns)
  }
}
