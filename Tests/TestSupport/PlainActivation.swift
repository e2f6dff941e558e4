import Foundation

extension Plain {
  /// 1 / (1 + exp(-x)).
  public static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// The function at the end of a Dense layer.
  public enum Activation: String, Sendable, CaseIterable {
    case linear, relu, sigmoid, tanh

    /// Its value at x.
    public func value(_ x: Double) -> Double {
      switch self {
      case .linear: x
      case .relu: x > 0 ? x : 0
      case .sigmoid: Plain.sigmoid(x)
      case .tanh: Foundation.tanh(x)
      }
    }

    /// Its derivative at x; relu's is 0 at 0, as in Keras.
    public func derivative(_ x: Double) -> Double {
      switch self {
      case .linear: 1
      case .relu: x > 0 ? 1 : 0
      case .sigmoid: Plain.sigmoid(x) * (1 - Plain.sigmoid(x))
      case .tanh: 1 - Foundation.tanh(x) * Foundation.tanh(x)
      }
    }
  }
}
