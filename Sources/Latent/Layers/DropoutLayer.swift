import LatentKernels

/// Dropout (Srivastava et al. 2014): in training, each element is 0 with a probability of `rate` and divided by 1 - rate
/// otherwise; evaluation leaves everything as it is.
///
/// The mask belongs to the pass's key, the layer's place among all that draw, the example and the element
/// (``Tape/pass``): not to the batch, the shard or the thread.
public struct Dropout: Layer {
  /// The probability with which an element becomes 0.
  public let rate: Double

  public init(rate: Double) {
    require(rate >= 0 && rate < 1, "Dropout: a rate of \(rate) is not in 0..<1")
    self.rate = rate
  }

  /// There is nothing to train.
  public mutating func visit(_ visitor: inout ParameterVisitor) {}

  /// x [B, ...] -> [B, ...]
  public func callAsFunction(_ x: Variable) -> Variable {
    guard x.tape.pass.isTraining, rate > 0 else { return x }
    return dropout(
      x, rate: rate, key: x.tape.makeKey(), examples: x.tape.pass.examples(count: x.shape.first ?? 0))
  }
}
