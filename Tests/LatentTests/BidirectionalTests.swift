import Latent
import TestSupport
import Testing

/// Sequences backwards, tensors side by side, and the bidirectional LSTM made of them.
@Suite struct BidirectionalTests {
  private func tensor(_ shape: [Int], seed: Int, _ element: ElementType = .float64) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(shape.reduce(1, *)), shape: shape, element: element)
  }

  @Test(arguments: ElementType.allCases)
  func keras(_ element: ElementType) throws {
    let layer = BidirectionalLSTM(
      inputSize: 4, hiddenSize: 6, returnsSequence: true, key: RandomKey(seed: 1), element: element)
    var names: [(path: String, key: String)] = []
    for half in ["forward", "backward"] {
      for (path, key) in [("kernel", "kernel"), ("recurrentKernel", "recurrent_kernel"), ("bias", "bias")] {
        names.append(("\(half).\(path)", "\(half).\(key)"))
      }
    }
    checkAgainstKeras(try Golden.load("lstm_bidirectional"), element, layer, names: names) { $0($1) }
  }

  /// Against two plain LSTMs, the second on reversed sequences.
  @Test(arguments: [(1, 1, 1, 1), (3, 4, 7, 5), (2, 5, 17, 33)], [true, false])
  func plain(_ size: (batch: Int, time: Int, input: Int, hidden: Int), _ returnsSequence: Bool) {
    let (batch, time, input, hidden) = size
    let layer = BidirectionalLSTM(
      inputSize: input, hiddenSize: hidden, returnsSequence: returnsSequence, key: RandomKey(seed: 5),
      element: .float64)
    let x = tensor([batch, time, input], seed: 1)
    func reversed(_ values: [Double], _ columns: Int) -> [Double] {
      (0..<values.count).map { index in
        let (row, c) = (index / columns, index % columns)
        return values[(row / time * time + time - 1 - row % time) * columns + c]
      }
    }
    func states(_ lstm: LSTM, _ values: [Double]) -> Plain.LSTM.States {
      Plain.LSTM(
        kernel: lstm.kernel.value.values, recurrent: lstm.recurrentKernel.value.values, bias: lstm.bias.value.values
      ).forward(values, batch: batch, time: time)
    }
    let (first, second) = (states(layer.forward, x.values), states(layer.backward, reversed(x.values, input)))
    let halves = returnsSequence ? (first.h, reversed(second.h, hidden)) : (first.last, second.last)
    var expected: [Double] = []
    for row in stride(from: 0, to: halves.0.count, by: hidden) {
      expected += halves.0[row..<row + hidden]
      expected += halves.1[row..<row + hidden]
    }
    let y = layer(Tape().constant(x))
    #expect(y.shape == (returnsSequence ? [batch, time, 2 * hidden] : [batch, 2 * hidden]))
    #expect(maxRelativeError(y.tensor.values, expected) < 1e-12)
    #expect(layer.forward.kernel.value.values != layer.backward.kernel.value.values)
  }

  @Test(arguments: [true, false])
  func differences(_ returnsSequence: Bool) {
    struct Probe: Module {
      var x: Parameter
      var layer: BidirectionalLSTM
      mutating func visit(_ visitor: inout ParameterVisitor) {
        visitor.visit("x", &x)
        visitor.visit("layer", &layer)
      }
    }
    let probe = Probe(
      x: Parameter(tensor([2, 3, 4], seed: 1)),
      layer: BidirectionalLSTM(
        inputSize: 4, hiddenSize: 3, returnsSequence: returnsSequence, key: RandomKey(seed: 1), element: .float64))
    #expect(gradientMismatches(of: probe) { $0.layer($0.x.on($1)) } == [])
  }

  @Test(arguments: [[1, 1, 1], [2, 7, 3], [3, 2, 17]])
  func rearrangements(_ shape: [Int]) {
    let operands = Operands([
      "x": tensor(shape, seed: 1), "y": tensor(Array(shape.dropLast()) + [5], seed: 2),
    ])
    #expect(
      gradientMismatches(of: operands) { operands, tape in
        let x = operands("x", on: tape)
        return x.reversedInTime() * x
      } == [])
    #expect(
      gradientMismatches(of: operands) { operands, tape in
        let (x, y) = (operands("x", on: tape), operands("y", on: tape))
        let both = Variable.concatenated([x, y], axis: -1)
        return Variable.concatenated([both, x], axis: -1) * Variable.concatenated([both, x.reversedInTime()], axis: -1)
      } == [])
    #expect(
      gradientMismatches(of: operands) { Variable.concatenated([$0("x", on: $1), $0("x", on: $1)], axis: -1) } == [])
  }

  @Test func values() {
    let tape = Tape()
    let x = tape.constant(Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 2, 2]))
    #expect(x.reversedInTime().tensor.values == [3, 4, 1, 2, 7, 8, 5, 6])
    let y = tape.constant(Tensor([-1, -2, -3, -4], shape: [2, 2, 1]))
    #expect(Variable.concatenated([x, y], axis: -1).tensor.values == [1, 2, -1, 3, 4, -2, 5, 6, -3, 7, 8, -4])
  }

  @Test func misuse() async {
    let time = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tape().constant(Tensor(zeros: [2, 3])).reversedInTime()
    }
    #expect(message(time).contains("reversedInTime: [2, 3] is not [B, T, D] with B, T > 0"))
    let rows = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape()
      _ = Variable.concatenated(
        [tape.constant(Tensor(zeros: [2, 3])), tape.constant(Tensor(zeros: [3, 3]))], axis: -1)
    }
    #expect(message(rows).contains("concatenated: [2, 3] and [3, 3] along axis 1"))
  }

  private func message(_ result: ExitTest.Result?) -> String {
    result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "no result"
  }
}
