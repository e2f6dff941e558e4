import LatentKernels

/// Arithmetic with NumPy's broadcasting.
extension Tensor {
  /// a + b
  public static func + (a: Tensor, b: Tensor) -> Tensor { computed(a, b) { $0 + $1 } }
  /// a - b
  public static func - (a: Tensor, b: Tensor) -> Tensor { computed(a, b) { $0 - $1 } }
  /// a b, element by element; ``matmul(_:_:)-(Tensor,Tensor)`` has products of matrices
  public static func * (a: Tensor, b: Tensor) -> Tensor { computed(a, b) { $0 * $1 } }
  /// a / b
  public static func / (a: Tensor, b: Tensor) -> Tensor { computed(a, b) { $0 / $1 } }
  /// -a
  public static prefix func - (a: Tensor) -> Tensor { computed(a) { -$0 } }

  /// a + number
  public static func + (a: Tensor, number: Double) -> Tensor { computed(a) { $0 + number } }
  /// number + a
  public static func + (number: Double, a: Tensor) -> Tensor { computed(a) { number + $0 } }
  /// a - number
  public static func - (a: Tensor, number: Double) -> Tensor { computed(a) { $0 - number } }
  /// number - a
  public static func - (number: Double, a: Tensor) -> Tensor { computed(a) { number - $0 } }
  /// a scale
  public static func * (a: Tensor, scale: Double) -> Tensor { computed(a) { $0 * scale } }
  /// scale a
  public static func * (scale: Double, a: Tensor) -> Tensor { computed(a) { scale * $0 } }
  /// a / number
  public static func / (a: Tensor, number: Double) -> Tensor { computed(a) { $0 / number } }
  /// number / a
  public static func / (number: Double, a: Tensor) -> Tensor { computed(a) { number / $0 } }

  /// a^b, for a > 0 where b is no whole number
  public func power(_ exponent: Tensor) -> Tensor { computed(self, exponent) { $0.power($1) } }
  /// x^exponent, for x > 0 where the exponent is no whole number
  public func power(_ exponent: Double) -> Tensor { computed(self) { $0.power(exponent) } }

  /// The larger of a and b.
  public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { computed(a, b) { Variable.maximum($0, $1) } }
  /// The smaller of a and b.
  public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { computed(a, b) { Variable.minimum($0, $1) } }
  /// The larger of a and the number.
  public static func maximum(_ a: Tensor, _ number: Double) -> Tensor { computed(a) { Variable.maximum($0, number) } }
  /// The smaller of a and the number.
  public static func minimum(_ a: Tensor, _ number: Double) -> Tensor { computed(a) { Variable.minimum($0, number) } }

  /// 1 where a < b, else 0.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { computed(a, b) { $0 .< $1 } }
  /// 1 where a <= b, else 0.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { computed(a, b) { $0 .<= $1 } }
  /// 1 where a > b, else 0.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { computed(a, b) { $0 .> $1 } }
  /// 1 where a >= b, else 0.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { computed(a, b) { $0 .>= $1 } }
  /// 1 where a == b, else 0.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { computed(a, b) { $0 .== $1 } }
  /// 1 where a < number, else 0.
  public static func .< (a: Tensor, number: Double) -> Tensor { computed(a) { $0 .< number } }
  /// 1 where a <= number, else 0.
  public static func .<= (a: Tensor, number: Double) -> Tensor { computed(a) { $0 .<= number } }
  /// 1 where a > number, else 0.
  public static func .> (a: Tensor, number: Double) -> Tensor { computed(a) { $0 .> number } }
  /// 1 where a >= number, else 0.
  public static func .>= (a: Tensor, number: Double) -> Tensor { computed(a) { $0 .>= number } }
  /// 1 where a is the number, else 0.
  public static func .== (a: Tensor, number: Double) -> Tensor { computed(a) { $0 .== number } }

  /// `a` where this is not 0, and `b` where it is (NumPy's `where`).
  public func select(_ a: Tensor, _ b: Tensor) -> Tensor { computed([self, a, b]) { $0[0].select($0[1], $0[2]) } }
}
