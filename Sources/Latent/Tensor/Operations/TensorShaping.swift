import LatentKernels

/// The same elements in another arrangement.
extension Tensor {
  /// With an axis of size 1 put in, so that it is `axis` of the result.
  public func expanded(at axis: Int) -> Tensor { computed(self) { $0.expanded(at: axis) } }
  /// Dimensions in another order: result dimension d is dimension `order[d]`. Reversed where no order is given.
  public func transposed(_ order: [Int]? = nil) -> Tensor { computed(self) { $0.transposed(order) } }
  /// The part of an axis that `range` names; `x[range]` is that of the first.
  public func sliced(_ range: Range<Int>, axis: Int = 0) -> Tensor { computed(self) { $0.sliced(range, axis: axis) } }
  /// Cut along an axis into parts of these sizes, which add up to the axis.
  public func split(_ sizes: [Int], axis: Int = 0) -> [Tensor] { computedList(self) { $0.split(sizes, axis: axis) } }
  /// Cut along an axis into at most `count` parts, all of one size but for the last, which may be smaller.
  public func chunked(into count: Int, axis: Int = 0) -> [Tensor] {
    computedList(self) { $0.chunked(into: count, axis: axis) }
  }
  /// The elements repeated to a larger shape, by NumPy's rule.
  public func broadcast(to shape: [Int]) -> Tensor { computed(self) { $0.broadcast(to: shape) } }
  /// The whole, `count` times in a row along an axis.
  public func tiled(_ count: Int, axis: Int = 0) -> Tensor { computed(self) { $0.tiled(count, axis: axis) } }
  /// Each element `count` times in a row along an axis (NumPy's `repeat`).
  public func repeated(_ count: Int, axis: Int = -1) -> Tensor { computed(self) { $0.repeated(count, axis: axis) } }
  /// With `before` and `after` more entries of `value` along an axis.
  public func padded(_ before: Int, _ after: Int, axis: Int = 0, with value: Double = 0) -> Tensor {
    computed(self) { $0.padded(before, after, axis: axis, with: value) }
  }
  /// Parts one after the other along an axis.
  public static func concatenated(_ parts: [Tensor], axis: Int = 0) -> Tensor {
    computed(parts) { Variable.concatenated($0, axis: axis) }
  }
  /// Parts of one shape side by side along a new axis.
  public static func stacked(_ parts: [Tensor], axis: Int = 0) -> Tensor {
    computed(parts) { Variable.stacked($0, axis: axis) }
  }
  /// In reverse order along these axes; all of them where none are named.
  public func flipped(axes: [Int]? = nil) -> Tensor { computed(self) { $0.flipped(axes: axes) } }
  /// In reverse order along an axis.
  public func flipped(axis: Int) -> Tensor { computed(self) { $0.flipped(axis: axis) } }
  /// Moved along an axis by `shift` places towards its end; what leaves it there comes in at its beginning.
  public func rolled(by shift: Int, axis: Int = -1) -> Tensor { computed(self) { $0.rolled(by: shift, axis: axis) } }
  /// Each sequence of [B, T, D] backwards in time, the first `lengths[b]` steps of it where lengths are given.
  public func reversedInTime(lengths: [Int]? = nil) -> Tensor { computed(self) { $0.reversedInTime(lengths: lengths) } }
  /// The lower triangle of matrices, with zeros above the diagonal, or above that which is `diagonal` places to its right.
  public func tril(diagonal: Int = 0) -> Tensor { computed(self) { $0.tril(diagonal: diagonal) } }
  /// The upper triangle of matrices, with zeros below the diagonal, or below that which is `diagonal` places to its right.
  public func triu(diagonal: Int = 0) -> Tensor { computed(self) { $0.triu(diagonal: diagonal) } }
}

/// Elements picked by their places, and put back there.
extension Tensor {
  /// Rows of the first dimension, picked by their numbers.
  public func gathered(rows: [Int]) -> Tensor { computed(self) { $0.gathered(rows: rows) } }
  /// Rows of the first dimension, named by the whole numbers that a tensor holds.
  public func gathered(numbers: Tensor) -> Tensor { computed(self) { $0.gathered(numbers: numbers) } }
  /// Of each line along an axis, the elements at these places (`torch.gather`): whole numbers of self's shape, but for the axis.
  public func gathered(at places: Tensor, axis: Int) -> Tensor {
    computed(self, places) { $0.gathered(at: $1, axis: axis) }
  }
  /// With elements of `source` in the place of those at these places of each line along an axis (`torch.scatter`), the last one of
  /// several.
  public func scatter(_ source: Tensor, at places: Tensor, axis: Int) -> Tensor {
    computed([self, source, places]) { $0[0].scatter($0[1], at: $0[2], axis: axis) }
  }
  /// With elements of `source` added at these places of each line along an axis (`torch.scatter_add`).
  public func scatterAdd(_ source: Tensor, at places: Tensor, axis: Int) -> Tensor {
    computed([self, source, places]) { $0[0].scatterAdd($0[1], at: $0[2], axis: axis) }
  }
  /// The sums of rows by segment: y[s] is the sum of x[i] over all i with segments[i] = s.
  public func segmentSum(_ segments: [Int], count: Int) -> Tensor {
    computed(self) { $0.segmentSum(segments, count: count) }
  }
  /// The means of rows by segment, 0 where a segment has none.
  public func segmentMean(_ segments: [Int], count: Int) -> Tensor {
    computed(self) { $0.segmentMean(segments, count: count) }
  }
  /// The largest of rows by segment, -infinity where a segment has none.
  public func segmentMax(_ segments: [Int], count: Int) -> Tensor {
    computed(self) { $0.segmentMax(segments, count: count) }
  }
  /// The smallest of rows by segment, infinity where a segment has none.
  public func segmentMin(_ segments: [Int], count: Int) -> Tensor {
    computed(self) { $0.segmentMin(segments, count: count) }
  }
  /// exp(x) over its sum in each segment: self's shape.
  public func segmentSoftmax(_ segments: [Int], count: Int) -> Tensor {
    computed(self) { $0.segmentSoftmax(segments, count: count) }
  }
  /// Rows of zeros with a 1 at the place that each element names: [..., classes].
  public func oneHot(_ classes: Int) -> Tensor { computed(self) { $0.oneHot(classes) } }
}
