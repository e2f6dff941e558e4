import CLatentKernels

/// The right operand of many products, packed once into the order in which the kernel reads it.
///
/// `cblas_sgemm` packs its operands anew in every call; an LSTM multiplies by the same weights at each time step.
public struct PackedMatrix: Sendable {
  /// Rows and columns of the packed matrix, after transposition.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  let packed: Storage

  /// Packs `matrix`, or its transpose.
  public init(_ matrix: Matrix, transposed: Bool = false, workspace: Workspace? = nil) {
    self.init(uninitializedFor: [matrix], transposed: transposed, workspace: workspace)
    packAll([matrix], transposed: transposed)
  }

  /// Packs the rows of `upper` and, below them, those of `lower`.
  public init(stacking upper: Matrix, on lower: Matrix, workspace: Workspace? = nil) {
    self.init(uninitializedFor: [upper, lower], transposed: false, workspace: workspace)
    packAll([upper, lower], transposed: false)
  }

  /// Room for the parts on top of each other, to be filled by ``pack(_:transposed:columns:)``.
  init(uninitializedFor parts: [Matrix], transposed: Bool, workspace: Workspace?) {
    let first = parts[0]
    func size(_ part: Matrix) -> (rows: Int, columns: Int) {
      transposed ? (part.columns, part.rows) : (part.rows, part.columns)
    }
    columns = size(first).columns
    rows = parts.reduce(0) { $0 + size($1).rows }
    require(
      parts.allSatisfy { size($0).columns == size(first).columns && $0.element == first.element },
      "PackedMatrix: \(parts.map { "[\($0.rows), \($0.columns)] \($0.element)" }.joined(separator: " on "))"
        + (transposed ? ", transposed" : ""))
    let operations = Operations.table(for: first.element).pointee
    packed = Storage(count: operations.packed_count(rows, columns), element: first.element, workspace: workspace)
  }

  /// Columns that lie together in memory: a part to pack starts at a multiple of it.
  static func panelWidth(_ element: ElementType) -> Int { Operations.table(for: element).pointee.packed_count(1, 1) }

  private func packAll(_ parts: [Matrix], transposed: Bool) {
    let width = PackedMatrix.panelWidth(packed.element)
    Threads.cutRows((columns + width - 1) / width, of: width * rows) {
      pack(parts, transposed: transposed, columns: $0.lowerBound * width..<min($0.upperBound * width, columns))
    }
  }

  /// Packs some of the columns; the first is a multiple of ``panelWidth(_:)``.
  func pack(_ parts: [Matrix], transposed: Bool, columns range: Range<Int>) {
    var row = 0
    for part in parts {
      let source = part.storage.pointer(at: range.lowerBound * (transposed ? part.stride : 1))
      let count = transposed ? part.columns : part.rows
      packed.operations.pack(
        source, count, range.count, part.stride, transposed ? 1 : 0, packed.pointer(at: range.lowerBound * rows), rows,
        row)
      row += count
    }
  }

  /// C (+)= A B, where B is rows `firstRow...` of this matrix, as many as A has columns.
  public func multiplied(by a: Matrix, fromRow firstRow: Int = 0, into c: Matrix, accumulating: Bool = false) {
    require(
      firstRow >= 0 && firstRow + a.columns <= rows && c.rows == a.rows && c.columns == columns
        && a.element == packed.element && c.element == packed.element,
      "PackedMatrix: [\(a.rows), \(a.columns)] \(a.element) by rows \(firstRow)... of [\(rows), \(columns)] "
        + "\(packed.element) into [\(c.rows), \(c.columns)] \(c.element)")
    let loop = packed.operations.multiply_packed
    Products.cut(a.rows, times: a.columns * columns, piecesPerThread: 4) {
      loop(
        a.storage.pointer(at: $0.lowerBound * a.stride), $0.count, a.columns, a.stride, packed.pointer, rows, firstRow,
        c.storage.pointer(at: $0.lowerBound * c.stride), columns, c.stride, accumulating ? 1 : 0)
    }
  }
}
