import Latent
import TestSupport
import Testing

/// Gradients with respect to tensors, through layers: `torch.autograd.grad`. Every layer and primitive is held to it by the
/// conformance check `operandsAlone`.
@Suite struct InputGradientTests {
  private let model = Sequential(
    LSTM(inputSize: 3, hiddenSize: 6, key: RandomKey(seed: 1), element: .float64),
    Dense(inputSize: 6, outputSize: 4, activation: .tanh, key: RandomKey(seed: 2), element: .float64),
    BatchNorm(size: 4, element: .float64), Dropout(rate: 0.5))
  private let x = Tensor((0..<24).map { Double($0 * 11 % 24) / 12 - 1 }, shape: [2, 4, 3], element: .float64)

  @Test func isThatOfCentralDifferences() {
    let (value, slope) = valueWithGradient(at: x) { model($0).squared().sum() }
    #expect(slope.shape == x.shape && slope.values == gradient(at: x) { model($0).squared().sum() }.values)
    #expect(value == model(Tape().constant(x)).squared().sum().scalar)
    let expected = finiteDifference(
      of: { model(Tape().constant(Tensor($0, shape: x.shape, element: .float64))).squared().sum().scalar }, at: x.values
    )
    for (found, expected) in zip(slope.values, expected) { #expect(abs(found - expected) < 1e-8) }
    #expect(slope.values.contains { abs($0) > 1e-3 })
  }

  @Test func ofSeveralInputs() {
    let y = Tensor((0..<8).map { Double($0) }, shape: [2, 4], element: .float64)
    let (value, slopes) = valueWithGradient(at: x, y) { x, y in (model(x) * y).sum() }
    let array = valueWithGradient(at: [x, y]) { (model($0[0]) * $0[1]).sum() }
    #expect(value == array.value && slopes.0.values == array.gradients[0].values)
    #expect(slopes.1.values == model(Tape().constant(x)).tensor.values)
    let pair = gradient(at: x, y) { x, y in (model(x) * y).sum() }
    #expect(pair.0.values == slopes.0.values && pair.1.values == slopes.1.values && pair.1.shape == [2, 4])
  }

  /// Layers evaluate, or train where the pass says so.
  @Test func inTraining() {
    let pass = Pass(isTraining: true, step: 3, key: RandomKey(seed: 5))
    let slope = gradient(at: x, pass: pass) { model($0).squared().sum() }
    let layout = ParameterLayout(of: Operands(["x": x]))
    let whole = valueWithGradients(of: Operands(["x": x]), layout: nil, pass: pass) { x, tape in
      model(x("x", on: tape)).squared().sum()
    }.gradients
    #expect(layout.count == whole.layout.count && slope.values == whole["x"].values)
    #expect(slope.values != gradient(at: x) { model($0).squared().sum() }.values)
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor(zeros: [2])
      expectStop("valueWithGradient: no argument", "none") { _ = valueWithGradient(at: []) { $0[0] } }
      expectStop("valueWithGradient: arguments of several element types, [float32, float64]", "types") {
        _ = gradient(at: x, x.converted(to: .float64)) { x, _ in x.sum() }
      }
      expectStop("backward: the loss has the shape [2], not one element", "a vector") { _ = gradient(at: x) { $0 * 2 } }
    }
  }
}
