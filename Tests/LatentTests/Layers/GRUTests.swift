import Latent
import Testing

/// What the GRU refuses; `RecurrentCases` has what it computes.
@Suite struct GRUTests {
  @Test func misuse() async {
    let shapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GRU(inputSize: 3, hiddenSize: 2, key: RandomKey(seed: 1))(Tape().constant(Tensor(zeros: [5, 4])))
    }
    #expect(message(shapes).contains("gru: x [5, 4], kernel [3, 6], recurrent kernel [2, 6], bias [2, 6] do not fit"))
    let bias = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var layer = GRU(inputSize: 3, hiddenSize: 2, resetsAfter: false, key: RandomKey(seed: 1))
      layer.bias = Parameter(Tensor(zeros: [2, 6]))
      _ = layer(Tape().constant(Tensor(zeros: [5, 4, 3])))
    }
    #expect(message(bias).contains("do not fit [B, T, D], [D, 3H], [H, 3H], [3H] with B, T > 0"))
    let elements = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GRU(inputSize: 3, hiddenSize: 2, key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [5, 4, 3], element: .float64)))
    }
    #expect(message(elements).contains("gru: x float64, kernel float32, recurrent kernel float32, bias float32 differ"))
  }
}
