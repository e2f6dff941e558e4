import Latent
import TestSupport
import Testing

/// A tape of one's own, without a pool: its large operations run on several threads, with the same bits on any number.
@Suite(.serialized) struct ThreadCountTests {
  private struct Model: Module {
    var hidden: Dense, recurrent: LSTM, attention: MultiHeadAttention, output: Dense
    var scale: Parameter

    init() {
      let key = RandomKey(seed: 1)
      hidden = Dense(inputSize: 24, outputSize: 64, activation: .tanh, key: key.child("hidden"))
      recurrent = LSTM(inputSize: 64, hiddenSize: 48, key: key.child("recurrent"))
      attention = MultiHeadAttention(size: 64, heads: 4, key: key.child("attention"))
      output = Dense(inputSize: 48, outputSize: 600, key: key.child("output"))
      scale = Parameter(Tensor(repeating: 0.5, shape: [600]))
    }

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("hidden", &hidden)
      visitor.visit("recurrent", &recurrent)
      visitor.visit("attention", &attention)
      visitor.visit("output", &output)
      visitor.visit("scale", &scale)
    }

    /// x [B, 24, 24]; the largest tensors have more than 2^18 elements.
    func loss(_ x: Tensor, on tape: Tape) -> Variable {
      let features = attention(hidden(tape.constant(x)))
      let logits = output(recurrent(features)) * scale.on(tape)
      let other = matmul(features.transposed([0, 2, 1]), features).softmax().sum()
      let targets = Tensor(repeating: 0.25, shape: logits.shape)
      return binaryCrossEntropy(logits: logits, targets: targets) + 0.001 * other + logits.variance(axes: [0]).sum()
        + (logits.transposed().exp() + 1).log().mean()
    }
  }

  /// Values, gradients and weights after a step are the same on 1, 2 and 3 threads.
  private func expectTheSameBits<M: Module>(_ make: () -> M, _ loss: (M, Tape) -> Variable) {
    func step(_ threads: Int) -> (Double, [UInt8], [UInt8]) {
      Threads.count = threads
      var model = make()
      let (value, gradients) = valueWithGradients(of: model, loss)
      var adam = Adam()
      adam.update(&model, along: gradients)
      let weights = model.parameters.flatMap { $0.value.storage.withUnsafeBytes { Array($0) } }
      return (value, gradients.flat.withUnsafeBytes { Array($0) }, weights)
    }
    let expected = step(1)
    #expect(expected.0.isFinite)
    for threads in [2, 3] {
      let found = step(threads)
      let isSame = found.0 == expected.0 && found.1 == expected.1 && found.2 == expected.2
      #expect(isSame, "\(threads) threads")
    }
  }

  @Test func gradientsHaveTheSameBits() {
    let x = Initializer.normal(standardDeviation: 1)(shape: [450, 24, 24], key: RandomKey(seed: 2))
    expectTheSameBits(Model.init) { $0.loss(x, on: $1) }
  }

  /// Many blocks of images, the last of them not full.
  @Test func convolutionsHaveTheSameBits() {
    let key = RandomKey(seed: 3)
    let x = Initializer.normal(standardDeviation: 1)(shape: [43, 28, 28, 8], key: key.child("x"))
    expectTheSameBits {
      Sequential(
        Conv2D(inputChannels: 8, outputChannels: 12, kernelSize: 3, strides: 2, padding: .same, key: key.child(1)),
        Conv2DTranspose(inputChannels: 12, outputChannels: 6, kernelSize: [3, 4], strides: 2, key: key.child(2)))
    } _: { model, tape in
      model(tape.constant(x)).squared().mean()
    }
  }
}
