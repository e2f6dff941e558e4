import CLatentKernels

/// Reductions over the middle one of three dimensions, and rows picked by their numbers.
extension Storage {
  /// self[outer, inner] = the sum of x[outer, n, inner] over n, added in double.
  public func assignSum(of x: Storage, outer: Int, count n: Int, inner: Int) {
    checkReduction("sum", x, outer, n, inner)
    operations.reduce_sum(x.pointer, outer, n, inner, pointer)
  }

  /// self[outer, inner] = the largest of x[outer, n, inner] over n, or the smallest; a NaN wins.
  public func assignExtreme(of x: Storage, outer: Int, count n: Int, inner: Int, smallest: Bool) {
    checkReduction(smallest ? "min" : "max", x, outer, n, inner)
    require(n > 0, "\(smallest ? "min" : "max") of no elements")
    operations.reduce_extreme(x.pointer, outer, n, inner, smallest ? 1 : 0, pointer)
  }

  /// The place of the largest element of each row; the first where there are several.
  public func largestIndices(columns: Int) -> [Int] {
    require(columns > 0 && count % columns == 0, "largestIndices: \(count) elements are not rows of \(columns)")
    var indices = [Int64](repeating: 0, count: count / columns)
    operations.largest_index(pointer, indices.count, columns, &indices)
    return indices.map(Int.init)
  }

  /// self[r] = x[rows[r]], rows of `columns` elements.
  public func assignRows(_ rows: [Int], of x: Storage, columns: Int) {
    checkRows("assignRows", rows, self, x, columns)
    operations.gather_rows(x.pointer, rows.map(Int64.init), rows.count, columns, pointer)
  }

  /// self[rows[r]] += x[r], rows of `columns` elements, in order.
  public func addRows(_ x: Storage, at rows: [Int], columns: Int) {
    checkRows("addRows", rows, x, self, columns)
    operations.scatter_add_rows(x.pointer, rows.map(Int64.init), rows.count, columns, pointer)
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
