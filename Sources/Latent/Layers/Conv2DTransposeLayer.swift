import LatentKernels

/// A transposed two-dimensional convolution, as in Keras: strides enlarge the images, as a decoder does.
public struct Conv2DTranspose: Layer {
  /// [kernel height, kernel width, O, C]
  public var kernel: Parameter
  /// [O]; nil where there is none
  public var bias: Parameter?
  /// How many times larger images become.
  public let strides: Size2D
  /// What happens at the edges.
  public let padding: Padding
  /// Rows and columns of the images that it makes; nil for the most, see `conv2DTranspose`.
  public let outputSize: Size2D?
  /// Applied at the end.
  public let activation: Activation

  /// Glorot-uniform kernel and zero bias, as in Keras, where no initializer is given.
  ///
  /// - Parameters:
  ///   - inputChannels: C
  ///   - outputChannels: O
  ///   - kernelSize: pixels of the kernel
  ///   - strides: how many times larger images become, see `conv2DTranspose`;
  ///     a number for both directions, `2`, or one for each, `[2, 1]`
  ///   - padding: what happens at the edges
  ///   - outputSize: rows and columns of the images that it makes, where they are not the most, see `conv2DTranspose`
  ///   - hasBias: whether a bias is learned
  ///   - initializer: how the kernel starts; the bias is 0 but for ``Initializer/torchUniform``
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Size2D,
    strides: Size2D = 1, padding: Padding = .valid,
    outputSize: Size2D? = nil, activation: Activation = .linear, hasBias: Bool = true,
    initializer: Initializer = .glorotUniform,
    key: RandomKey, element: ElementType = .float32
  ) {
    let shape = [kernelSize.height, kernelSize.width, outputChannels, inputChannels]
    require(shape.allSatisfy { $0 > 0 }, "Conv2DTranspose: the kernel's sizes \(shape) must be positive")
    (kernel, bias) = initializer.layer(
      kernel: shape, bias: hasBias ? outputChannels : nil, key: key, element: element)
    self.strides = strides
    self.padding = padding
    self.outputSize = outputSize
    self.activation = activation
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("bias", &bias)
  }

  /// x [B, height, width, C] -> [B, height stride, width stride, O] with same padding and no `outputSize`; see
  /// `conv2DTranspose`
  public func callAsFunction(_ x: Variable) -> Variable {
    self(x, kernel: kernel.on(x.tape))
  }

  /// The same with another kernel of the same shape.
  public func callAsFunction(_ x: Variable, kernel weights: Variable) -> Variable {
    conv2DTranspose(
      x, kernel: weights, bias: bias.on(x.tape, zeros: [weights.shape[2]], weights.element), strides: strides,
      padding: padding,
      outputSize: outputSize, activation: activation)
  }
}
