import LatentKernels

/// A layer that reads a sequence step by step and keeps a state.
public protocol RecurrentLayer: Layer {
  /// What it keeps from one step to the next.
  associatedtype State

  /// Whether all hidden states are returned, or only the last.
  var returnsSequence: Bool { get }

  /// x [B, T, D] of sequences of unequal length -> [B, H], or [B, T, H] where it returns the sequence
  func callAsFunction(_ x: Variable, lengths: [Int]) -> Variable

  /// The same from a state, zero where it is nil, with the state after each sequence's last step.
  func callAsFunction(_ x: Variable, from state: State?, lengths: [Int]?) -> (y: Variable, state: State)
}

extension LSTM: RecurrentLayer {}
extension GRU: RecurrentLayer {}

/// Two recurrent layers, one that reads the sequence forwards and one that reads it backwards, with their outputs side by
/// side (Schuster & Paliwal 1997, "Bidirectional recurrent neural networks"), as in Keras.
public struct Bidirectional<Cell: RecurrentLayer>: Layer {
  /// Reads from the first step to the last.
  public var forward: Cell
  /// Reads from the last step to the first.
  public var backward: Cell

  /// - Parameters:
  ///   - forward: H units
  ///   - backward: as many, which returns sequences where the other does
  public init(forward: Cell, backward: Cell) {
    require(
      forward.returnsSequence == backward.returnsSequence,
      "Bidirectional: one of the layers returns sequences, and the other the last state")
    (self.forward, self.backward) = (forward, backward)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("forward", &forward)
    visitor.visit("backward", &backward)
  }

  /// x [B, T, D] -> [B, 2H], the backward half having read all steps down to the first; or [B, T, 2H], where both halves
  /// of step t have read x_t last
  public func callAsFunction(_ x: Variable) -> Variable {
    joined(forward(x), backward(x.reversedInTime()), lengths: nil)
  }

  /// The same for sequences of unequal length (see `lstm`): the backward half reads each from its own last step on.
  public func callAsFunction(_ x: Variable, lengths: [Int]) -> Variable {
    joined(
      forward(x, lengths: lengths), backward(x.reversedInTime(lengths: lengths), lengths: lengths), lengths: lengths)
  }

  /// The same from a state of each half, zero where it is nil, with their states after the last step that each has read.
  public func callAsFunction(
    _ x: Variable, from state: (forward: Cell.State, backward: Cell.State)?, lengths: [Int]? = nil
  ) -> (y: Variable, state: (forward: Cell.State, backward: Cell.State)) {
    let first = forward(x, from: state?.forward, lengths: lengths)
    let second = backward(x.reversedInTime(lengths: lengths), from: state?.backward, lengths: lengths)
    return (joined(first.y, second.y, lengths: lengths), (first.state, second.state))
  }

  private func joined(_ first: Variable, _ second: Variable, lengths: [Int]?) -> Variable {
    Variable.concatenated(
      [first, backward.returnsSequence ? second.reversedInTime(lengths: lengths) : second], axis: -1)
  }
}

/// Two LSTMs, one for each direction.
public typealias BidirectionalLSTM = Bidirectional<LSTM>
/// Two GRUs, one for each direction.
public typealias BidirectionalGRU = Bidirectional<GRU>

extension Bidirectional where Cell == LSTM {
  /// Each of the two starts as an `LSTM` does, from a key of its own.
  ///
  /// - Parameters:
  ///   - hiddenSize: H, the units of each of the two
  ///   - returnsSequence: whether all hidden states are returned, or only the last of each direction
  public init(
    inputSize: Int, hiddenSize: Int, returnsSequence: Bool = false, key: RandomKey, element: ElementType = .float32
  ) {
    func lstm(_ name: String) -> LSTM {
      LSTM(
        inputSize: inputSize, hiddenSize: hiddenSize, returnsSequence: returnsSequence, key: key.child(name),
        element: element)
    }
    self.init(forward: lstm("forward"), backward: lstm("backward"))
  }
}

extension Bidirectional where Cell == GRU {
  /// Each of the two starts as a `GRU` does, from a key of its own.
  ///
  /// - Parameters:
  ///   - hiddenSize: H, the units of each of the two
  ///   - returnsSequence: whether all hidden states are returned, or only the last of each direction
  public init(
    inputSize: Int, hiddenSize: Int, returnsSequence: Bool = false, key: RandomKey, element: ElementType = .float32
  ) {
    func gru(_ name: String) -> GRU {
      GRU(
        inputSize: inputSize, hiddenSize: hiddenSize, returnsSequence: returnsSequence, key: key.child(name),
        element: element)
    }
    self.init(forward: gru("forward"), backward: gru("backward"))
  }
}
