import Latent

/// Rows that come a few at a time, in one tensor from the start, which copies share.
package struct JoinedRows: Sendable {
  /// [N, ...]; rows that have not come yet hold anything.
  package let tensor: Tensor
  private var filled = 0
  private let isKept: Bool

  /// - Parameter isKept: whether to keep what comes; where not, the tensor has no row. For processes that take part in
  ///   making a result and don't need it
  package init(_ shape: [Int], element: ElementType, isKept: Bool = true) {
    self.isKept = isKept
    tensor = Tensor(uninitialized: isKept ? shape : [0] + shape.dropFirst(), element: element)
  }

  /// Rows of any element type.
  package mutating func append(_ part: Tensor) {
    guard isKept else { return }
    require(
      filled + part.count <= tensor.count,
      "JoinedRows: \(part.shape) after \(filled) of \(tensor.shape)")
    tensor.storage[filled..<filled + part.count].assign(converting: part.storage)
    filled += part.count
  }
}
