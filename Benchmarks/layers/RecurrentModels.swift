import Latent
import LatentData

/// The built-in LSTM alone: the mean of its hidden states is to be a given vector.
struct LSTMLayerModel: BenchedModel {
  let sizes: ModelSizes
  var lstm: LSTM

  init(_ sizes: ModelSizes) {
    self.sizes = sizes
    lstm = LSTM(
      inputSize: sizes.inputs, hiddenSize: sizes.hidden, returnsSequence: true, key: RandomKey(seed: 0).child("lstm"))
  }

  mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("lstm", &lstm) }

  func loss(_ batch: ExampleBatch, tape: Tape) -> Variable {
    squaredError(lstm(tape.constant(batch[0])).mean(axes: [1]), targets: batch[1])
  }

  func examples(_ count: Int) -> TensorDataset {
    .normal(count, values: [sizes.steps, sizes.inputs], targets: [sizes.hidden])
  }
}

/// An LSTM whose gates see the cell (Gers, Schraudolph & Schmidhuber 2002), written with operations of the tape, as one
/// that no library has: its last hidden state is to be a given vector.
///
///     i = sigmoid(zi + pi c)   f = sigmoid(zf + pf c)   c' = f c + i tanh(zg)   o = sigmoid(zo + po c')   h = o tanh(c')
///
/// where (zi, zf, zg, zo) = x W + h R + b.
struct PeepholeModel: BenchedModel {
  let sizes: ModelSizes
  /// x W + b
  var input: Dense
  /// [H, 4H]
  var recurrentKernel: Parameter
  /// pi, pf, po: [H]
  var inputPeephole: Parameter, forgetPeephole: Parameter, outputPeephole: Parameter

  init(_ sizes: ModelSizes) {
    self.sizes = sizes
    let (key, gates) = (RandomKey(seed: 0), 4 * sizes.hidden)
    input = Dense(inputSize: sizes.inputs, outputSize: gates, key: key.child("input"))
    recurrentKernel = Parameter(Initializer.orthogonal(shape: [sizes.hidden, gates], key: key.child("recurrent")))
    func peephole(_ name: String) -> Parameter {
      Parameter(Initializer.uniform(-0.1...0.1)(shape: [sizes.hidden], key: key.child(name)))
    }
    (inputPeephole, forgetPeephole, outputPeephole) = (peephole("i"), peephole("f"), peephole("o"))
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("input", &input)
    visitor.visit("recurrentKernel", &recurrentKernel)
    visitor.visit("inputPeephole", &inputPeephole)
    visitor.visit("forgetPeephole", &forgetPeephole)
    visitor.visit("outputPeephole", &outputPeephole)
  }

  func loss(_ batch: ExampleBatch, tape: Tape) -> Variable {
    let hidden = sizes.hidden
    let recurrent = recurrentKernel
    let (pi, pf, po) = (inputPeephole, forgetPeephole, outputPeephole)
    let zeros = tape.constant(Tensor(zeros: [batch[0].shape[0], hidden]))
    let (_, last) = scan(input(tape.constant(batch[0])), from: [zeros, zeros]) { x, state in
      let (tape, h, c) = (x.tape, state[0], state[1])
      let gates = (x + matmul(h, recurrent.on(tape))).split(Array(repeating: hidden, count: 4), axis: 1)
      let (i, f) = ((gates[0] + pi.on(tape) * c).sigmoid(), (gates[1] + pf.on(tape) * c).sigmoid())
      let next = f * c + i * gates[2].tanh()
      let y = (gates[3] + po.on(tape) * next).sigmoid() * next.tanh()
      return (y, [y, next])
    }
    return squaredError(last[0], targets: batch[1])
  }

  func examples(_ count: Int) -> TensorDataset {
    .normal(count, values: [sizes.steps, sizes.inputs], targets: [sizes.hidden])
  }
}
