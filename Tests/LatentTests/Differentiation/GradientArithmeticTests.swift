import TestSupport
import Testing

@testable import Latent

/// Gradients of several batches as one: gradient accumulation.
@Suite struct GradientArithmeticTests {
  private let model = Sequential(
    Dense(inputSize: 3, outputSize: 5, activation: .tanh, key: RandomKey(seed: 1), element: .float64),
    Dense(inputSize: 5, outputSize: 2, key: RandomKey(seed: 2), element: .float64))
  private let x = Tensor((0..<24).map { Double($0 * 7 % 24) / 12 - 1 }, shape: [8, 3], element: .float64)
  private let y = Tensor((0..<16).map { Double($0 % 5) }, shape: [8, 2], element: .float64)

  private func gradients(_ rows: Range<Int>) -> Gradients {
    valueWithGradients(of: model) { model, tape in
      squaredError(model(tape.constant(x[rows: rows])), targets: y[rows: rows])
    }.gradients
  }

  /// The mean of four quarters is the gradient of the whole.
  @Test func quartersOfABatch() {
    let whole = gradients(0..<8)
    var sum = Gradients(layout: ParameterLayout(of: model))
    for start in stride(from: 0, to: 8, by: 2) { sum += gradients(start..<start + 2) }
    for mean in [sum / 4, sum * 0.25, 0.25 * sum] {
      for path in whole.layout.slots.map(\.path) {
        for (a, b) in zip(mean[path].values, whole[path].values) { #expect(abs(a - b) < 1e-14) }
      }
    }
    var (once, twice) = (model, model)
    var (first, second) = (SGD(learningRate: 0.1), SGD(learningRate: 0.1))
    first.update(&once, along: whole)
    second.update(&twice, along: sum / 4)
    for (a, b) in zip(once.parameters, twice.parameters) {
      for (a, b) in zip(a.value.values, b.value.values) { #expect(abs(a - b) < 1e-14) }
    }
    let (a, b) = (gradients(0..<2), gradients(2..<4))
    #expect((a + b).contents.doubles() == zip(a.contents.doubles(), b.contents.doubles()).map { $0 + $1 })
    #expect((a * -2).contents.doubles() == a.contents.doubles().map { $0 * -2 })
    #expect((a / 3).contents.doubles() == a.contents.doubles().map { $0 / 3 })
  }

  /// Running averages become the mean of what each batch made of them.
  @Test func runningAverages() {
    let norm = BatchNorm(size: 3, element: .float64)
    let parts = [0..<2, 2..<4, 4..<8].map { rows in
      valueWithGradients(of: norm, pass: Pass(isTraining: true)) { norm, tape in
        norm(tape.constant(x[rows: rows])).squared().sum()
      }.gradients
    }
    let zeros = Gradients(layout: ParameterLayout(of: norm))
    for sum in [parts[0] + parts[1] + parts[2], parts[0] + (parts[1] + parts[2]), (parts[0] + parts[1] + parts[2]) / 3]
    {
      for (place, update) in sum.bufferUpdates.enumerated() {
        let expected = (0..<3).map { c in parts.reduce(0) { $0 + $1.bufferUpdates[place].value.values[c] } / 3 }
        for (a, b) in zip(update.value.values, expected) { #expect(abs(a - b) < 1e-15) }
      }
    }
    #expect((zeros + parts[0]).bufferUpdates.map(\.value.values) == parts[0].bufferUpdates.map(\.value.values))
    let before = parts[0].bufferUpdates.map(\.value.values)
    _ = parts[0] + parts[1]
    #expect(parts[0].bufferUpdates.map(\.value.values) == before)
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .success) {
      let (a, b) = (Operands(["w": Tensor(zeros: [2])]), Operands(["v": Tensor(zeros: [2])]))
      expectStop("Gradients: +=: of other parameters, [\"w\"] and [\"v\"]", "paths") {
        _ = Gradients(layout: ParameterLayout(of: a)) + Gradients(layout: ParameterLayout(of: b))
      }
    }
  }
}
