import Latent
import TestSupport
import Testing

/// Layers called with tensors: an evaluation.
@Suite struct LayerTensorTests {
  @Test func evaluates() {
    let key = RandomKey(seed: 4)
    let model = Sequential(
      Dense(inputSize: 3, outputSize: 8, activation: .tanh, key: key.child(1)), BatchNorm(size: 8), Dropout(rate: 0.5),
      Dense(inputSize: 8, outputSize: 2, key: key.child(2)))
    let x = Tensor.normal([5, 3], key: key.child(3))
    let y = model(x)
    #expect(y.shape == [5, 2] && y.values == model(Tape().constant(x)).tensor.values)
    // BatchNorm's averages are as they were at first, so that each example stands for itself, and nothing is dropped.
    #expect(maxRelativeError(model(x[2...2]).values, y[2].values) < 1e-6)
    #expect(model.layers[0](x).shape == [5, 8])
  }
}
