import LatentKernels

/// An ``LSTM`` whose sums are normalised (Ba, Kiros & Hinton 2016, "Layer normalization", equations 20 to 22):
///
///     z = norm(x kernel) + norm(h recurrentKernel) + bias, each over all four gates
///     c' = sigmoid(z_f) c + sigmoid(z_i) tanh(z_g)   h' = sigmoid(z_o) tanh(norm(c'))
///
/// The bias is the shift of both sums' normalisations, which have scales alone.
public struct LayerNormLSTM: RecurrentLayer {
  /// [D, 4H], gate order i, f, g, o
  public var kernel: Parameter
  /// [H, 4H]
  public var recurrentKernel: Parameter
  /// [4H]; nil where there is none
  public var bias: Parameter?
  /// Of what gates take from x, [4H].
  public var inputNorm: LayerNorm
  /// Of what gates take from h, [4H].
  public var recurrentNorm: LayerNorm
  /// Of the cell, [H].
  public var cellNorm: LayerNorm
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
  ///   - epsilon: of the normalisations
  ///   - hasBias: whether a bias is learned, and a shift of the cell's normalisation
  public init(
    inputSize: Int, hiddenSize: Int, returnsSequence: Bool = false, noise: RecurrentNoise = .none,
    epsilon: Double = 1e-5, hasBias: Bool = true,
    key: RandomKey, element: ElementType = .float32
  ) {
    let parameters = SteppedLSTM.parameters(
      "LayerNormLSTM", inputSize: inputSize, hiddenSize: hiddenSize, key: key, element: element)
    (kernel, recurrentKernel) = (parameters.kernel, parameters.recurrentKernel)
    bias = hasBias ? parameters.bias : nil
    inputNorm = LayerNorm(size: 4 * hiddenSize, epsilon: epsilon, hasBias: false, element: element)
    recurrentNorm = inputNorm.copied()
    cellNorm = LayerNorm(size: hiddenSize, epsilon: epsilon, hasBias: hasBias, element: element)
    (self.returnsSequence, self.noise) = (returnsSequence, noise)
  }

  /// H
  public var hiddenSize: Int { recurrentKernel.value.shape[0] }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("recurrentKernel", &recurrentKernel)
    visitor.visit("bias", &bias)
    visitor.visit("inputNorm", &inputNorm)
    visitor.visit("recurrentNorm", &recurrentNorm)
    visitor.visit("cellNorm", &cellNorm)
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
      name: "LayerNormLSTM", kernel: kernel, recurrentKernel: recurrentKernel, bias: bias, noise: noise,
      norms: (inputNorm, recurrentNorm))
    return stepped(x, from: state, lengths: lengths, returnsSequence: returnsSequence) { gates, c in
      let next = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh()
      return LSTMState(h: gates[3].sigmoid() * cellNorm(next).tanh(), c: next)
    }
  }
}
