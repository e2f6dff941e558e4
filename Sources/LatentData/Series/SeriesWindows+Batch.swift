import Latent

/// Batches of windows.
extension SeriesWindows {
  /// The rows of windows with these numbers, a window's behind each other: [B] and the dimensions of an example. What lies
  /// behind the rows of a padded one is 0.
  ///
  /// - Parameters:
  ///   - source: the rows of all series, one behind the other; nil for ones in their place, which say what is known
  ///   - starts: the row where each series begins in them
  ///   - shape: of an example
  func gathered(
    _ indices: ArraySlice<Int>, of source: Storage?, starts: [Int], _ shape: ExampleShape, in context: BatchContext
  ) -> Tensor {
    let tensor = Tensor(
      uninitialized: [indices.count] + shape.dimensions, element: context.element, workspace: context.workspace)
    for (place, index) in indices.enumerated() {
      let window = self[index]
      let first = (starts[window.series] + window.rows.lowerBound) * shape.features
      let (start, end) = (place * shape.count, (place + 1) * shape.count)
      let filled = start + window.rows.count * shape.features
      if let source {
        tensor.storage[start..<filled].assign(converting: source[first..<first + filled - start])
      } else {
        tensor.storage[start..<filled].fill(1)
      }
      if filled < end { tensor.storage[filled..<end].fill(0) }
    }
    return tensor
  }
}
