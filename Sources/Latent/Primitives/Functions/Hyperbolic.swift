import LatentKernels

/// Hyperbolic functions of each element and their inverses; ``Variable/tanh()`` is among the activations. Derivatives stand
/// beside each; y is the result.
extension Variable {
  /// (exp(x) - exp(-x)) / 2; dy/dx = cosh(x)
  public func sinh() -> Variable {
    mapped(
      .sinh, "sinh", rule: { $0 * $1.cosh() }, slope: { $0.assign(.cosh, of: $1) }, { $0.assign(.multiply, $1, $2) })
  }
  /// (exp(x) + exp(-x)) / 2; dy/dx = sinh(x)
  public func cosh() -> Variable {
    mapped(
      .cosh, "cosh", rule: { $0 * $1.sinh() }, slope: { $0.assign(.sinh, of: $1) }, { $0.assign(.multiply, $1, $2) })
  }
  /// The inverse of sinh; dy/dx = 1 / sqrt(x^2 + 1)
  public func asinh() -> Variable {
    mapped(
      .asinh, "asinh", rule: { $0 / ($1.squared() + 1).squareRoot() },
      slope: { slope, x in
        slope.assign(.multiply, x, x)
        slope.assign(.add, slope, 1)
        slope.assign(.squareRoot, of: slope)
      }, { $0.assign(.divide, $1, $2) })
  }
  /// The inverse of cosh, for x >= 1, from 0 up; dy/dx = 1 / sqrt(x^2 - 1)
  public func acosh() -> Variable {
    mapped(
      .acosh, "acosh", rule: { $0 / ($1.squared() - 1).squareRoot() },
      slope: { slope, x in
        slope.assign(.multiply, x, x)
        slope.assign(.subtract, slope, 1)
        slope.assign(.squareRoot, of: slope)
      }, { $0.assign(.divide, $1, $2) })
  }
  /// The inverse of tanh, for |x| <= 1; dy/dx = 1 / (1 - x^2)
  public func atanh() -> Variable {
    mapped(
      .atanh, "atanh", rule: { $0 / (1 - $1.squared()) },
      slope: { slope, x in
        slope.assign(.multiply, x, x)
        slope.assign(.subtract, 1, slope)
      }, { $0.assign(.divide, $1, $2) })
  }
}
