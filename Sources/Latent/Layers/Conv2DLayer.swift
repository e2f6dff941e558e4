import LatentKernels

/// A two-dimensional convolution, as in Keras: activation(x * kernel + bias) with images [B, height, width, C].
public struct Conv2D: Layer {
  /// [kernel height, kernel width, C / groups, O]
  public var kernel: Parameter
  /// [O]; nil where there is none
  public var bias: Parameter?
  /// Pixels from one place of the kernel to the next.
  public let strides: Size2D
  /// What happens at the edges.
  public let padding: Padding
  /// Pixels from one of the kernel's to the next.
  public let dilation: Size2D
  /// Parts of the channels that are convolved by themselves.
  public let groups: Int
  /// Applied at the end.
  public let activation: Activation

  /// Glorot-uniform kernel and zero bias, as in Keras, where no initializer is given.
  ///
  /// - Parameters:
  ///   - inputChannels: C
  ///   - outputChannels: O
  ///   - kernelSize: pixels of the kernel
  ///   - strides: pixels from one place of the kernel to the next;
  ///     a number for both directions, `2`, or one for each, `[2, 1]`
  ///   - padding: what happens at the edges; a number is that of the zeros at all sides
  ///   - dilation: pixels from one of the kernel's to the next
  ///   - groups: parts of the channels that are convolved by themselves, a divisor of C and O, see
  ///     ``conv2D(_:kernel:bias:strides:padding:dilation:groups:activation:)-(Variable,_,_,_,_,_,_,_)``
  ///   - hasBias: whether a bias is learned
  ///   - initializer: how the kernel starts; the bias is 0 but for ``Initializer/torchUniform``
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Size2D,
    strides: Size2D = 1, padding: Padding = .valid,
    dilation: Size2D = 1, groups: Int = 1, activation: Activation = .linear,
    hasBias: Bool = true, initializer: Initializer = .glorotUniform, key: RandomKey, element: ElementType = .float32
  ) {
    require(
      groups > 0 && inputChannels % groups == 0 && outputChannels % groups == 0 && dilation.isPositive,
      "Conv2D: \(inputChannels) and \(outputChannels) channels in \(groups) groups, dilation \(dilation)"
        + "; both numbers of channels must be multiples of the groups, and all positive")
    let shape = [kernelSize.height, kernelSize.width, inputChannels / groups, outputChannels]
    require(shape.allSatisfy { $0 > 0 }, "Conv2D: the kernel's sizes \(shape) must be positive")
    (kernel, bias) = initializer.layer(
      kernel: shape, bias: hasBias ? outputChannels : nil, key: key, element: element)
    (self.dilation, self.groups) = (dilation, groups)
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
    self(x, kernel: kernel.on(x.tape))
  }

  /// The same with another kernel of the same shape.
  public func callAsFunction(_ x: Variable, kernel weights: Variable) -> Variable {
    conv2D(
      x, kernel: weights, bias: bias.on(x.tape, zeros: [weights.shape[3]], weights.element), strides: strides,
      padding: padding, dilation: dilation, groups: groups, activation: activation)
  }
}
