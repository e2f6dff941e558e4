import CLatentKernels

/// C (+)= A B of any size, with A or B transposed on request: small products by ``multiply(_:_:transposingA:transposingB:into:accumulating:precision:)``, large ones packed and cut
/// among ``Threads``. Which of the two depends on the sizes alone, and so do the bits of the result.
///
/// - Parameters:
///   - accumulating: adds to what C holds; otherwise C is overwritten and may be uninitialised
///   - precision: what is multiplied
///   - workspace: memory for the packed operand
public func product(
  _ a: Matrix, _ b: Matrix, transposingA transposeA: Bool = false, transposingB transposeB: Bool = false,
  into c: Matrix, accumulating: Bool = false, precision: Precision = .full, workspace: Workspace? = nil
) {
  let depth = transposeA ? a.rows : a.columns
  let isLarge = Products.isLarge(c.rows, c.columns, depth)
  if isLarge && !transposeA {
    PackedMatrix.multiply(
      a, b, transposed: transposeB, into: c, accumulating: accumulating, precision: precision, workspace: workspace)
  } else if isLarge && !transposeB && c.stride == c.columns {
    multiplyTransposed(a, b, into: c, accumulating: accumulating, precision: precision, workspace: workspace)
  } else if isLarge {
    // Each piece copies the panels of B again: few pieces.
    Products.Cut(rows: c.rows, columns: c.columns, depth: depth, panel: nil, piecesPerThread: 1).run { rows, _ in
      let part = a.storage[rows.lowerBound * (transposeA ? 1 : a.stride)..<a.storage.count]
      multiply(
        transposeA
          ? Matrix(part, rows: a.rows, columns: rows.count, stride: a.stride)
          : Matrix(part, rows: rows.count, columns: a.columns, stride: a.stride),
        b, transposingA: transposeA, transposingB: transposeB,
        into: Matrix(
          c.storage[rows.lowerBound * c.stride..<c.storage.count], rows: rows.count, columns: c.columns,
          stride: c.stride),
        accumulating: accumulating, precision: precision)
    }
  } else {
    multiply(
      a, b, transposingA: transposeA, transposingB: transposeB, into: c, accumulating: accumulating,
      precision: precision)
  }
}

/// C (+)= A^T B, for weight gradients: A [k, m] and B [k, n] are tall, and C's rows lie without gaps.
///
/// - Parameters:
///   - lower: where the rows of C from `c.rows` on go, when they belong to another matrix
///   - precision: what is multiplied; where it is mixed each operand is float32, or bfloat16 with an even stride
///   - workspace: memory for columns of A, about 1 MB; mixed products have a `PairsRoom`
public func multiplyTransposed(
  _ a: Matrix, _ b: Matrix, into c: Matrix, accumulating: Bool = false, lower: Matrix? = nil,
  accumulatingLower: Bool = false, precision: Precision = .full, workspace: Workspace? = nil
) {
  require(
    a.rows == b.rows && a.columns == c.rows + (lower?.rows ?? 0)
      && precision.multiplies(a, into: c, packed: b.element) && (precision == .full || precision.takes(b))
      && [c, lower ?? c].allSatisfy { $0.columns == b.columns && $0.stride == b.columns && $0.element == c.element },
    "multiplyTransposed\(precision.note): [\(a.rows), \(a.columns)]^T \(a.element) by [\(b.rows), \(b.columns)] \(b.element) into "
      + "[\(c.rows), \(c.columns)] and \(lower?.rows ?? 0) rows")
  let (split, n) = (c.rows, b.columns)
  // Each piece copies the panels of B again: few pieces.
  let cut = Products.Cut(rows: a.columns, columns: n, depth: a.rows, panel: nil, piecesPerThread: 1)
  let roomForColumns = Products.roomForColumns(cut.piece(0).rows.count)
  if cut.pieces > 1 && !precision.isMixed {
    Storage.reserve([(roomForColumns, c.element)], workspace: workspace)
  }
  cut.run { rows, _ in
    let upperRows = min(max(split - rows.lowerBound, 0), rows.count)
    let left = a.storage.pointer(at: rows.lowerBound)
    let upperResult = c.storage.mutablePointer(at: min(rows.lowerBound, split) * n)
    let lowerResult = lower?.storage.mutablePointer(at: max(rows.lowerBound - split, 0) * n)
    if let products = precision.products {
      PairsRoom.use { room in
        products.pointee.multiply_transposed(
          left, a.isNarrow ? 1 : 0, a.rows, rows.count, upperRows, a.stride, b.pointer, b.isNarrow ? 1 : 0, n, b.stride,
          upperResult.assumingMemoryBound(to: Float.self), accumulating ? 1 : 0,
          lowerResult?.assumingMemoryBound(to: Float.self), accumulatingLower ? 1 : 0, room)
      }
    } else {
      let room = Storage(count: roomForColumns, element: c.element, workspace: workspace)
      a.storage.operations.multiply_transposed(
        left, a.rows, rows.count, upperRows, a.stride, b.pointer, n, b.stride, upperResult, accumulating ? 1 : 0,
        lowerResult, accumulatingLower ? 1 : 0, room.mutablePointer)
    }
  }
}

package enum Products {
  /// Multiply-adds from which a product is worth packing an operand for, and cutting: some 20 microseconds.
  static let leastLarge = 1 << 20

  /// Whether ``product(_:_:transposingA:transposingB:into:accumulating:precision:workspace:)`` packs an operand.
  package static func isLarge(_ rows: Int, _ columns: Int, _ depth: Int) -> Bool {
    rows * columns * depth >= leastLarge
  }

  /// What multiply_transposed packs of its left operand at a time, in elements. The
  /// depth has no part in it, since batches of sequences differ in theirs and are to take the same memory.
  static func roomForColumns(_ columns: Int) -> Int {
    let atOnce = Int(LATENT_PACKED_COLUMNS)
    // Both parts of a split end with a whole group of columns.
    return (min(columns, atOnce) + 16) * (Int(LATENT_COLUMNS_ROOM) / (atOnce + 16))
  }

  /// How a product C [rows, columns] of `depth` terms is cut into pieces that threads can do by themselves: a row of the
  /// result, or a column, has the same bits whatever the others are.
  struct Cut {
    private let isByColumns: Bool
    private let size: Int
    let pieces: Int
    private let rows: Int, columns: Int

    /// - Parameters:
    ///   - panel: columns that must stay together; nil where only rows may be cut
    ///   - piecesPerThread: of rows, so that they fit into a core's cache
    init(rows: Int, columns: Int, depth: Int, panel: Int?, piecesPerThread: Int) {
      (self.rows, self.columns) = (rows, columns)
      let isCut = rows * columns * depth >= leastLarge && Threads.available > 1
      let threads = isCut ? Threads.count : 1
      // What is not cut is read by every thread: that should be the smaller operand.
      if let panel, columns >= rows, columns >= panel * threads {
        isByColumns = true
        size = isCut ? ((columns + threads - 1) / threads + panel - 1) / panel * panel : columns
        pieces = (columns + size - 1) / max(size, 1)
      } else {
        isByColumns = false
        let wanted = threads * max(1, min(piecesPerThread, rows / (128 * threads)))
        size = isCut ? ((rows + wanted - 1) / wanted + 7) & ~7 : rows  // whole blocks of the kernel's rows
        pieces = (rows + size - 1) / max(size, 1)
      }
    }

    /// The part of C that a piece is.
    func piece(_ index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
      let range = index * size..<min((index + 1) * size, isByColumns ? columns : rows)
      return isByColumns ? (0..<rows, range) : (range, 0..<columns)
    }

    /// Calls `body` with each piece on as many threads as are free.
    func run(_ body: @Sendable (_ rows: Range<Int>, _ columns: Range<Int>) -> Void) {
      if pieces <= 1 { return body(0..<rows, 0..<columns) }
      Threads.run(tasks: pieces) {
        let part = piece($0)
        body(part.rows, part.columns)
      }
    }
  }
}
