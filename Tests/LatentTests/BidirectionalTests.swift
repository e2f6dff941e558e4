import Latent
import Testing

/// Sequences backwards and tensors side by side: values, and what they refuse.
@Suite struct BidirectionalTests {
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
