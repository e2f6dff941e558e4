import LatentKernels

extension Tensor {
  /// The elements, in row-major order, to be read by loops of ``LatentKernels``. Writing into them stops the process:
  /// ``withMutableContents(_:)`` is for that.
  public var contents: Storage { storage.readOnly }

  /// Lets `body` write the elements, in row-major order. Where another tensor shares them, they are copied first, so that no
  /// other value changes.
  ///
  ///     var y = x
  ///     y.withMutableContents { $0.assign(.exp, of: x.contents) }
  ///
  /// - Parameter body: gets the elements, which are the tensor's only until it returns
  public mutating func withMutableContents<R>(_ body: (_ contents: Storage) throws -> R) rethrows -> R {
    storage.makeUnique()
    return try body(storage)
  }
}
