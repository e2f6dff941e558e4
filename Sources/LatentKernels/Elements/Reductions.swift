import CLatentKernels

/// Reductions over the middle one of three dimensions, and rows picked by their numbers.
///
/// Large ones are cut among threads: where the results are many, each takes some of them; where they are few, each takes
/// some of the rows that they are made from, in blocks whose sizes depend on the shape alone, so that the bits of a sum do
/// not depend on the threads.
extension Storage {
  /// self[outer, inner] = the sum of x[outer, n, inner] over n, added in double.
  public func assignSum(of x: Storage, outer: Int, count n: Int, inner: Int) {
    checkReduction("sum", x, outer, n, inner)
    let loop = operations.reduce_sum
    if n * inner < 2 * Threads.leastResults {
      return Threads.cutRows(outer, of: n * inner, least: Threads.leastResults) {
        loop(x.pointer(at: $0.lowerBound * n * inner), $0.count, n, inner, mutablePointer(at: $0.lowerBound * inner))
      }
    }
    for o in 0..<outer {
      let slab = x[o * n * inner..<(o + 1) * n * inner]
      if inner == 1 {
        self[o..<o + 1].fill(slab.sum())
      } else {
        self[o * inner..<(o + 1) * inner].assignColumnSums(of: slab, accumulating: false)
      }
    }
  }

  /// self[c] (+)= the sum over all rows of x[row, c], added in double, with as many columns as self has elements.
  public func assignColumnSums(of x: Storage, accumulating: Bool) {
    require(
      count > 0 && x.count % count == 0
        && (x.element == element || x.element == .bfloat16 && element == .float32),
      "column sums: \(x.count) elements are not rows of \(count)")
    let loop = x.operandLoops.column_sums
    let (rows, columns) = (x.count / count, count)
    if x.count < 2 * Threads.leastElements {
      loop(x.pointer, rows, columns, columns, accumulating ? 1 : 0, mutablePointer)
    } else if columns >= 1024 {
      Threads.cut(columns, least: max(64, Threads.leastResults / rows)) {
        loop(
          x.pointer(at: $0.lowerBound), rows, columns, $0.count, accumulating ? 1 : 0, mutablePointer(at: $0.lowerBound)
        )
      }
    } else {
      assignColumnSumsInBlocks(of: x, rows: rows, accumulating: accumulating)
    }
  }

  private func assignColumnSumsInBlocks(of x: Storage, rows: Int, accumulating: Bool) {
    let (loop, columns) = (x.operandLoops.column_sums_in_double, count)
    let size = Threads.leastResults / columns
    let blocks = (rows + size - 1) / size
    let partial = Storage(count: (blocks + 1) * columns, element: .float64)
    Threads.run(tasks: blocks) { block in
      loop(
        x.pointer(at: block * size * columns), min(size, rows - block * size), columns,
        partial.mutablePointer(at: block * columns).assumingMemoryBound(to: Double.self))
    }
    let sums = partial[blocks * columns..<(blocks + 1) * columns]
    sums.assignColumnSums(of: partial[0..<blocks * columns], accumulating: false)
    let rounded = accumulating ? Storage(count: columns, element: element) : self
    sums.withUnsafeBytes {
      operations.from_double($0.baseAddress!.assumingMemoryBound(to: Double.self), rounded.mutablePointer, columns)
    }
    if accumulating { assign(.add, self, rounded) }
  }

  /// self[outer, inner] = the largest of x[outer, n, inner] over n, or the smallest; a NaN wins.
  public func assignExtreme(of x: Storage, outer: Int, count n: Int, inner: Int, smallest: Bool) {
    checkReduction(smallest ? "min" : "max", x, outer, n, inner)
    require(n > 0, "\(smallest ? "min" : "max") of no elements")
    let loop = operations.reduce_extreme
    if n * inner < 2 * Threads.leastResults {
      return Threads.cutRows(outer, of: n * inner, least: Threads.leastResults) {
        loop(
          x.pointer(at: $0.lowerBound * n * inner), $0.count, n, inner, smallest ? 1 : 0,
          mutablePointer(at: $0.lowerBound * inner))
      }
    }
    // The extreme of extremes is exact: the pieces may depend on the threads.
    let pieces = min(n, 4 * Threads.count)
    let partial = Storage(count: pieces * inner, element: element)
    for o in 0..<outer {
      Threads.run(tasks: pieces) { piece in
        let (start, end) = (piece * n / pieces, (piece + 1) * n / pieces)
        loop(
          x.pointer(at: (o * n + start) * inner), 1, end - start, inner, smallest ? 1 : 0,
          partial.mutablePointer(at: piece * inner))
      }
      loop(partial.pointer, 1, pieces, inner, smallest ? 1 : 0, mutablePointer(at: o * inner))
    }
    withExtendedLifetime(partial) {}
  }

  /// The place of the largest element of each row; the first where there are several.
  public func largestIndices(columns: Int) -> [Int] {
    require(columns > 0 && count % columns == 0, "largestIndices: \(count) elements are not rows of \(columns)")
    var indices = [Int64](repeating: 0, count: count / columns)
    let loop = operations.largest_index
    indices.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      nonisolated(unsafe) let first = base
      Threads.cutRows(buffer.count, of: columns, least: Threads.leastResults) {
        loop(pointer(at: $0.lowerBound * columns), $0.count, columns, first + $0.lowerBound)
      }
    }
    return indices.map(Int.init)
  }

  /// self[r] = x[rows[r]], rows of `columns` elements.
  public func assignRows(_ rows: [Int], of x: Storage, columns: Int) {
    checkRows("assignRows", rows, self, x, columns)
    gatherRows(rows.map(Int64.init), of: x, columns: columns)
  }

  private func gatherRows(_ rows: [Int64], of x: Storage, columns: Int) {
    Threads.cutRows(rows.count, of: columns) { piece in
      rows.withUnsafeBufferPointer {
        guard let first = $0.baseAddress else { return }
        latent_stored_gather_rows(
          x.pointer, first + piece.lowerBound, piece.count, columns * element.size,
          mutablePointer(at: piece.lowerBound * columns))
      }
    }
  }

  /// self[rows[r]] += x[r], rows of `columns` elements, in order.
  public func addRows(_ x: Storage, at rows: [Int], columns: Int) {
    checkRows("addRows", rows, x, self, columns)
    operations.scatter_add_rows(x.pointer, rows.map(Int64.init), rows.count, columns, mutablePointer)
  }

  /// self[i] = table[numbers[i]], rows of `columns` elements; the numbers are whole, of this element type.
  public func assignRows(named numbers: Storage, of table: Storage, columns: Int) {
    gatherRows(table.rowNumbers(numbers, picked: self, columns: columns), of: table, columns: columns)
  }

  /// self[numbers[i]] += x[i], rows of `columns` elements, in order.
  public func addRows(_ x: Storage, named numbers: Storage, columns: Int) {
    let rows = rowNumbers(numbers, picked: x, columns: columns)
    operations.scatter_add_rows(x.pointer, rows, rows.count, columns, mutablePointer)
  }

  /// The rows of this table that numbers name.
  private func rowNumbers(_ numbers: Storage, picked: Storage, columns: Int) -> [Int64] {
    let all = columns > 0 ? count / columns : 0
    require(
      columns > 0 && picked.count == numbers.count * columns && picked.element == element && numbers.element == element,
      "rows: \(numbers.count) numbers of rows of \(columns) columns, \(picked.count) elements of \(picked.element) "
        + "beside \(count) of \(element)")
    var faults = 0
    let rows = [Int64](unsafeUninitializedCapacity: numbers.count) { buffer, filled in
      filled = numbers.count
      if let first = buffer.baseAddress { faults = operations.row_numbers(numbers.pointer, numbers.count, all, first) }
    }
    require(faults == 0, "rows: \(faults) of \(numbers.count) numbers are no whole ones in 0..<\(all)")
    return rows
  }

  private func checkReduction(_ name: String, _ x: Storage, _ outer: Int, _ n: Int, _ inner: Int) {
    require(
      outer >= 0 && n >= 0 && inner >= 0 && x.count == outer * n * inner && count == outer * inner
        && x.element == element,
      "\(name): \(x.count) elements of \(x.element) as [\(outer), \(n), \(inner)] into \(count) of \(element)")
  }

  private func checkRows(_ name: String, _ rows: [Int], _ picked: Storage, _ table: Storage, _ columns: Int) {
    let all = columns > 0 ? table.count / columns : 0
    require(
      columns > 0 && picked.count == rows.count * columns && picked.element == table.element
        && rows.allSatisfy { $0 >= 0 && $0 < all },
      "\(name): \(rows.count) rows of \(columns) columns from \(table.count) elements; rows must be in 0..<\(all)")
  }
}
