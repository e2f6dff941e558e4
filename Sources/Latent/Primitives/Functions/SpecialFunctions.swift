import LatentKernels

/// Special functions of each element. Derivatives stand beside each; y is the result.
extension Variable {
  /// exp(x) - 1, exact where x is near 0; dy/dx = y + 1
  public func expm1() -> Variable {
    mapped(.expm1, "expm1", slope: { $0.assign(.exp, of: $1) }, { $0.assign(.multiply, $1, $2) })
  }
  /// The inverse of the error function, for |x| <= 1; dy/dx = sqrt(pi) / 2 exp(y^2)
  public func erfinv() -> Variable {
    let y = tape.makeTensor(like: tensor)
    y.storage.assign(.erfinv, of: tensor.storage)
    return tape.record("erfinv", self, output: y) { backward in
      let slope = backward.makeTensor(like: y)
      slope.storage.assign(.multiply, y.storage, y.storage)
      slope.storage.assign(.exp, of: slope.storage)
      slope.storage.assign(slope.storage, times: 0.886226925452758)  // sqrt(pi) / 2
      backward.transform(0) { $1.assign(.multiply, $0, slope.storage) }
    }
  }
  /// The derivative of log Gamma(x), for x > 0; dy/dx = trigamma(x)
  public func digamma() -> Variable {
    mapped(.digamma, "digamma", slope: { $0.assign(.trigamma, of: $1) }, { $0.assign(.multiply, $1, $2) })
  }
}
