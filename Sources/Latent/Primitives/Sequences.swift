import LatentKernels

extension Variable {
  /// Each sequence backwards in time: y[b, t] = x[b, n - 1 - t] for t < n = lengths[b]; y[b, t] = x[b, t] beyond.
  ///
  ///     x, y [B, T, D]   dx is dy, reversed in the same way
  ///
  /// - Parameter lengths: the steps of each sequence, from 1 to T; T where left out
  public func reversedInTime(lengths: [Int]? = nil) -> Variable {
    require(
      shape.count == 3 && shape[0] > 0 && shape[1] > 0, of: [self],
      "reversedInTime: \(shape) is not [B, T, D] with B, T > 0")
    let (batch, time) = (shape[0], shape[1])
    let output = tape.makeTensor(shape, element: tensor.element)
    output.storage.assignReversed(tensor.storage, batch: batch, time: time, lengths: lengths)
    return tape.record("reversedInTime", inputs: [self], output: output) { backward in
      let upstream = backward.upstream.storage
      backward.accumulate(0) { $0.assignReversed(upstream, batch: batch, time: time, lengths: lengths) }
    }.ruled([{ $0.reversedInTime(lengths: lengths) }])
  }
}
