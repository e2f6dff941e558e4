import LatentKernels

/// x over its root mean square along the last axis, times a scale (Zhang & Sennrich 2019).
public struct RMSNorm: Layer {
  /// [C]
  public var scale: Parameter
  /// Added to the mean square before the root.
  public let epsilon: Double

  /// The scale is 1 at first.
  public init(size: Int, epsilon: Double = 1e-6, element: ElementType = .float32) {
    require(size > 0 && epsilon > 0, "RMSNorm: the size \(size) and epsilon \(epsilon) must be positive")
    scale = Parameter(Tensor(repeating: 1, shape: [size], element: element))
    self.epsilon = epsilon
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("scale", &scale) }

  /// x [..., C] -> [..., C]
  public func callAsFunction(_ x: Variable) -> Variable {
    let gains = scale.on(x.tape)
    require(
      x.shape.last == gains.shape[0], of: [x, gains],
      "RMSNorm: x \(x.shape) for \(gains.shape)"
        + "; the last axis of x must be of that size")
    return x / (x.squared().mean(axes: [-1], keepingDimensions: true) + epsilon).squareRoot() * gains
  }
}
