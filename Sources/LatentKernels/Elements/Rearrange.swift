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
    operations.reverse_time(x.pointer, mutablePointer, lengths, batch, time, count / (batch * time))
  }

  /// How an image moves, by whole pixels.
  public struct Move: Sendable, Equatable {
    /// Towards the last row.
    public var down = 0
    /// Towards the last column.
    public var right = 0
    /// Whether it is mirrored from left to right before that.
    public var isMirrored = false

    public init(down: Int = 0, right: Int = 0, isMirrored: Bool = false) {
      (self.down, self.right, self.isMirrored) = (down, right, isMirrored)
    }
  }

  /// self [B, H, W, C] = x [B, H, W, C], each image moved; where it leaves a place, the pixel at the edge is repeated.
  ///
  /// - Parameter moves: B
  public func assignMoved(_ x: Storage, _ moves: [Move], height: Int, width: Int, channels: Int) {
    check("moved", x)
    require(
      count == moves.count * height * width * channels && !sharesMemory(with: x),
      "moved: \(count) elements are not \(moves.count) images of \(height)x\(width)x\(channels) in memory of their own")
    let numbers = moves.flatMap { move -> [Int32] in
      [Int32(clamping: move.down), Int32(clamping: move.right), move.isMirrored ? 1 : 0]
    }
    operations.move_images(x.pointer, numbers, mutablePointer, moves.count, height, width, channels)
  }
}
