import LatentKernels

extension StoredElementType {
  /// The bytes of an array of a shape that a file declares; nil where they cannot be counted. A shape that passes can be
  /// multiplied up in its order without overflow.
  package func byteCount(shape: [Int]) -> Int? {
    var size = byteCount
    for length in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      if overflow { return nil }
      size = product
    }
    return size
  }
}
