import LatentKernels

/// The product of matrices, or of stacks of them: the last two dimensions are rows and columns, those before are repeated
/// by NumPy's rule.
///
///     a [..., M, K]   b [..., K, N]   result [..., M, N]
///     da = dy b^T   db = a^T dy, summed over where an operand was repeated
///
/// An operand that ``Variable/transposed(_:)`` has made, as in `matmul(a, b.transposed())` or in attention, is read where it
/// lies, and its gradient is written there, if its rows or its columns lie without gaps.
public func matmul(_ a: Variable, _ b: Variable) -> Variable {
  if a.tape.isDifferentiatedAgain && (a.transposition != nil || b.transposition != nil) {
    return matmul(a.settled, b.settled)
  }
  guard a.shape.count >= 2, b.shape.count >= 2, a.element == b.element,
    a.shape[a.shape.count - 1] == b.shape[b.shape.count - 2],
    let stack = Shape.broadcast(a.shape.dropLast(2), b.shape.dropLast(2))
  else {
    refuse(
      [a, b],
      "matmul: \(a.shape) of \(a.element) by \(b.shape) of \(b.element) do not fit [..., M, K], [..., K, N]"
    )
  }
  let (left, right) = (MatrixStack(a, stack: stack), MatrixStack(b, stack: stack))
  let sizes = StackedProduct(left, right, stack: stack)
  let (m, n) = (sizes.m, sizes.n)
  let tape = a.tape
  let y = tape.makeTensor(stack + [a.shape[a.shape.count - 2], n], element: a.element)
  let (workspace, precision) = (tape.workspace, tape.precision)
  let (x, w) = (left.source.tensor.storage, right.source.tensor.storage)
  @Sendable func result(_ storage: Storage, _ index: Int) -> Matrix {
    Matrix(storage[index * m * n..<(index + 1) * m * n], rows: m, columns: n)
  }
  // A parameter is packed once for all products of the step that multiply by it.
  let packs = sizes.isWorthSharing && tape.isParameter(right.source) ? tape.packs : nil
  if let packs {
    packs.matrix(sizes.right(w, 0), transposed: sizes.isRightTransposed).multiplied(
      by: sizes.left(x, 0), into: result(y.storage, 0))
  } else {
    sizes.visit { index, i, j in
      product(
        sizes.left(x, i), sizes.right(w, j), transposingA: sizes.isLeftTransposed,
        transposingB: sizes.isRightTransposed,
        into: result(y.storage, index), precision: precision, workspace: workspace)
    }
  }
  var work = Work(product: .init(m: m, n: n, k: sizes.k), element: a.element)
  work.flops *= Double(sizes.count)
  work.bytes *= Double(sizes.count)
  let result = tape.record(
    "matmul", inputs: [left.source, right.source], output: y,
    work: (work, work.backward(to: [left.source, right.source]))
  ) { backward in
    let (upstream, workspace) = (backward.upstream.storage, backward.workspace)
    if let (gradient, isAccumulating) = backward.destination(0) {
      let isAdded = isAccumulating || sizes.isLeftRepeated
      if isAdded && !isAccumulating { gradient.fill(0) }
      if let packs {
        packs.matrix(sizes.right(w, 0), transposed: !sizes.isRightTransposed).multiplied(
          by: result(upstream, 0), into: sizes.left(gradient, 0), accumulating: isAdded)
      } else {
        sizes.visit(inOrder: sizes.isLeftRepeated) { index, i, j in
          let (dy, da) = (result(upstream, index), sizes.left(gradient, i))
          if sizes.isLeftTransposed {  // b dy^T
            product(
              sizes.right(w, j), dy, transposingA: sizes.isRightTransposed, transposingB: true, into: da,
              accumulating: isAdded, precision: precision, workspace: workspace)
          } else {
            product(
              dy, sizes.right(w, j), transposingB: !sizes.isRightTransposed, into: da, accumulating: isAdded,
              precision: precision, workspace: workspace)
          }
        }
      }
    }
    if let (gradient, isAccumulating) = backward.destination(1) {
      let isAdded = isAccumulating || sizes.isRightRepeated
      if isAdded && !isAccumulating { gradient.fill(0) }
      sizes.visit(inOrder: sizes.isRightRepeated) { index, i, j in
        let (dy, db) = (result(upstream, index), sizes.right(gradient, j))
        if sizes.isRightTransposed {  // dy^T a
          product(
            dy, sizes.left(x, i), transposingA: true, transposingB: sizes.isLeftTransposed, into: db,
            accumulating: isAdded, precision: precision, workspace: workspace)
        } else {
          product(
            sizes.left(x, i), dy, transposingA: !sizes.isLeftTransposed, into: db, accumulating: isAdded,
            precision: precision, workspace: workspace)
        }
      }
    }
  }
  return result.ruled([{ matmul($0, b, transposingB: true) }, { matmul(a, $0, transposingA: true) }])
}

extension Variable {
  /// With its elements in order in memory: an operand of which gradients have the shape.
  fileprivate var settled: Variable { transposition?.moved ?? self }
}
