import Latent
import TestSupport
import Testing

/// Noise that a pass gives belongs to its key, its step, the call and the example, and a pass without a key gives none.
@Suite struct PassNoiseTests {
  private static let key = RandomKey(seed: 4)

  @Test func belongsToExampleStepAndKey() {
    func draws(_ pass: Pass) -> [[Double]] {
      let (tape, count) = (Tape(pass: pass), pass.examples!.count)
      return [tape.normal([count, 5]), tape.normal([count, 5]), tape.uniform([count, 5], in: -1...3)]
        .map(\.tensor.values)
    }
    let all = draws(Pass(step: 2, key: Self.key, examples: [7, 3, 9]))
    #expect(all == draws(Pass(isTraining: true, step: 2, key: Self.key, examples: [7, 3, 9])))
    for (row, example) in [7, 3, 9].enumerated() {
      let alone = draws(Pass(step: 2, key: Self.key, examples: [UInt64(example)]))
      #expect(alone == all.map { Array($0[row * 5..<row * 5 + 5]) })
    }
    let others = [
      all, draws(Pass(step: 3, key: Self.key, examples: [7, 3, 9])),
      draws(Pass(step: 2, key: RandomKey(seed: 5), examples: [7, 3, 9])),
    ]
    #expect(Set(others.joined().map { $0[0] }).count == 9, "calls, steps and keys have numbers of their own")
    #expect(all[2].allSatisfy { (-1...3).contains($0) })
  }

  /// A check of gradients computes a function again and again, with the same noise also where nobody gave a key.
  @Test func checksDrawTheSame() {
    let layer = Dense(inputSize: 3, outputSize: 4, key: Self.key, element: .float64)
    let x = Tensor(repeating: 1, shape: [2, 3], element: .float64)
    let differences = checkGradients(of: layer, pass: Pass(isTraining: true)) { layer, tape in
      Dropout(rate: 0.5)(layer(tape.constant(x))) + tape.normal([2, 4], element: .float64)
    }
    #expect(differences.isEmpty)
  }

  /// The layers of a model are found by computing it once, noise and all.
  @Test func summariesDraw() {
    let layer = Dense(inputSize: 3, outputSize: 4, key: Self.key)
    let summary = ModelSummary("noisy", of: Sequential(layer, Dropout(rate: 0.5)), inputs: [("x", [1, 3])]) {
      _ = $0($1[0] + $1[0].tape.normal([1, 3]))
    }
    #expect(summary.parameterCount == 16 && summary.layers.contains { $0.kind == "Dense" })
  }

  @Test func aPassWithoutAKey() async {
    let training = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor(repeating: 1, shape: [2, 3])
      _ = gradient(at: x, pass: Pass(isTraining: true, step: 3)) { Dropout(rate: 0.5)($0).sum() }
    }
    #expect(
      message(training).contains(
        "Tape.makeKey: noise is drawn in a pass without a key; needs Pass(isTraining: true, step: step, key: RandomKey(seed: 0)), with another step each time"
      ))
    let evaluation = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tape().normal([2, 3])
    }
    #expect(
      message(evaluation).contains("needs Pass(step: step, key: RandomKey(seed: 0)), with another step each time"))
    let recurrent = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let layer = PeepholeLSTM(
        inputSize: 2, hiddenSize: 3, noise: RecurrentNoise(dropout: 0.5), key: RandomKey(seed: 1))
      _ = layer(Tape(pass: Pass(isTraining: true)).constant(Tensor(zeros: [2, 4, 2])))
    }
    #expect(message(recurrent).contains("Tape.makeKey: noise is drawn in a pass without a key"))
  }
}
