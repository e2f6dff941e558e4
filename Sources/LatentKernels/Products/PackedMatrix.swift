import CLatentKernels

/// The right operand of many products, packed once into the order in which the kernel reads it.
///
/// An LSTM multiplies by the same weights at each time step.
public struct PackedMatrix: Sendable {
  /// Rows of the packed matrix, after transposition; with a mixed ``Precision``, each part begins at a whole group.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// What is multiplied: the numbers themselves, or what they round to in bfloat16.
  public let precision: Precision
  let packed: Storage

  /// Packs `matrix`, or its transpose.
  public init(
    _ matrix: Matrix, transposed: Bool = false, precision: Precision = .full, workspace: Workspace? = nil
  ) {
    self.init(uninitializedFor: [matrix], transposed: transposed, precision: precision, workspace: workspace)
    packAll([matrix], transposed: transposed)
  }

  /// Packs the rows of `upper` and, below them, those of `lower`.
  public init(stacking upper: Matrix, on lower: Matrix, precision: Precision = .full, workspace: Workspace? = nil) {
    self.init(uninitializedFor: [upper, lower], transposed: false, precision: precision, workspace: workspace)
    packAll([upper, lower], transposed: false)
  }

  /// Room for the parts on top of each other, to be filled by ``pack(_:transposed:columns:)``.
  init(uninitializedFor parts: [Matrix], transposed: Bool, precision: Precision, workspace: Workspace?) {
    let first = parts[0]
    func size(_ part: Matrix) -> (rows: Int, columns: Int) {
      transposed ? (part.columns, part.rows) : (part.rows, part.columns)
    }
    columns = size(first).columns
    self.precision = precision
    rows = parts.reduce(0) { $0 + precision.packedRows(size($1).rows) }
    require(
      parts.allSatisfy { size($0).columns == size(first).columns && $0.element == first.element }
        && precision.fits(first.element),
      "PackedMatrix\(precision.note): \(parts.map { "[\($0.rows), \($0.columns)] \($0.element)" }.joined(separator: " on "))"
        + (transposed ? ", transposed" : ""))
    packed = Storage(
      PackedMatrix.size(rows: rows, columns: columns, element: first.element, precision: precision),
      workspace: workspace)
  }

  /// The memory that so many packed rows take.
  static func size(rows: Int, columns: Int, element: ElementType, precision: Precision) -> Storage.Size {
    (precision.packedCount(rows, columns, element), precision.isMixed ? .bfloat16 : element)
  }

  /// Columns that lie together in memory: a part to pack starts at a multiple of it.
  var panelWidth: Int { precision.panelWidth(packed.element) }

  private func packAll(_ parts: [Matrix], transposed: Bool) {
    let width = panelWidth
    Threads.cutRows((columns + width - 1) / width, of: width * rows) {
      pack(parts, transposed: transposed, columns: $0.lowerBound * width..<min($0.upperBound * width, columns))
    }
  }

  /// Packs some of the columns; the first is a multiple of ``panelWidth``.
  func pack(_ parts: [Matrix], transposed: Bool, columns range: Range<Int>) {
    var row = 0
    for part in parts {
      let source = part.storage.pointer(at: range.lowerBound * (transposed ? part.stride : 1))
      let count = transposed ? part.columns : part.rows
      let place = packed.mutablePointer(at: range.lowerBound * rows)
      if let products = precision.products {
        products.pointee.pack(
          source.assumingMemoryBound(to: Float.self), count, range.count, part.stride, transposed ? 1 : 0,
          place.assumingMemoryBound(to: UInt16.self), rows, row)
      } else {
        packed.operations.pack(source, count, range.count, part.stride, transposed ? 1 : 0, place, rows, row)
      }
      row += precision.packedRows(count)
    }
  }

  /// C (+)= A B, where B is rows `firstRow...` of this matrix, as many as A has columns. With a mixed ``Precision``, A
  /// is float32, or bfloat16 with an even stride, and a 0 after rows of odd length; C is float32.
  public func multiplied(by a: Matrix, fromRow firstRow: Int = 0, into c: Matrix, accumulating: Bool = false) {
    multiplied(by: a, fromRow: firstRow, columns: columns, into: c, accumulating: accumulating)
  }

  /// The same with the first `columns` of B alone.
  func multiplied(by a: Matrix, fromRow firstRow: Int = 0, columns: Int, into c: Matrix, accumulating: Bool = false) {
    check(a, firstRow, columns, c)
    cut(a.rows, columns, depth: a.columns).run {
      multiply(a, rows: $0, columns: $1, fromRow: firstRow, into: c, accumulating: accumulating)
    }
  }

  /// C (+)= A B, or A B^T, with B packed for this product alone: each thread packs what it multiplies by.
  static func multiply(
    _ a: Matrix, _ b: Matrix, transposed: Bool, into c: Matrix, accumulating: Bool, precision: Precision,
    workspace: Workspace?
  ) {
    let packed = PackedMatrix(
      uninitializedFor: [b], transposed: transposed, precision: precision, workspace: workspace)
    packed.check(a, 0, packed.columns, c)
    let cut = packed.cut(a.rows, packed.columns, depth: a.columns)
    let packsItself = cut.piece(0).rows.count == a.rows
    if !packsItself { packed.packAll([b], transposed: transposed) }
    cut.run { rows, columns in
      if packsItself { packed.pack([b], transposed: transposed, columns: columns) }
      packed.multiply(a, rows: rows, columns: columns, fromRow: 0, into: c, accumulating: accumulating)
    }
  }

  private func cut(_ rows: Int, _ columns: Int, depth: Int) -> Products.Cut {
    Products.Cut(
      rows: rows, columns: columns, depth: depth, panel: panelWidth, piecesPerThread: 4)
  }

  private func multiply(
    _ a: Matrix, rows part: Range<Int>, columns range: Range<Int>, fromRow firstRow: Int, into c: Matrix,
    accumulating: Bool
  ) {
    let (left, right) = (
      a.storage.pointer(at: part.lowerBound * a.stride), packed.pointer(at: range.lowerBound * rows)
    )
    let result = c.storage.mutablePointer(at: part.lowerBound * c.stride + range.lowerBound)
    if let products = precision.products {
      products.pointee.multiply_packed(
        left, a.isNarrow ? 1 : 0, part.count, a.columns, a.stride, right.assumingMemoryBound(to: UInt16.self), rows,
        firstRow, result.assumingMemoryBound(to: Float.self), range.count, c.stride, accumulating ? 1 : 0)
    } else {
      packed.operations.multiply_packed(
        left, part.count, a.columns, a.stride, right, rows, firstRow, result, range.count, c.stride,
        accumulating ? 1 : 0)
    }
  }

  private func check(_ a: Matrix, _ firstRow: Int, _ columns: Int, _ c: Matrix) {
    require(
      firstRow >= 0 && firstRow + a.columns <= rows && c.rows == a.rows && c.columns == columns
        && columns <= self.columns
        && precision.multiplies(a, into: c, packed: packed.element) && firstRow == precision.packedRows(firstRow),
      "PackedMatrix\(precision.note): [\(a.rows), \(a.columns)] \(a.element) by rows \(firstRow)... of [\(rows), \(columns)] "
        + "\(packed.element) into [\(c.rows), \(c.columns)] \(c.element)")
  }
}
