import LatentKernels

/// A fully connected layer: activation(x kernel + bias) on the last axis.
public struct Dense: Layer {
  /// [I, O]
  public var kernel: Parameter
  /// [O]; nil where there is none
  public var bias: Parameter?
  /// Applied at the end.
  public let activation: Activation

  /// Glorot-uniform kernel and zero bias, as in Keras, where no initializer is given.
  ///
  /// - Parameters:
  ///   - hasBias: whether a bias is learned
  ///   - initializer: how the kernel starts; the bias is 0 but for ``Initializer/torchUniform``
  public init(
    inputSize: Int, outputSize: Int, activation: Activation = .linear, hasBias: Bool = true,
    initializer: Initializer = .glorotUniform, key: RandomKey,
    element: ElementType = .float32
  ) {
    require(inputSize > 0 && outputSize > 0, "Dense: sizes \(inputSize) and \(outputSize) must be positive")
    (kernel, bias) = initializer.layer(
      kernel: [inputSize, outputSize], bias: hasBias ? outputSize : nil, key: key, element: element)
    self.activation = activation
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("bias", &bias)
  }

  /// x [..., I] -> [..., O]
  public func callAsFunction(_ x: Variable) -> Variable {
    self(x, kernel: kernel.on(x.tape))
  }

  /// The same with another kernel of the same shape.
  public func callAsFunction(_ x: Variable, kernel weights: Variable) -> Variable {
    dense(x, kernel: weights, bias: bias(on: x.tape), activation: activation)
  }

  /// The cross-entropy of classes whose logits are this layer's outputs, averaged over all rows of x [..., I], without all of
  /// them in memory: for many classes, such as the words of a vocabulary. The layer has no activation.
  ///
  /// - Parameter labels: a class in 0..<O for each row
  public func crossEntropy(_ x: Variable, labels: [Int]) -> Variable {
    require(
      activation == .linear, "Dense.crossEntropy: logits are taken before an activation, but it has \(activation)")
    return Latent.crossEntropy(x, kernel: kernel.on(x.tape), bias: bias(on: x.tape), labels: labels)
  }

  private func bias(on tape: Tape) -> Variable { bias.on(tape, zeros: [kernel.value.shape[1]], kernel.value.element) }
}
