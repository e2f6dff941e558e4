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
package enum Quantile {
  static func check(_ probability: Double) {
    require(
      probability > 0 && probability < 1, "quantile: a probability of \(probability); above 0 and below 1 is needed")
  }

  /// A function of one number, whose bits are the same on every system.
  static func number(_ function: UnaryFunction, _ x: Double) -> Double {
    let tensor = Tensor([x], shape: [1], element: .float64)
    tensor.storage.assign(function, of: tensor.storage)
    return tensor.scalar
  }

  /// Of N(0, 1).
  package static func normal(_ probability: Double) -> Double {
    check(probability)
    if probability > 0.5 { return -normal(1 - probability) }
    // From -8.3 on, erf is -1.
    return bisect(-8.5...0) { (1 + number(.erf, $0 / 2.0.squareRoot())) / 2 < probability }
  }

  /// Of Student's t with n degrees of freedom: P(t < -z) = I(n / (n + z^2); n / 2, 1 / 2) / 2.
  static func student(_ probability: Double, degrees n: Double) -> Double {
    check(probability)
    if probability > 0.5 { return -student(1 - probability, degrees: n) }
    if probability == 0.5 { return 0 }
    func below(_ z: Double) -> Double { incompleteBeta(n / (n + z * z), n / 2, 0.5) / 2 }
    var least = -1.0
    while below(least) > probability && least > -1e150 { least *= 2 }
    return bisect(least...0) { below($0) < probability }
  }

  /// The first count that, with those below, has a probability of no less: from the rate downwards or upwards.
  static func poisson(_ probability: Double, rate: Double) -> Double {
    guard rate > 0, rate < 1e12 else { return rate.rounded() }
    let middle = rate.rounded(.down)
    func chance(_ count: Double) -> Double {
      number(.exp, count * number(.log, rate) - rate - number(.logGamma, count + 1))
    }
    let most = chance(middle)
    // The probability of the middle count and all below it.
    var (sum, term, count) = (0.0, most, middle)
    while count >= 0 && term > most * 1e-18 {
      sum += term
      term *= count / rate
      count -= 1
    }
    count = middle
    term = most
    if sum >= probability {
      while count > 0 && sum - term >= probability {
        sum -= term
        term *= count / rate
        count -= 1
      }
    } else {
      while sum < probability && term > most * 1e-18 {
        count += 1
        term *= rate / count
        sum += term
      }
    }
    return count
  }

  /// The regularised incomplete beta function I(x; a, b), by its continued fraction (Lentz's method).
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 || x >= 1 { return x <= 0 ? 0 : 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let logBeta = number(.logGamma, a) + number(.logGamma, b) - number(.logGamma, a + b)
    let front = number(.exp, a * number(.log, x) + b * number(.log1p, -x) - logBeta) / a
    var (c, d) = (1.0, 1 / (1 - (a + b) * x / (a + 1)))
    var result = d
    for m in 1...10_000 {
      let m = Double(m)
      for numerator in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / (1 + numerator * d)
        c = 1 + numerator / c
        result *= c * d
      }
      if abs(c * d - 1) < 1e-16 { break }
    }
    return front * result
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
