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
    #expect(
      gradientMismatches(of: probe) { probe, tape in
        let first = probe.layer(probe.x.on(tape), from: nil, lengths: [2, 3])
        let second = probe.layer(probe.x.on(tape), from: first.state, lengths: [3, 1])
        let states = [second.state.forward, second.state.backward].flatMap { [$0.h, $0.c] }
        return .joined([first.y, second.y] + states)
      } == [])
  }

  /// With lengths, each sequence is read as it is by itself: the backward half starts at its own last step.
  @Test(arguments: [true, false])
  func lengths(_ returnsSequence: Bool) {
    let (lengths, time, hidden) = ([2, 5, 1, 4], 5, 3)
    let layer = BidirectionalLSTM(
      inputSize: 2, hiddenSize: hidden, returnsSequence: returnsSequence, key: RandomKey(seed: 2), element: .float64)
    let x = tensor([4, time, 2], seed: 1)
    let tape = Tape()
    let y = layer(tape.constant(x), lengths: lengths)
    let padded = Tensor(x.values.filled(beyond: lengths, time: time, with: .nan), shape: x.shape, element: .float64)
    #expect(layer(tape.constant(padded), lengths: lengths).tensor.values == y.tensor.values)
    let (again, state) = layer(tape.constant(x), from: nil, lengths: lengths)
    #expect(again.tensor.values == y.tensor.values)
    for (b, length) in lengths.enumerated() {
      let own = tape.constant(x).sliced(b..<b + 1).sliced(0..<length, axis: 1)
      let alone = layer(own, from: nil)
      let row = y.sliced(b..<b + 1).tensor.values
      #expect(row == alone.y.tensor.values + [Double](repeating: 0, count: row.count - alone.y.tensor.count))
      for (all, one) in [(state.forward, alone.state.forward), (state.backward, alone.state.backward)] {
        #expect(all.h.sliced(b..<b + 1).tensor.values == one.h.tensor.values)
        #expect(all.c.sliced(b..<b + 1).tensor.values == one.c.tensor.values)
      }
    }
    let full = layer(tape.constant(x), lengths: [5, 5, 5, 5])
    #expect(full.tensor.values == layer(tape.constant(x)).tensor.values)
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
        let x = operands("x", on: tape)
        return x.reversedInTime(lengths: (0..<shape[0]).map { 1 + $0 % shape[1] }) * x
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
    #expect(x.reversedInTime(lengths: [1, 2]).tensor.values == [1, 2, 3, 4, 7, 8, 5, 6])
    let long = tape.constant(Tensor([1, 2, 3, 4, 5], shape: [1, 5, 1]))
    #expect(long.reversedInTime(lengths: [3]).tensor.values == [3, 2, 1, 4, 5])
    let y = tape.constant(Tensor([-1, -2, -3, -4], shape: [2, 2, 1]))
    #expect(Variable.concatenated([x, y], axis: -1).tensor.values == [1, 2, -1, 3, 4, -2, 5, 6, -3, 7, 8, -4])
  }

  @Test func misuse() async {
    let time = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tape().constant(Tensor(zeros: [2, 3])).reversedInTime()
    }
    #expect(message(time).contains("reversedInTime: [2, 3] is not [B, T, D] with B, T > 0"))
    let lengths = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tape().constant(Tensor(zeros: [2, 3, 1])).reversedInTime(lengths: [3, 4])
    }
    #expect(
      message(lengths).contains("reversed: lengths [3, 4] for [B, T] = [2, 3]; there must be B of them, from 1 to T"))
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
