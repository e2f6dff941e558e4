import Latent
import TestSupport
import Testing

/// Sequences backwards, tensors side by side, and the bidirectional LSTM made of them: values, lengths, and what they
/// refuse.
@Suite struct BidirectionalTests {
  private func tensor(_ shape: [Int], seed: Int, _ element: ElementType = .float64) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(shape.reduce(1, *)), shape: shape, element: element)
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
}
