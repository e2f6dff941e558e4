import LatentKernels

/// A convolution along sequences, as in Keras: activation(x * kernel + bias) with sequences [B, T, C].
public struct Conv1D: Layer {
  /// [kernel size, C, O]
  public var kernel: Parameter
  /// [O]
  public var bias: Parameter
  /// Steps from one place of the kernel to the next.
  public let stride: Int
  /// What happens at the ends.
  public let padding: Padding
  /// Applied at the end.
  public let activation: Activation

  /// Glorot-uniform kernel and zero bias, as in Keras.
  ///
  /// - Parameters:
  ///   - inputChannels: C
  ///   - outputChannels: O
  ///   - kernelSize: steps of the kernel
  ///   - stride: steps from one place of the kernel to the next
  ///   - padding: what happens at the ends
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Padding = .valid,
    activation: Activation = .linear, key: RandomKey, element: ElementType = .float32
  ) {
    let shape = [kernelSize, inputChannels, outputChannels]
    require(shape.allSatisfy { $0 > 0 }, "Conv1D: the kernel's sizes \(shape) must be positive")
    kernel = Parameter(Initializer.glorotUniform(shape: shape, key: key, element: element))
    bias = Parameter(Tensor(zeros: [outputChannels], element: element))
    (self.stride, self.padding, self.activation) = (stride, padding, activation)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("bias", &bias)
  }

  /// x [B, T, C] -> [B, places, O]
  public func callAsFunction(_ x: Variable) -> Variable {
    let weights = kernel.on(x.tape)
    require(x.shape.count == 3, of: [x, weights], "Conv1D: \(x.shape) is not [B, T, C]")
    // Images of one row.
    return conv2D(
      x.expanded(at: 1), kernel: weights.expanded(at: 0), bias: bias.on(x.tape),
      strides: .init(height: 1, width: stride), padding: padding, activation: activation
    ).withoutRows
  }
}

extension Variable {
  /// [B, 1, T, C] -> [B, T, C]
  fileprivate var withoutRows: Variable { reshaped(to: [shape[0]] + shape[2...]) }
}
