import CLatentKernels

/// The same elements in other places.
extension Storage {
  /// self [B, T, C] = x [B, T, C], each sequence backwards in time.
  public func assignReversed(_ x: Storage, batch: Int, time: Int) {
    check("reversed", x)
    precondition(
      batch > 0 && time > 0 && count % (batch * time) == 0 && !sharesMemory(with: x),
      "reversed: \(count) elements are not \(batch) sequences of \(time) steps in memory of their own")
    operations.reverse_time(x.pointer, pointer, batch, time, count / (batch * time))
  }

  /// self = the rows of a matrix, without gaps.
  public func assignRows(of matrix: Matrix) {
    precondition(
      count == matrix.rows * matrix.columns && element == matrix.element,
      "rows: [\(matrix.rows), \(matrix.columns)] of \(matrix.element) into \(count) of \(element)")
    operations.to_batch_major(matrix.pointer, pointer, 1, matrix.rows, matrix.columns, matrix.stride)
  }
}

extension Matrix {
  /// The matrix's rows = the elements of a storage that has no gaps; what lies between the rows stays as it is.
  public func assignRows(from storage: Storage) {
    precondition(
      storage.count == rows * columns && storage.element == element,
      "rows: \(storage.count) of \(storage.element) into [\(rows), \(columns)] of \(element)")
    storage.operations.to_time_major(storage.pointer, pointer, 1, rows, columns, stride)
  }
}
