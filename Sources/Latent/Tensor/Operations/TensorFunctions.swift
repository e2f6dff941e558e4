import LatentKernels

/// Functions of each element.
extension Tensor {
  /// exp(x)
  public func exp() -> Tensor { computed(self) { $0.exp() } }
  /// exp(x) - 1, exact where x is near 0
  public func expm1() -> Tensor { computed(self) { $0.expm1() } }
  /// log(x)
  public func log() -> Tensor { computed(self) { $0.log() } }
  /// log(1 + x)
  public func log1p() -> Tensor { computed(self) { $0.log1p() } }
  /// The square root.
  public func squareRoot() -> Tensor { computed(self) { $0.squareRoot() } }
  /// x^2
  public func squared() -> Tensor { computed(self) { $0.squared() } }
  /// |x|
  public func abs() -> Tensor { computed(self) { $0.abs() } }
  /// 1 above 0, -1 below, and 0 at 0.
  public func sign() -> Tensor { computed(self) { $0.sign() } }
  /// The largest whole number that is not above x.
  public func floor() -> Tensor { computed(self) { $0.floor() } }
  /// The smallest whole number that is not below x.
  public func ceil() -> Tensor { computed(self) { $0.ceil() } }
  /// The nearest whole number; the even one where two are as near.
  public func round() -> Tensor { computed(self) { $0.round() } }
  /// x, but no less and no more than the bounds
  public func clipped(to bounds: ClosedRange<Double>) -> Tensor { computed(self) { $0.clipped(to: bounds) } }

  /// The error function.
  public func erf() -> Tensor { computed(self) { $0.erf() } }
  /// The inverse of the error function, for |x| <= 1
  public func erfinv() -> Tensor { computed(self) { $0.erfinv() } }
  /// log Gamma(x) for x > 0
  public func logGamma() -> Tensor { computed(self) { $0.logGamma() } }
  /// The derivative of log Gamma(x), for x > 0
  public func digamma() -> Tensor { computed(self) { $0.digamma() } }

  /// The sine, of radians.
  public func sin() -> Tensor { computed(self) { $0.sin() } }
  /// The cosine, of radians.
  public func cos() -> Tensor { computed(self) { $0.cos() } }
  /// The tangent, of radians.
  public func tan() -> Tensor { computed(self) { $0.tan() } }
  /// The angle from -pi/2 to pi/2 whose tangent is x.
  public func atan() -> Tensor { computed(self) { $0.atan() } }
  /// The angle of the point (x, y), from -pi to pi, with NumPy's broadcasting.
  public static func atan2(_ y: Tensor, _ x: Tensor) -> Tensor { computed(y, x) { Variable.atan2($0, $1) } }
  /// (exp(x) - exp(-x)) / 2
  public func sinh() -> Tensor { computed(self) { $0.sinh() } }
  /// (exp(x) + exp(-x)) / 2
  public func cosh() -> Tensor { computed(self) { $0.cosh() } }
  /// sinh(x) / cosh(x)
  public func tanh() -> Tensor { computed(self) { $0.tanh() } }
  /// The inverse of sinh.
  public func asinh() -> Tensor { computed(self) { $0.asinh() } }
  /// The inverse of cosh, for x >= 1, from 0 up.
  public func acosh() -> Tensor { computed(self) { $0.acosh() } }
  /// The inverse of tanh, for |x| <= 1.
  public func atanh() -> Tensor { computed(self) { $0.atanh() } }
}

/// Activations.
extension Tensor {
  /// 1 / (1 + exp(-x))
  public func sigmoid() -> Tensor { computed(self) { $0.sigmoid() } }
  /// log(1 + exp(x))
  public func softplus() -> Tensor { computed(self) { $0.softplus() } }
  /// max(x, 0)
  public func relu() -> Tensor { computed(self) { $0.relu() } }
  /// x sigmoid(x)
  public func silu() -> Tensor { computed(self) { $0.silu() } }
  /// x (1 + erf(x / sqrt(2))) / 2
  public func gelu() -> Tensor { computed(self) { $0.gelu() } }
  /// x above 0, alpha (exp(x) - 1) below
  public func elu(alpha: Double = 1) -> Tensor { computed(self) { $0.elu(alpha: alpha) } }
  /// x above 0, slope x below
  public func leakyRelu(slope: Double = 0.2) -> Tensor { computed(self) { $0.leakyRelu(slope: slope) } }
  /// An activation of each element, or of the last axis.
  public func activated(by activation: Activation) -> Tensor { computed(self) { $0.activated(by: activation) } }
}
