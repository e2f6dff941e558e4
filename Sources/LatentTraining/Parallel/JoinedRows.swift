import Latent

/// Rows that come a few at a time, in one tensor from the start, which copies share.
package struct JoinedRows: Sendable {
  /// [N, ...]; rows that have not come yet hold anything.
  package let tensor: Tensor
  private var filled = 0

  package init(_ shape: [Int], element: ElementType) { tensor = Tensor(uninitialized: shape, element: element) }

  package mutating func append(_ part: Tensor) {
    require(
      part.element == tensor.element && filled + part.count <= tensor.count,
      "JoinedRows: \(part.shape) after \(filled) of \(tensor.shape)")
    tensor.storage[filled..<filled + part.count].assign(part.storage)
    filled += part.count
  }
}
