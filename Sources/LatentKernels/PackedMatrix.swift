import CLatentKernels

/// The right operand of many products, packed once into the order in which the kernel reads it.
///
/// `cblas_sgemm` packs its operands anew in every call; an LSTM multiplies by the same weights at each time step.
public struct PackedMatrix {
  /// Rows and columns of the packed matrix, after transposition.
  public let rows: Int
  public let columns: Int
  private let packed: Storage

  /// Packs `matrix`, or its transpose.
  public init(_ matrix: Matrix, transposed: Bool = false, workspace: Workspace? = nil) {
    (rows, columns) = transposed ? (matrix.columns, matrix.rows) : (matrix.rows, matrix.columns)
    let operations = matrix.storage.operations
    packed = Storage(count: operations.packed_count(rows, columns), element: matrix.element, workspace: workspace)
    operations.pack(matrix.pointer, rows, columns, matrix.stride, transposed ? 1 : 0, packed.pointer)
  }

  /// C (+)= A B, where B is rows `firstRow...` of this matrix, as many as A has columns.
  public func multiplied(by a: Matrix, fromRow firstRow: Int = 0, into c: Matrix, accumulating: Bool = false) {
    precondition(
      firstRow + a.columns <= rows && c.rows == a.rows && c.columns == columns && a.element == packed.element,
      "PackedMatrix: [\(a.rows), \(a.columns)] by rows \(firstRow)... of [\(rows), \(columns)] into "
        + "[\(c.rows), \(c.columns)]")
    packed.operations.multiply_packed(
      a.pointer, a.rows, a.columns, a.stride, 0, packed.pointer, rows, firstRow, c.pointer, columns, c.stride,
      accumulating ? 1 : 0)
  }
}

/// C (+)= A^T B for A [K, M] and B [K, N] with K long, as in the weight gradient of a whole sequence.
public func multiplyTall(
  _ a: Matrix, transposedBy b: Matrix, into c: Matrix, accumulating: Bool = false, workspace: Workspace? = nil
) {
  precondition(
    a.rows == b.rows && c.rows == a.columns && c.columns == b.columns && a.element == b.element,
    "multiplyTall: [\(a.rows), \(a.columns)]^T by [\(b.rows), \(b.columns)] into [\(c.rows), \(c.columns)]")
  let operations = a.storage.operations
  let scratch = Storage(count: operations.tall_scratch_count(), element: a.element, workspace: workspace)
  operations.multiply_tall(
    a.pointer, a.stride, a.columns, b.pointer, b.stride, b.columns, a.rows, c.pointer, c.stride, accumulating ? 1 : 0,
    scratch.pointer)
}
