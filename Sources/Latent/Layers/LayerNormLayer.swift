import LatentKernels

/// Layer normalisation over the last axis (Ba, Kiros & Hinton 2016), as in Keras: n gamma + beta, where n is each row with
/// mean 0 and variance 1.
public struct LayerNorm: Module {
  /// [C]
  public var gamma: Parameter
  /// [C]; nil where nothing is added
  public var beta: Parameter?
  /// Added to the variance before the square root.
  public let epsilon: Double

  /// gamma is 1 and beta 0 at first.
  ///
  /// - Parameter hasBias: whether beta is learned
  public init(size: Int, epsilon: Double = 1e-3, hasBias: Bool = true, element: ElementType = .float32) {
    require(size > 0 && epsilon > 0, "LayerNorm: the size \(size) and epsilon \(epsilon) must be positive")
    gamma = Parameter(Tensor(repeating: 1, shape: [size], element: element))
    beta = hasBias ? Parameter(Tensor(zeros: [size], element: element)) : nil
    self.epsilon = epsilon
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("gamma", &gamma)
    visitor.visit("beta", &beta)
  }

  /// x [..., C] -> [..., C]
  public func callAsFunction(_ x: Variable) -> Variable {
    layerNorm(
      x, gamma: gamma.on(x.tape), beta: beta.on(x.tape, zeros: gamma.value.shape, gamma.value.element), epsilon: epsilon
    )
  }
}
