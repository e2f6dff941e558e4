import CLatentKernels

/// The right operand of many products, packed once into the order in which the kernel reads it.
///
/// `cblas_sgemm` packs its operands anew in every call; an LSTM multiplies by the same weights at each time step.
public struct PackedMatrix: Sendable {
  /// Rows and columns of the packed matrix, after transposition.
  public let rows: Int
  public let columns: Int
  private let packed: Storage

  /// Packs `matrix`, or its transpose.
  public init(_ matrix: Matrix, transposed: Bool = false, workspace: Workspace? = nil) {
    self.init(
      rows: transposed ? matrix.columns : matrix.rows, columns: transposed ? matrix.rows : matrix.columns,
      element: matrix.element, workspace: workspace)
    pack(matrix, transposed: transposed, atRow: 0)
  }

  /// Packs the rows of `upper` and, below them, those of `lower`.
  public init(stacking upper: Matrix, on lower: Matrix, workspace: Workspace? = nil) {
    precondition(
      upper.columns == lower.columns && upper.element == lower.element,
      "PackedMatrix: [\(upper.rows), \(upper.columns)] on [\(lower.rows), \(lower.columns)]")
    self.init(
      rows: upper.rows + lower.rows, columns: upper.columns, element: upper.element, workspace: workspace)
    pack(upper, transposed: false, atRow: 0)
    pack(lower, transposed: false, atRow: upper.rows)
  }

  private init(rows: Int, columns: Int, element: ElementType, workspace: Workspace?) {
    self.rows = rows
    self.columns = columns
    let count = Operations.table(for: element).pointee.packed_count(rows, columns)
    packed = Storage(count: count, element: element, workspace: workspace)
  }

  private func pack(_ matrix: Matrix, transposed: Bool, atRow row: Int) {
    packed.operations.pack(
      matrix.pointer, transposed ? matrix.columns : matrix.rows, columns, matrix.stride, transposed ? 1 : 0,
      packed.pointer, rows, row)
  }

  /// C (+)= A B, where B is rows `firstRow...` of this matrix, as many as A has columns.
  public func multiplied(by a: Matrix, fromRow firstRow: Int = 0, into c: Matrix, accumulating: Bool = false) {
    precondition(
      firstRow >= 0 && firstRow + a.columns <= rows && c.rows == a.rows && c.columns == columns
        && a.element == packed.element && c.element == packed.element,
      "PackedMatrix: [\(a.rows), \(a.columns)] \(a.element) by rows \(firstRow)... of [\(rows), \(columns)] "
        + "\(packed.element) into [\(c.rows), \(c.columns)] \(c.element)")
    packed.operations.multiply_packed(
      a.pointer, a.rows, a.columns, a.stride, packed.pointer, rows, firstRow, c.pointer, columns, c.stride,
      accumulating ? 1 : 0)
  }
}
