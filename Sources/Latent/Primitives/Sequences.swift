import LatentKernels

extension Variable {
  /// Each sequence backwards in time: y[b, t] = x[b, T - 1 - t].
  ///
  ///     x, y [B, T, D]   dx[b, t] = dy[b, T - 1 - t]
  public func reversedInTime() -> Variable {
    require(
      shape.count == 3 && shape[0] > 0 && shape[1] > 0, of: [self],
      "reversedInTime: \(shape) is not [B, T, D] with B, T > 0")
    let (batch, time) = (shape[0], shape[1])
    let output = tape.makeTensor(shape, element: tensor.element)
    output.storage.assignReversed(tensor.storage, batch: batch, time: time)
    return tape.record("reversedInTime", inputs: [self], output: output) { backward in
      let upstream = backward.upstream.storage
      backward.accumulate(0) { $0.assignReversed(upstream, batch: batch, time: time) }
    }
  }
}
