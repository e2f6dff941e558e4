import LatentKernels

/// A two-dimensional convolution, as in Keras: activation(x * kernel + bias) with images [B, height, width, C].
public struct Conv2D: Module {
  /// [kernel height, kernel width, C, O]
  public var kernel: Parameter
  /// [O]
  public var bias: Parameter
  /// Pixels from one place of the kernel to the next.
  public let strides: Patches.Strides
  /// What happens at the edges.
  public let padding: Padding
  /// Applied at the end.
  public let activation: Activation

  /// Glorot-uniform kernel and zero bias, as in Keras.
  ///
  /// - Parameters:
  ///   - inputChannels: C
  ///   - outputChannels: O
  ///   - kernelSize: pixels of the kernel
  ///   - strides: pixels from one place of the kernel to the next
  ///   - padding: what happens at the edges
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: (height: Int, width: Int),
    strides: Patches.Strides = .init(height: 1, width: 1), padding: Padding = .valid, activation: Activation = .linear,
    key: RandomKey, element: ElementType = .float32
  ) {
    let shape = [kernelSize.height, kernelSize.width, inputChannels, outputChannels]
    require(shape.allSatisfy { $0 > 0 }, "Conv2D: the kernel's sizes \(shape) must be positive")
    kernel = Parameter(Initializer.glorotUniform(shape: shape, key: key, element: element))
    bias = Parameter(Tensor(zeros: [outputChannels], element: element))
    self.strides = strides
    self.padding = padding
    self.activation = activation
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("bias", &bias)
  }

  /// x [B, height, width, C] -> [B, places down, places across, O]
  public func callAsFunction(_ x: Variable) -> Variable {
    conv2D(
      x, kernel: kernel.on(x.tape), bias: bias.on(x.tape), strides: strides, padding: padding, activation: activation)
  }
}
