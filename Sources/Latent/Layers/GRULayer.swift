import LatentKernels

/// A gated recurrent unit (Cho et al. 2014), as in Keras: tanh, recurrent sigmoid. It is called as ``LSTM`` is.
public struct GRU: Layer {
  /// [D, 3H], gate order z, r, n (Keras calls n the candidate h)
  public var kernel: Parameter
  /// [H, 3H]
  public var recurrentKernel: Parameter
  /// [2, 3H]: the input's and the recurrent product's bias; [3H] where the reset gate acts before the product; nil where there is none
  public var bias: Parameter?
  /// Whether the reset gate acts on the recurrent product, as in cuDNN (and in version 1 of arXiv:1406.1078), or on the
  /// state before it (version 3).
  public let resetsAfter: Bool
  /// Whether all hidden states are returned, or only the last.
  public let returnsSequence: Bool

  /// Glorot-uniform kernel, orthogonal recurrent kernel, zero bias.
  ///
  /// - Parameter hasBias: whether a bias is learned
  public init(
    inputSize: Int, hiddenSize: Int, resetsAfter: Bool = true, returnsSequence: Bool = false, hasBias: Bool = true,
    key: RandomKey, element: ElementType = .float32
  ) {
    require(inputSize > 0 && hiddenSize > 0, "GRU: sizes \(inputSize) and \(hiddenSize) must be positive")
    let gates = 3 * hiddenSize
    kernel = Parameter(
      Initializer.glorotUniform(shape: [inputSize, gates], key: key.child("kernel"), element: element))
    recurrentKernel = Parameter(
      Initializer.orthogonal(shape: [hiddenSize, gates], key: key.child("recurrentKernel"), element: element))
    bias = hasBias ? Parameter(Tensor(zeros: (resetsAfter ? [2] : []) + [gates], element: element)) : nil
    self.resetsAfter = resetsAfter
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
  public func callAsFunction(_ x: Variable) -> Variable { run(x, lengths: nil) }

  /// The same for sequences of unequal length: see `gru`.
  public func callAsFunction(_ x: Variable, lengths: [Int]) -> Variable { run(x, lengths: lengths) }

  /// The same from a state [B, H], zero where it is nil, with the state after each sequence's last step.
  public func callAsFunction(
    _ x: Variable, from state: Variable?, lengths: [Int]? = nil
  ) -> (y: Variable, state: Variable) {
    let tape = x.tape
    return gru(
      x, kernel: kernel.on(tape), recurrentKernel: recurrentKernel.on(tape), bias: bias(on: tape),
      resetsAfter: resetsAfter, from: state, lengths: lengths, returnsSequence: returnsSequence)
  }

  private func run(_ x: Variable, lengths: [Int]?) -> Variable {
    let tape = x.tape
    return gru(
      x, kernel: kernel.on(tape), recurrentKernel: recurrentKernel.on(tape), bias: bias(on: tape),
      resetsAfter: resetsAfter, lengths: lengths, returnsSequence: returnsSequence)
  }

  private func bias(on tape: Tape) -> Variable {
    bias.on(tape, zeros: (resetsAfter ? [2] : []) + [3 * hiddenSize], kernel.value.element)
  }
}
