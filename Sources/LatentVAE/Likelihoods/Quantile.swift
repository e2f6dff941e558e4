import Latent

extension Likelihood {
  /// The interval that holds each element with this probability, and leaves as much below as above: output [..., P k] ->
  /// two tensors [..., P].
  public func interval(_ output: Tensor, probability: Double) -> (low: Tensor, high: Tensor) {
    (quantile(output, at: (1 - probability) / 2), quantile(output, at: (1 + probability) / 2))
  }

  /// Of a thousand samples, for a likelihood that has no formula.
  public func quantile(_ output: Tensor, at probability: Double) -> Tensor {
    Quantile.check(probability)
    let (rows, count) = (output.count / max(output.shape.last ?? 1, 1), 1000)
    let place = min(Int(probability * Double(count)), count - 1)
    var (values, size) = ([Double](), 0)
    for row in 0..<rows {
      let one = output.reshaped(to: [rows, output.count / rows]).rows(Array(repeating: row, count: count))
      let drawn = sample(one, key: RandomKey(seed: UInt64(row)), streams: (0..<UInt64(count)).map(\.self))
      size = drawn.shape[1]
      let numbers = drawn.values
      for column in 0..<size {
        values.append(stride(from: column, to: numbers.count, by: size).map { numbers[$0] }.sorted()[place])
      }
    }
    return Tensor(values, shape: output.shape.dropLast() + [size], element: output.element)
  }
}

/// Quantiles of distributions without numbers of their own.
enum Quantile {
  static func check(_ probability: Double) {
    require(
      probability > 0 && probability < 1, "quantile: a probability of \(probability); above 0 and below 1 is needed")
  }

  /// Of N(0, 1).
  static func normal(_ probability: Double) -> Double {
    check(probability)
    if probability > 0.5 { return -normal(1 - probability) }
    // From -8.3 on, erf is -1.
    return bisect(-8.5...0) {
      (1 + Tape().constant(Tensor([$0 / 2.0.squareRoot()], shape: [1], element: .float64)).erf().scalar) / 2
        < probability
    }
  }

  /// Where a condition that holds at the lower end ends, to the last bit.
  static func bisect(_ range: ClosedRange<Double>, _ isBelow: (Double) -> Bool) -> Double {
    var (low, high) = (range.lowerBound, range.upperBound)
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return middle }
      if isBelow(middle) { low = middle } else { high = middle }
    }
  }
}
