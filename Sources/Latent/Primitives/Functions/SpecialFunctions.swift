import LatentKernels

/// Special functions of each element. Derivatives stand beside each; y is the result.
extension Variable {
  /// exp(x) - 1, exact where x is near 0; dy/dx = y + 1
  public func expm1() -> Variable {
    mapped(
      .expm1, "expm1", rule: { $0 * $1.exp() }, slope: { $0.assign(.exp, of: $1) }, { $0.assign(.multiply, $1, $2) })
  }
  /// The inverse of the error function, for |x| <= 1; dy/dx = sqrt(pi) / 2 exp(y^2)
  public func erfinv() -> Variable {
    let y = tape.makeTensor(like: tensor)
    y.storage.assign(.erfinv, of: tensor.storage)
    let result = tape.record("erfinv", self, output: y) { backward in
      let slope = backward.makeTensor(like: y)
      slope.storage.assign(.multiply, y.storage, y.storage)
      slope.storage.assign(.exp, of: slope.storage)
      slope.storage.assign(slope.storage, times: 0.886226925452758)  // sqrt(pi) / 2
      backward.transform(0) { $1.assign(.multiply, $0, slope.storage) }
    }
    return result.ruled([{ $0 * (0.886226925452758 * result.squared().exp()) }])
  }
  /// The derivative of log Gamma(x), for x > 0; dy/dx = trigamma(x)
  public func digamma() -> Variable {
    mapped(
      .digamma, "digamma", rule: { $0 * $1.trigamma() }, slope: { $0.assign(.trigamma, of: $1) },
      { $0.assign(.multiply, $1, $2) })
  }

  /// The derivative of ``digamma()``, for x > 0: 1 / x^2 + ... + 1 / (x + 11)^2, and Stirling's series from there on (Abramowitz &
  /// Stegun 1964, 6.4.12), of operations whose gradients can be differentiated again.
  func trigamma() -> Variable {
    var (terms, z) = (1 / squared(), self + 1)
    for _ in 1..<12 {
      terms = terms + 1 / z.squared()
      z = z + 1
    }
    let r = 1 / z
    var series = 0 * r
    let bernoulli: [Double] = [5.0 / 66, -1.0 / 30, 1.0 / 42, -1.0 / 30, 1.0 / 6]
    for number in bernoulli { series = r.squared() * (series + number) }
    return terms + r * (series + 0.5 * r + 1)
  }
}
