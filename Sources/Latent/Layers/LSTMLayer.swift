import LatentKernels

/// A long short-term memory layer (Hochreiter & Schmidhuber 1997), as in Keras: tanh, recurrent sigmoid, zero state.
public struct LSTM: Module {
  /// [D, 4H], gate order i, f, g, o
  public var kernel: Parameter
  /// [H, 4H]
  public var recurrentKernel: Parameter
  /// [4H]
  public var bias: Parameter
  /// Whether all hidden states are returned, or only the last.
  public let returnsSequence: Bool

  /// Glorot-uniform kernel, orthogonal recurrent kernel, zero bias but for the forget gate's, which is 1
  /// (Jozefowicz, Zaremba & Sutskever 2015).
  public init(
    inputSize: Int, hiddenSize: Int, returnsSequence: Bool = false, key: RandomKey, element: ElementType = .float32
  ) {
    require(inputSize > 0 && hiddenSize > 0, "LSTM: sizes \(inputSize) and \(hiddenSize) must be positive")
    let gates = 4 * hiddenSize
    kernel = Parameter(
      Initializer.glorotUniform(shape: [inputSize, gates], key: key.child("kernel"), element: element))
    recurrentKernel = Parameter(
      Initializer.orthogonal(shape: [hiddenSize, gates], key: key.child("recurrentKernel"), element: element))
    let bias = Tensor(zeros: [gates], element: element)
    bias.storage[hiddenSize..<2 * hiddenSize].fill(1)
    self.bias = Parameter(bias)
    self.returnsSequence = returnsSequence
  }

  /// H
  public var hiddenSize: Int { recurrentKernel.value.shape[0] }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("recurrentKernel", &recurrentKernel)
    visitor.visit("bias", &bias)
  }

  /// x [B, T, D] -> [B, H], or [B, T, H] where it returns the sequence
  public func callAsFunction(_ x: Variable) -> Variable {
    let tape = x.tape
    return lstm(
      x, kernel: kernel.on(tape), recurrentKernel: recurrentKernel.on(tape), bias: bias.on(tape),
      returnsSequence: returnsSequence)
  }
}
