import CLatentKernels

/// The same elements in other places.
extension Storage {
  /// self [B, T, C] = x [B, T, C], each sequence backwards in time.
  public func assignReversed(_ x: Storage, batch: Int, time: Int) {
    check("reversed", x)
    require(
      batch > 0 && time > 0 && count % (batch * time) == 0 && !sharesMemory(with: x),
      "reversed: \(count) elements are not \(batch) sequences of \(time) steps in memory of their own")
    operations.reverse_time(x.pointer, pointer, batch, time, count / (batch * time))
  }
}
