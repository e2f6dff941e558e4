/// Reductions over one axis, negative ones from the end: the same as over a list of it.
extension Variable {
  /// The sum along an axis, added in double.
  public func sum(axis: Int, keepingDimensions: Bool = false) -> Variable {
    sum(axes: [axis], keepingDimensions: keepingDimensions)
  }
  /// The mean along an axis.
  public func mean(axis: Int, keepingDimensions: Bool = false) -> Variable {
    mean(axes: [axis], keepingDimensions: keepingDimensions)
  }
  /// The mean squared distance from the mean along an axis, or with `unbiased` the sum over n - 1.
  public func variance(axis: Int, unbiased: Bool = false, keepingDimensions: Bool = false) -> Variable {
    variance(axes: [axis], unbiased: unbiased, keepingDimensions: keepingDimensions)
  }
  /// The largest element along an axis; where it lies, ``argmax(axis:keepingDimensions:)`` says.
  public func max(axis: Int, keepingDimensions: Bool = false) -> Variable {
    max(axes: [axis], keepingDimensions: keepingDimensions)
  }
  /// The smallest element along an axis; where it lies, ``argmin(axis:keepingDimensions:)`` says.
  public func min(axis: Int, keepingDimensions: Bool = false) -> Variable {
    min(axes: [axis], keepingDimensions: keepingDimensions)
  }
  /// log of the sum of exp(x) along an axis, without overflow.
  public func logSumExp(axis: Int, keepingDimensions: Bool = false) -> Variable {
    logSumExp(axes: [axis], keepingDimensions: keepingDimensions)
  }
  /// In reverse order along an axis.
  public func flipped(axis: Int) -> Variable { flipped(axes: [axis]) }
}
