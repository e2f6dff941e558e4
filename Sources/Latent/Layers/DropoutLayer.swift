import LatentKernels

/// Dropout (Srivastava et al. 2014), for training: to evaluate, leave it out.
public struct Dropout: Module {
  /// The probability with which an element becomes 0; the others are divided by 1 - rate.
  public let rate: Double

  public init(rate: Double) {
    require(rate >= 0 && rate < 1, "Dropout: a rate of \(rate) is not in 0..<1")
    self.rate = rate
  }

  /// There is nothing to train.
  public mutating func visit(_ visitor: inout ParameterVisitor) {}

  /// x [B, ...] -> [B, ...]; see `dropout` for the key and the examples
  public func callAsFunction(_ x: Variable, key: RandomKey, examples: [UInt64]) -> Variable {
    dropout(x, rate: rate, key: key, examples: examples)
  }
}
