import LatentKernels

/// A convolution of each channel by itself, as in Keras: images [B, height, width, C] to C M channels, M of each in a row. With a
/// ``Conv2D`` of a 1 by 1 kernel behind it, it is a separable convolution (Chollet 2017).
///
/// It is made of one multiplication for each of the kernel's pixels: memory for as many copies of the images.
public struct DepthwiseConv2D: Layer {
  /// [kernel height, kernel width, C, M]
  public var kernel: Parameter
  /// [C M]; nil where there is none
  public var bias: Parameter?
  /// Pixels from one place of the kernel to the next.
  public let strides: Size2D
  /// What happens at the edges.
  public let padding: Padding
  /// Pixels from one of the kernel's to the next.
  public let dilation: Size2D
  /// Applied at the end.
  public let activation: Activation

  /// Glorot-uniform kernel and zero bias, as in Keras, where no initializer is given.
  ///
  /// - Parameters:
  ///   - inputChannels: C
  ///   - kernelSize: pixels of the kernel
  ///   - depthMultiplier: M, the channels that one becomes
  ///   - strides: pixels from one place of the kernel to the next;
  ///     a number for both directions, `2`, or one for each, `[2, 1]`
  ///   - padding: what happens at the edges; a number is that of the zeros at all sides
  ///   - dilation: pixels from one of the kernel's to the next
  ///   - hasBias: whether a bias is learned
  ///   - initializer: how the kernel starts; the bias is 0 but for ``Initializer/torchUniform``
  public init(
    inputChannels: Int, kernelSize: Size2D, depthMultiplier: Int = 1,
    strides: Size2D = 1, padding: Padding = .valid,
    dilation: Size2D = 1, activation: Activation = .linear, hasBias: Bool = true,
    initializer: Initializer = .glorotUniform,
    key: RandomKey, element: ElementType = .float32
  ) {
    let shape = [kernelSize.height, kernelSize.width, inputChannels, depthMultiplier]
    require(
      shape.allSatisfy { $0 > 0 } && dilation.isPositive,
      "DepthwiseConv2D: the kernel's sizes \(shape) and the dilation \(dilation) must be positive")
    (kernel, bias) = initializer.layer(
      kernel: shape, bias: hasBias ? inputChannels * depthMultiplier : nil, fanIn: shape[0] * shape[1], key: key,
      element: element)
    (self.strides, self.padding, self.dilation, self.activation) = (strides, padding, dilation, activation)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("bias", &bias)
  }

  /// x [B, height, width, C] -> [B, places down, places across, C M]
  public func callAsFunction(_ x: Variable) -> Variable { self(x, kernel: kernel.on(x.tape)) }

  /// The same with another kernel of the same shape.
  public func callAsFunction(_ x: Variable, kernel weights: Variable) -> Variable {
    let (size, outputs) = (weights.shape, weights.shape[2] * weights.shape[3])
    let form = ConvolutionForm(strides: strides, padding: padding, dilation: dilation, groups: size[2])
    return form.convolved(
      x, weights.reshaped(to: [size[0], size[1], 1, outputs]), bias.on(x.tape, zeros: [outputs], weights.element),
      activation)
  }
}
