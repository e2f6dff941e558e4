import CLatentKernels

/// The same elements in other places.
extension Storage {
  /// self [B, T, C] = x [B, T, C], the first `lengths[b]` steps of each sequence, or all, backwards in time.
  public func assignReversed(_ x: Storage, batch: Int, time: Int, lengths: [Int]? = nil) {
    check("reversed", x)
    if let lengths { StepRows.check(lengths, batch: batch, time: time, for: "reversed") }
    require(
      batch > 0 && time > 0 && count % (batch * time) == 0 && !sharesMemory(with: x),
      "reversed: \(count) elements are not \(batch) sequences of \(time) steps in memory of their own")
    operations.reverse_time(x.pointer, pointer, lengths, batch, time, count / (batch * time))
  }
}
