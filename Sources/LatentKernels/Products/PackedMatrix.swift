import CLatentKernels

/// The right operand of many products, packed once into the order in which the kernel reads it.
///
/// An LSTM multiplies by the same weights at each time step.
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
    let operations = Operations.selected(for: first.element).pointee
    packed = Storage(count: operations.packed_count(rows, columns), element: first.element, workspace: workspace)
  }

  /// Columns that lie together in memory: a part to pack starts at a multiple of it.
  static func panelWidth(_ element: ElementType) -> Int { Operations.selected(for: element).pointee.packed_count(1, 1) }

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
    check(a, firstRow, c)
    cut(a.rows, depth: a.columns).run {
      multiply(a, rows: $0, columns: $1, fromRow: firstRow, into: c, accumulating: accumulating)
    }
  }

  /// C (+)= A B, or A B^T, with B packed for this product alone: each thread packs what it multiplies by.
  static func multiply(
    _ a: Matrix, _ b: Matrix, transposed: Bool, into c: Matrix, accumulating: Bool, workspace: Workspace?
  ) {
    let packed = PackedMatrix(uninitializedFor: [b], transposed: transposed, workspace: workspace)
    packed.check(a, 0, c)
    let cut = packed.cut(a.rows, depth: a.columns)
    let packsItself = cut.piece(0).rows.count == a.rows
    if !packsItself { packed.packAll([b], transposed: transposed) }
    cut.run { rows, columns in
      if packsItself { packed.pack([b], transposed: transposed, columns: columns) }
      // So many rows of A that they stay in the second-level cache for all columns.
      let size = max(64, (1 << 17) / max(1, a.columns))
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: size) {
        packed.multiply(
          a, rows: start..<min(start + size, rows.upperBound), columns: columns, fromRow: 0, into: c,
          accumulating: accumulating)
      }
    }
  }

  private func cut(_ rows: Int, depth: Int) -> Products.Cut {
    Products.Cut(
      rows: rows, columns: columns, depth: depth, panel: PackedMatrix.panelWidth(packed.element), piecesPerThread: 4)
  }

  private func multiply(
    _ a: Matrix, rows part: Range<Int>, columns range: Range<Int>, fromRow firstRow: Int, into c: Matrix,
    accumulating: Bool
  ) {
    packed.operations.multiply_packed(
      a.storage.pointer(at: part.lowerBound * a.stride), part.count, a.columns, a.stride,
      packed.pointer(at: range.lowerBound * rows), rows, firstRow,
      c.storage.pointer(at: part.lowerBound * c.stride + range.lowerBound), range.count, c.stride, accumulating ? 1 : 0)
  }

  private func check(_ a: Matrix, _ firstRow: Int, _ c: Matrix) {
    require(
      firstRow >= 0 && firstRow + a.columns <= rows && c.rows == a.rows && c.columns == columns
        && a.element == packed.element && c.element == packed.element,
      "PackedMatrix: [\(a.rows), \(a.columns)] \(a.element) by rows \(firstRow)... of [\(rows), \(columns)] "
        + "\(packed.element) into [\(c.rows), \(c.columns)] \(c.element)")
  }
}
