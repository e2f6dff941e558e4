import LatentKernels

/// An ``LSTM`` with zoneout (Krueger et al. 2017) or dropout of the hidden state that gates read (Gal & Ghahramani 2016), as
/// ``RecurrentNoise`` says. Without either it computes what an ``LSTM`` does, which is faster.
public struct ZoneoutLSTM: RecurrentLayer {
  /// [D, 4H], gate order i, f, g, o
  public var kernel: Parameter
  /// [H, 4H]
  public var recurrentKernel: Parameter
  /// [4H]; nil where there is none
  public var bias: Parameter?
  /// Whether all hidden states are returned, or only the last.
  public let returnsSequence: Bool
  /// What is left out by chance in training.
  public let noise: RecurrentNoise

  /// Glorot-uniform kernel, orthogonal recurrent kernel, zero bias but for the forget gate's, which is 1.
  ///
  /// - Parameters:
  ///   - inputSize: D
  ///   - hiddenSize: H
  ///   - noise: what is left out by chance in training
  ///   - hasBias: whether a bias is learned
  public init(
    inputSize: Int, hiddenSize: Int, returnsSequence: Bool = false, noise: RecurrentNoise, hasBias: Bool = true,
    key: RandomKey, element: ElementType = .float32
  ) {
    let parameters = SteppedLSTM.parameters(
      "ZoneoutLSTM", inputSize: inputSize, hiddenSize: hiddenSize, key: key, element: element)
    (kernel, recurrentKernel) = (parameters.kernel, parameters.recurrentKernel)
    bias = hasBias ? parameters.bias : nil
    (self.returnsSequence, self.noise) = (returnsSequence, noise)
  }

  /// H
  public var hiddenSize: Int { recurrentKernel.value.shape[0] }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("recurrentKernel", &recurrentKernel)
    visitor.visit("bias", &bias)
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
      name: "ZoneoutLSTM", kernel: kernel, recurrentKernel: recurrentKernel, bias: bias, noise: noise)
    return stepped(x, from: state, lengths: lengths, returnsSequence: returnsSequence) { gates, c in
      let next = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh()
      return LSTMState(h: gates[3].sigmoid() * next.tanh(), c: next)
    }
  }
}
