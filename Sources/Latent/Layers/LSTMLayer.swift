import LatentKernels

/// A long short-term memory layer (Hochreiter & Schmidhuber 1997), as in Keras: tanh, recurrent sigmoid.
///
///     let h = lstm(x)                                    // from a zero state
///     let h = lstm(x, lengths: [7, 3, 5])                // sequences of unequal length, filled up to [B, T, D]
///     let (y, state) = lstm(x, from: nil)                // and the state after the last step,
///     let (z, end) = lstm(more, from: state)             // from which the sequences go on
public struct LSTM: Module {
  /// [D, 4H], gate order i, f, g, o
  public var kernel: Parameter
  /// [H, 4H]
  public var recurrentKernel: Parameter
  /// [4H]; nil where there is none
  public var bias: Parameter?
  /// Whether all hidden states are returned, or only the last.
  public let returnsSequence: Bool

  /// Glorot-uniform kernel, orthogonal recurrent kernel, zero bias but for the forget gate's, which is 1
  /// (Jozefowicz, Zaremba & Sutskever 2015).
  ///
  /// - Parameter hasBias: whether a bias is learned
  public init(
    inputSize: Int, hiddenSize: Int, returnsSequence: Bool = false, hasBias: Bool = true, key: RandomKey,
    element: ElementType = .float32
  ) {
    require(inputSize > 0 && hiddenSize > 0, "LSTM: sizes \(inputSize) and \(hiddenSize) must be positive")
    let gates = 4 * hiddenSize
    kernel = Parameter(
      Initializer.glorotUniform(shape: [inputSize, gates], key: key.child("kernel"), element: element))
    recurrentKernel = Parameter(
      Initializer.orthogonal(shape: [hiddenSize, gates], key: key.child("recurrentKernel"), element: element))
    let bias = Tensor(zeros: [gates], element: element)
    bias.storage[hiddenSize..<2 * hiddenSize].fill(1)
    self.bias = hasBias ? Parameter(bias) : nil
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

  /// The same for sequences of unequal length: see `lstm`.
  public func callAsFunction(_ x: Variable, lengths: [Int]) -> Variable { run(x, lengths: lengths) }

  /// The same from a state, zero where it is nil, with the state after each sequence's last step.
  ///
  /// A step at a time is a sequence of T = 1; on one tape that records nothing, the weights are packed once for all steps.
  public func callAsFunction(
    _ x: Variable, from state: LSTMState?, lengths: [Int]? = nil
  ) -> (y: Variable, state: LSTMState) {
    let tape = x.tape
    return lstm(
      x, kernel: kernel.on(tape), recurrentKernel: recurrentKernel.on(tape), bias: bias(on: tape), from: state,
      lengths: lengths, returnsSequence: returnsSequence)
  }

  private func run(_ x: Variable, lengths: [Int]?) -> Variable {
    let tape = x.tape
    return lstm(
      x, kernel: kernel.on(tape), recurrentKernel: recurrentKernel.on(tape), bias: bias(on: tape), lengths: lengths,
      returnsSequence: returnsSequence)
  }

  private func bias(on tape: Tape) -> Variable {
    bias.on(tape, zeros: [4 * hiddenSize], kernel.value.element)
  }
}
