import LatentKernels

/// Functions of each element. Derivatives stand beside each; y is the result.
extension Variable {
  /// exp(x); dy/dx = y
  public func exp() -> Variable { mappedFromResult(.exp, "exp", rule: { $0 * $1 }, { $0.assign(.multiply, $1, $2) }) }
  /// log(x); dy/dx = 1 / x
  public func log() -> Variable { mapped(.log, "log", rule: { $0 / $1 }, { $0.assign(.divide, $1, $2) }) }
  /// log(1 + x); dy/dx = 1 / (1 + x)
  public func log1p() -> Variable {
    mapped(
      .log1p, "log1p", rule: { $0 / ($1 + 1) }, slope: { $0.assign(.add, $1, 1) }, { $0.assign(.divide, $1, $2) })
  }
  /// The square root; dy/dx = 1 / 2y
  public func squareRoot() -> Variable {
    mappedFromResult(
      .squareRoot, "squareRoot", rule: { 0.5 * ($0 / $1) },
      { dx, dy, y in
        dx.assign(.divide, dy, y)
        dx.assign(dx, times: 0.5)
      })
  }
  /// |x|; dy/dx = the sign of x, 0 at 0
  public func abs() -> Variable {
    mapped(
      .absolute, "abs", rule: { $0 * $1.sign() }, slope: { $0.assign(.sign, of: $1) }, { $0.assign(.multiply, $1, $2) })
  }
  /// 1 / (1 + exp(-x)); dy/dx = y (1 - y)
  public func sigmoid() -> Variable {
    mappedFromResult(
      .sigmoid, "sigmoid", rule: { $0 * ($1 * (1 - $1)) },
      { $0.assignActivationGradient(output: $2, upstream: $1, activation: .sigmoid) })
  }
  /// dy/dx = 1 - y^2
  public func tanh() -> Variable {
    mappedFromResult(
      .tanh, "tanh", rule: { $0 * (1 - $1.squared()) },
      { $0.assignActivationGradient(output: $2, upstream: $1, activation: .tanh) })
  }
  /// log(1 + exp(x)); dy/dx = sigmoid(x)
  public func softplus() -> Variable {
    mapped(
      .softplus, "softplus", rule: { $0 * $1.sigmoid() }, slope: { $0.assign(.sigmoid, of: $1) },
      { $0.assign(.multiply, $1, $2) })
  }
  /// The error function; dy/dx = 2 / sqrt(pi) exp(-x^2)
  public func erf() -> Variable {
    mapped(
      .erf, "erf", rule: { $0 * (1.1283791670955126 * (-$1.squared()).exp()) },
      slope: { slope, x in
        slope.assign(.multiply, x, x)
        slope.assign(slope, times: -1)
        slope.assign(.exp, of: slope)
        slope.assign(slope, times: 1.1283791670955126)  // 2 / sqrt(pi)
      }, { $0.assign(.multiply, $1, $2) })
  }
  /// log Gamma(x) for x > 0, the logarithm of (x - 1)! at whole numbers; dy/dx = digamma(x)
  public func logGamma() -> Variable {
    mapped(
      .logGamma, "logGamma", rule: { $0 * $1.digamma() }, slope: { $0.assign(.digamma, of: $1) },
      { $0.assign(.multiply, $1, $2) })
  }
  /// max(x, 0); dy/dx = 1 where x > 0, else 0
  public func relu() -> Variable { maximum(0, includingBound: false) }
  /// x^2; dy/dx = 2x
  public func squared() -> Variable { self * self }

  /// x s with s = sigmoid(x) (Elfwing et al. 2018); dy/dx = s (1 + x (1 - s))
  public func silu() -> Variable {
    gated(
      .silu, "silu",
      rule: { upstream, x in
        let s = x.sigmoid()
        return upstream * (s * (1 + x * (1 - s)))
      })
  }
  /// x Phi(x) with Phi(x) = (1 + erf(x / sqrt(2))) / 2 (Hendrycks & Gimpel 2016); dy/dx = Phi(x) + x exp(-x^2 / 2) / sqrt(2 pi)
  public func gelu() -> Variable {
    gated(
      .gelu, "gelu",
      rule: { upstream, x in
        let density = 0.3989422804014327 * (-0.5 * x.squared()).exp()
        return upstream * (0.5 * ((0.7071067811865476 * x).erf() + 1) + x * density)
      })
  }
  /// x above 0, alpha (exp(x) - 1) below (Clevert et al. 2016)
  public func elu(alpha: Double = 1) -> Variable {
    relu() + alpha * (minimum(0, includingBound: false).exp() - 1)
  }
  /// x above 0, slope x below (Maas et al. 2013)
  public func leakyRelu(slope: Double = 0.2) -> Variable { relu() + slope * minimum(0, includingBound: false) }

  /// An activation of each element, or of the last axis.
  public func activated(by activation: Activation) -> Variable {
    switch activation {
    case .linear: self
    case .relu: relu()
    case .sigmoid: sigmoid()
    case .tanh: tanh()
    case .softplus: softplus()
    case .silu: silu()
    case .gelu: gelu()
    case .elu: elu()
    case .leakyRelu: leakyRelu()
    case .softmax: softmax()
    }
  }

  /// x, but no less and no more than the bounds; dy/dx = 1 within them, 0 outside
  public func clipped(to bounds: ClosedRange<Double>) -> Variable {
    maximum(bounds.lowerBound, includingBound: true).minimum(bounds.upperBound, includingBound: true)
  }

  /// The same value, through which no gradient flows.
  public func detached() -> Variable { tape.constant(tensor) }

  private func gated(
    _ function: UnaryFunction, _ name: String, rule: @escaping (_ upstream: Variable, _ x: Variable) -> Variable
  ) -> Variable {
    let (x, output) = (tensor.storage, tape.makeTensor(like: tensor))
    output.storage.assign(function, of: x)
    return tape.record(name, self, output: output) { backward in
      backward.transform(0) { $1.assignSlope(of: function, at: x, upstream: $0) }
    }.ruled([{ rule($0, self) }])
  }

  /// A function of each element whose derivative is made from the result y.
  ///
  /// - Parameters:
  ///   - rule: dx from dy and y
  ///   - gradient: writes dx from dy and y; dx and dy may be the same
  func mappedFromResult(
    _ function: UnaryFunction, _ name: String, rule: @escaping (_ upstream: Variable, _ y: Variable) -> Variable,
    _ gradient: @escaping (_ dx: Storage, _ dy: Storage, _ y: Storage) -> Void
  ) -> Variable {
    let output = tape.makeTensor(like: tensor)
    let y = output.storage
    y.assign(function, of: tensor.storage)
    let result = tape.record(name, self, output: output) { $0.transform(0) { gradient($1, $0, y) } }
    return result.ruled([{ rule($0, result) }])
  }

  /// A function of each element whose derivative is made from x, or from what `slope` writes from x.
  ///
  /// - Parameters:
  ///   - rule: dx from dy and x
  ///   - gradient: writes dx from dy and x or the slope; dx and dy may be the same
  func mapped(
    _ function: UnaryFunction, _ name: String, rule: @escaping (_ upstream: Variable, _ x: Variable) -> Variable,
    slope: ((_ slope: Storage, _ x: Storage) -> Void)? = nil,
    _ gradient: @escaping (_ dx: Storage, _ dy: Storage, _ slope: Storage) -> Void
  ) -> Variable {
    let output = tape.makeTensor(like: tensor)
    let x = tensor.storage
    output.storage.assign(function, of: x)
    return tape.record(name, self, output: output) { backward in
      var factor = x
      if let slope {
        factor = Storage(count: x.count, element: x.element, workspace: backward.workspace)
        slope(factor, x)
      }
      backward.transform(0) { gradient($1, $0, factor) }
    }.ruled([{ rule($0, self) }])
  }
}
