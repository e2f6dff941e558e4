import LatentKernels
import Testing

/// The whole-sequence LSTM's own checks; what it computes is judged through the layer, in `LatentTests`.
@Suite struct LSTMSequenceTests {
  private func message(_ result: ExitTest.Result?) -> String {
    result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
  }

  @Test func misuseStops() async {
    let shapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      func storage(_ count: Int) -> Storage { Storage(count: count, element: .float32) }
      _ = LSTMSequence(
        storage(12), kernel: storage(24), recurrentKernel: storage(16), bias: storage(7),
        sizes: .init(batch: 2, time: 2, input: 3, hidden: 2), keepsState: false, packs: PackedWeights(), workspace: nil)
    }
    #expect(
      message(shapes).contains("LSTMSequence: x 12 float32, kernel 24 float32, recurrent kernel 16 float32, bias 7"))
    let upstream = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      func storage(_ count: Int) -> Storage {
        let storage = Storage(count: count, element: .float64)
        storage.fill(0)
        return storage
      }
      let (kernel, recurrent, bias) = (storage(24), storage(16), storage(8))
      let sequence = LSTMSequence(
        storage(12), kernel: kernel, recurrentKernel: recurrent, bias: bias,
        sizes: .init(batch: 2, time: 2, input: 3, hidden: 2), keepsState: true, packs: PackedWeights(), workspace: nil)
      sequence.backward(
        upstream: .init(sequence: storage(4)), kernel: kernel, recurrentKernel: recurrent,
        into: .init(input: nil, kernel: (kernel, false), recurrentKernel: (recurrent, false), bias: (bias, false)))
    }
    #expect(message(upstream).contains("LSTMSequence.backward: upstream 4 float64 for 8 float64 of states"))
    let state = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let one = Storage(count: 4, element: .float64)
      let sequence = LSTMSequence(
        one[0..<1], kernel: one, recurrentKernel: one, bias: one,
        sizes: .init(batch: 1, time: 1, input: 1, hidden: 1), keepsState: false, packs: PackedWeights(), workspace: nil)
      sequence.backward(
        upstream: .init(last: one[0..<1]), kernel: one, recurrentKernel: one,
        into: .init(input: nil, kernel: (one, false), recurrentKernel: (one, false), bias: (one, false)))
    }
    #expect(message(state).contains("LSTMSequence.backward: the forward pass kept no state"))
  }
}
