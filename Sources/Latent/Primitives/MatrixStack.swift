import LatentKernels

/// An operand of a stacked product as it lies in memory.
struct MatrixStack {
  /// What is read and differentiated: the operand, or what it is a transposition of.
  let source: Variable
  /// Rows and columns of a matrix.
  let rows: Int, columns: Int
  /// Whether its columns are what lies together in memory.
  let isTransposed: Bool
  /// Elements from one row, or where transposed one column, to the next.
  let stride: Int
  /// Elements from one matrix to the next in each dimension of the result's stack; 0 where it is repeated.
  let strides: [Int]
  /// Whether the matrices lie one after the other, row after row.
  let isContiguous: Bool

  init(_ operand: Variable, stack: [Int]) {
    let shape = operand.shape
    (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    var own = Shape.strides(shape)
    if let transposition = operand.transposition, rows > 0, columns > 0,
      let place = MatrixStack.place(transposition, rows: rows, columns: columns)
    {
      (source, own, isContiguous) = (transposition.source, transposition.strides, false)
      (isTransposed, stride) = place
    } else {
      (source, isTransposed, stride, isContiguous) = (operand, false, columns, true)
    }
    let extra = stack.count - (shape.count - 2)
    strides = stack.indices.map { $0 < extra || shape[$0 - extra] == 1 ? 0 : own[$0 - extra] }
  }

  /// How a matrix lies in the memory of what was transposed; nil where neither its rows nor its columns lie without gaps.
  private static func place(
    _ transposition: Transposition, rows: Int, columns: Int
  ) -> (isTransposed: Bool, stride: Int)? {
    let (down, along) = (transposition.strides[transposition.strides.count - 2], transposition.strides.last!)
    if along == 1 || columns == 1 { return (false, max(down, columns)) }
    if down == 1 || rows == 1 { return (true, max(along, rows)) }
    return nil
  }
}

/// Which matrix of either operand goes into each matrix of the result.
struct StackedProduct: Sendable {
  private(set) var m: Int
  let n: Int, k: Int
  /// Matrices of the result.
  private(set) var count: Int
  let isLeftTransposed: Bool, isRightTransposed: Bool
  private let rowStrides: (left: Int, right: Int)
  private var shape: [Int]
  private var strides: (left: [Int], right: [Int])

  init(_ left: MatrixStack, _ right: MatrixStack, stack: [Int]) {
    (m, k, n) = (left.rows, left.columns, right.columns)
    (isLeftTransposed, isRightTransposed) = (left.isTransposed, right.isTransposed)
    rowStrides = (left.stride, right.stride)
    shape = stack
    count = stack.reduce(1, *)
    strides = (left.strides, right.strides)
    // One matrix for all of a stack: the stack is one tall matrix.
    if count > 0 && left.isContiguous && !isLeftRepeated && strides.right.allSatisfy({ $0 == 0 }) {
      (m, count, shape, strides) = (m * count, 1, [], ([], []))
    }
  }

  /// The matrix that begins at a place of the left operand's memory, as it lies there.
  func left(_ storage: Storage, _ place: Int) -> Matrix {
    matrix(storage, place, isLeftTransposed ? (k, m) : (m, k), rowStrides.left)
  }

  /// The same of the right operand.
  func right(_ storage: Storage, _ place: Int) -> Matrix {
    matrix(storage, place, isRightTransposed ? (n, k) : (k, n), rowStrides.right)
  }

  private func matrix(_ storage: Storage, _ place: Int, _ size: (rows: Int, columns: Int), _ stride: Int) -> Matrix {
    Matrix(storage[min(place, storage.count)..<storage.count], rows: size.rows, columns: size.columns, stride: stride)
  }

  /// Calls `body` for each matrix of the result, with the places where the operands' matrices begin: small ones on as many
  /// threads as are free, unless they write to the same place and so have an order; large ones are cut by themselves.
  func visit(inOrder: Bool = false, _ body: @Sendable (_ result: Int, _ left: Int, _ right: Int) -> Void) {
    @Sendable func visit(_ results: Range<Int>) {
      for result in results {
        var (rest, a, b) = (result, 0, 0)
        for place in shape.indices.reversed() {
          a += rest % shape[place] * strides.left[place]
          b += rest % shape[place] * strides.right[place]
          rest /= shape[place]
        }
        body(result, a, b)
      }
    }
    let work = m * n * k
    if inOrder || work >= 1 << 20 { return visit(0..<count) }
    Threads.cut(count, least: (1 << 19) / max(1, work) + 1) { visit($0) }
  }

  /// Whether it is one product, for which the right operand is packed, and so a packed one may be shared with others.
  var isWorthSharing: Bool { count == 1 && !isLeftTransposed && Products.isLarge(m, n, k) }

  /// Whether a matrix of the operand goes into several of the result.
  var isLeftRepeated: Bool { zip(strides.left, shape).contains { $0 == 0 && $1 != 1 } }
  var isRightRepeated: Bool { zip(strides.right, shape).contains { $0 == 0 && $1 != 1 } }
}
