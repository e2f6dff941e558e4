import LatentKernels

/// An ``LSTM`` whose gates see the cell (Gers, Schraudolph & Schmidhuber 2002, "Learning precise timing with LSTM recurrent networks"):
/// the input and the forget gate what it was before the step, the output gate what it is after it.
///
///     i = sigmoid(z_i + p_i c)   f = sigmoid(z_f + p_f c)   c' = f c + i tanh(z_g)   o = sigmoid(z_o + p_o c')   h' = o tanh(c')
public struct PeepholeLSTM: RecurrentLayer {
  /// [D, 4H], gate order i, f, g, o
  public var kernel: Parameter
  /// [H, 4H]
  public var recurrentKernel: Parameter
  /// [4H]; nil where there is none
  public var bias: Parameter?
  /// [3, H]: what gates i, f and o see of the cell
  public var peepholes: Parameter
  /// Whether all hidden states are returned, or only the last.
  public let returnsSequence: Bool
  /// What is left out by chance in training.
  public let noise: RecurrentNoise

  /// Glorot-uniform kernel, orthogonal recurrent kernel, zero bias but for the forget gate's, which is 1; peepholes
  /// uniform in [-0.05, 0.05].
  ///
  /// - Parameters:
  ///   - inputSize: D
  ///   - hiddenSize: H
  ///   - noise: what is left out by chance in training
  ///   - hasBias: whether a bias is learned
  public init(
    inputSize: Int, hiddenSize: Int, returnsSequence: Bool = false, noise: RecurrentNoise = .none, hasBias: Bool = true,
    key: RandomKey, element: ElementType = .float32
  ) {
    let parameters = SteppedLSTM.parameters(
      "PeepholeLSTM", inputSize: inputSize, hiddenSize: hiddenSize, key: key, element: element)
    (kernel, recurrentKernel) = (parameters.kernel, parameters.recurrentKernel)
    bias = hasBias ? parameters.bias : nil
    peepholes = Parameter(
      Initializer.uniform(-0.05...0.05)(shape: [3, hiddenSize], key: key.child("peepholes"), element: element))
    (self.returnsSequence, self.noise) = (returnsSequence, noise)
  }

  /// H
  public var hiddenSize: Int { recurrentKernel.value.shape[0] }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("recurrentKernel", &recurrentKernel)
    visitor.visit("bias", &bias)
    visitor.visit("peepholes", &peepholes)
  }

  /// x [B, T, D] -> [B, H], or [B, T, H] where it returns the sequence
  public func callAsFunction(_ x: Variable) -> Variable { self(x, from: nil).y }

  /// The same for sequences of unequal length: see `lstm`.
  public func callAsFunction(_ x: Variable, lengths: [Int]) -> Variable { self(x, from: nil, lengths: lengths).y }

  /// The same from a state, zero where it is nil, with the state after each sequence's last step.
  public func callAsFunction(
    _ x: Variable, from state: LSTMState?, lengths: [Int]? = nil
  ) -> (y: Variable, state: LSTMState) {
    let stepped = SteppedLSTM(
      name: "PeepholeLSTM", kernel: kernel, recurrentKernel: recurrentKernel, bias: bias, noise: noise)
    return stepped(x, from: state, lengths: lengths, returnsSequence: returnsSequence) { gates, c in
      let seen = peepholes.on(c.tape).split([1, 1, 1])
      let kept = (gates[1] + seen[1] * c).sigmoid() * c
      let next = kept + (gates[0] + seen[0] * c).sigmoid() * gates[2].tanh()
      return LSTMState(h: (gates[3] + seen[2] * next).sigmoid() * next.tanh(), c: next)
    }
  }
}
