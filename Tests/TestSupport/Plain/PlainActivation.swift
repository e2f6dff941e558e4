import Foundation

extension Plain {
  /// 1 / (1 + exp(-x)).
  public static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// The function at the end of a layer.
  public enum Activation: String, Sendable, CaseIterable {
    case linear, relu, sigmoid, tanh, softplus, silu, gelu, elu
    case leakyRelu = "leaky_relu"
    /// Of a whole row; the others are of each element.
    case softmax

    /// Whether it has a corner at 0.
    public var hasCorner: Bool { [.relu, .elu, .leakyRelu].contains(self) }

    /// Its value at x.
    public func value(_ x: Double) -> Double {
      switch self {
      case .linear: x
      case .relu: x > 0 ? x : 0
      case .sigmoid: Plain.sigmoid(x)
      case .tanh: Foundation.tanh(x)
      case .softplus: log1p(exp(x))
      case .silu: x * Plain.sigmoid(x)
      case .gelu: x * 0.5 * erfc(-x / 2.0.squareRoot())
      case .elu: x > 0 ? x : expm1(x)
      case .leakyRelu: x > 0 ? x : 0.2 * x
      case .softmax: fatalError("softmax is not of one number")
      }
    }

    /// Its derivative at x; relu's is 0 at 0, as in Keras.
    public func derivative(_ x: Double) -> Double {
      switch self {
      case .linear: 1
      case .relu: x > 0 ? 1 : 0
      case .sigmoid: Plain.sigmoid(x) * (1 - Plain.sigmoid(x))
      case .tanh: 1 - Foundation.tanh(x) * Foundation.tanh(x)
      case .softplus: Plain.sigmoid(x)
      case .silu: Plain.sigmoid(x) * (1 + x * (1 - Plain.sigmoid(x)))
      case .gelu: 0.5 * erfc(-x / 2.0.squareRoot()) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
      case .elu: x > 0 ? 1 : exp(x)
      case .leakyRelu: x > 0 ? 1 : 0.2
      case .softmax: fatalError("softmax is not of one number")
      }
    }

    /// Its values for z [rows, columns].
    public func values(_ z: [Double], columns: Int) -> [Double] {
      guard self == .softmax else { return z.map(value) }
      let powers = z.map { exp($0) }
      let sums = Plain.rowSums(powers, columns: columns)
      return powers.indices.map { powers[$0] / sums[$0 / columns] }
    }

    /// The gradient for z [rows, columns], given that for the values.
    public func gradient(_ z: [Double], upstream: [Double], columns: Int) -> [Double] {
      guard self == .softmax else { return zip(z, upstream).map { derivative($0) * $1 } }
      let y = values(z, columns: columns)
      let means = Plain.rowSums(zip(y, upstream).map { $0 * $1 }, columns: columns)
      return y.indices.map { y[$0] * (upstream[$0] - means[$0 / columns]) }
    }
  }

  /// The sum of each row of a [rows, columns].
  public static func rowSums(_ a: [Double], columns: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: a.count / columns)
    for (index, value) in a.enumerated() { sums[index / columns] += value }
    return sums
  }
}
