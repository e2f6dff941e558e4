import CLatentKernels

/// C (+)= A B of any size, with A or B transposed on request: small products by `multiply`, large ones packed and cut
/// among ``Threads``. Which of the two depends on the sizes alone, and so do the bits of the result.
///
/// - Parameters:
///   - accumulating: adds to what C holds; otherwise C is overwritten and may be uninitialised
///   - workspace: memory for the packed operand
public func product(
  _ a: Matrix, _ b: Matrix, transposingA transposeA: Bool = false, transposingB transposeB: Bool = false,
  into c: Matrix, accumulating: Bool = false, workspace: Workspace? = nil
) {
  let depth = transposeA ? a.rows : a.columns
  let isLarge = c.rows * c.columns * depth >= Products.leastLarge
  if isLarge && !transposeA {
    PackedMatrix(b, transposed: transposeB, workspace: workspace).multiplied(by: a, into: c, accumulating: accumulating)
  } else if isLarge && !transposeB && c.stride == c.columns {
    multiplyTransposed(a, b, into: c, accumulating: accumulating)
  } else {
    multiply(
      a, b, transposingA: transposeA, transposingB: transposeB, into: c, accumulating: accumulating)
  }
}

/// C (+)= A^T B, for weight gradients: A [k, m] and B [k, n] are tall, and C's rows lie without gaps.
///
/// - Parameter lower: where the rows of C from `c.rows` on go, when they belong to another matrix.
public func multiplyTransposed(
  _ a: Matrix, _ b: Matrix, into c: Matrix, accumulating: Bool = false, lower: Matrix? = nil,
  accumulatingLower: Bool = false
) {
  require(
    a.rows == b.rows && a.columns == c.rows + (lower?.rows ?? 0) && a.element == b.element
      && [c, lower ?? c].allSatisfy { $0.columns == b.columns && $0.stride == b.columns && $0.element == a.element },
    "multiplyTransposed: [\(a.rows), \(a.columns)]^T \(a.element) by [\(b.rows), \(b.columns)] \(b.element) into "
      + "[\(c.rows), \(c.columns)] and \(lower?.rows ?? 0) rows")
  let (loop, split, n) = (a.storage.operations.multiply_transposed, c.rows, b.columns)
  // Each piece copies the panels of B again: few pieces.
  Products.cut(a.columns, times: a.rows * n, piecesPerThread: 1) { rows in
    let upperRows = min(max(split - rows.lowerBound, 0), rows.count)
    loop(
      a.storage.pointer(at: rows.lowerBound), a.rows, rows.count, upperRows, a.stride, b.pointer, n, b.stride,
      c.storage.pointer(at: min(rows.lowerBound, split) * n), accumulating ? 1 : 0,
      lower?.storage.pointer(at: max(rows.lowerBound - split, 0) * n), accumulatingLower ? 1 : 0)
  }
}

enum Products {
  /// Multiply-adds from which a product is worth packing an operand for, and cutting: some 20 microseconds.
  static let leastLarge = 1 << 20

  /// Calls `body` with runs of C's rows, each of which costs `work` multiply-adds. A row's bits do not depend on the others.
  static func cut(_ rows: Int, times work: Int, piecesPerThread: Int, _ body: @Sendable (Range<Int>) -> Void) {
    if rows * work < leastLarge || latent_is_in_task() != 0 || Threads.count == 1 { return body(0..<rows) }
    let pieces = Threads.count * max(1, min(piecesPerThread, rows / (128 * Threads.count)))
    let size = ((rows + pieces - 1) / pieces + 7) & ~7  // whole blocks of the kernel's rows
    Threads.run(tasks: (rows + size - 1) / size) { body($0 * size..<min(($0 + 1) * size, rows)) }
  }
}
