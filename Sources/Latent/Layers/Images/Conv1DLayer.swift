import LatentKernels

/// A convolution along sequences, as in Keras: activation(x * kernel + bias) with sequences [B, T, C].
public struct Conv1D: Layer {
  /// [kernel size, C / groups, O]
  public var kernel: Parameter
  /// [O]; nil where there is none
  public var bias: Parameter?
  /// Steps from one place of the kernel to the next.
  public let stride: Int
  /// What happens at the ends.
  public let padding: Padding
  /// Steps from one of the kernel's to the next.
  public let dilation: Int
  /// Parts of the channels that are convolved by themselves.
  public let groups: Int
  /// Applied at the end.
  public let activation: Activation

  /// Glorot-uniform kernel and zero bias, as in Keras, where no initializer is given.
  ///
  /// - Parameters:
  ///   - inputChannels: C
  ///   - outputChannels: O
  ///   - kernelSize: steps of the kernel
  ///   - stride: steps from one place of the kernel to the next
  ///   - padding: what happens at the ends; of explicit zeros those at the left and the right count. With as many at the left as the
  ///     kernel has steps less one, times the dilation, and none at the right, place t sees steps 0...t (causal).
  ///   - dilation: steps from one of the kernel's to the next
  ///   - groups: parts of the channels that are convolved by themselves, a divisor of C and O
  ///   - hasBias: whether a bias is learned
  ///   - initializer: how the kernel starts; the bias is 0 but for ``Initializer/torchUniform``
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Padding = .valid,
    dilation: Int = 1, groups: Int = 1, activation: Activation = .linear, hasBias: Bool = true,
    initializer: Initializer = .glorotUniform, key: RandomKey,
    element: ElementType = .float32
  ) {
    require(
      groups > 0 && inputChannels % groups == 0 && outputChannels % groups == 0 && dilation > 0,
      "Conv1D: \(inputChannels) and \(outputChannels) channels in \(groups) groups, dilation \(dilation)"
        + "; both numbers of channels must be multiples of the groups, and all positive")
    let shape = [kernelSize, inputChannels / groups, outputChannels]
    require(shape.allSatisfy { $0 > 0 }, "Conv1D: the kernel's sizes \(shape) must be positive")
    (kernel, bias) = initializer.layer(
      kernel: shape, bias: hasBias ? outputChannels : nil, key: key, element: element)
    (self.dilation, self.groups) = (dilation, groups)
    (self.stride, self.padding, self.activation) = (stride, padding, activation)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("bias", &bias)
  }

  /// x [B, T, C] -> [B, places, O]
  public func callAsFunction(_ x: Variable) -> Variable { self(x, kernel: kernel.on(x.tape)) }

  /// The same with another kernel of the same shape.
  public func callAsFunction(_ x: Variable, kernel weights: Variable) -> Variable {
    require(x.shape.count == 3, of: [x, weights], "Conv1D: \(x.shape) is not [B, T, C]")
    // Images of one row.
    var sides = padding
    if case .explicit(_, let left, _, let right) = padding { sides = .explicit(left: left, right: right) }
    return conv2D(
      x.expanded(at: 1), kernel: weights.expanded(at: 0),
      bias: bias.on(x.tape, zeros: [weights.shape[2]], weights.element), strides: [1, stride],
      padding: sides, dilation: [1, dilation], groups: groups, activation: activation
    ).withoutRows
  }
}

extension Variable {
  /// [B, 1, T, C] -> [B, T, C]
  fileprivate var withoutRows: Variable { reshaped(to: [shape[0]] + shape[2...]) }
}
