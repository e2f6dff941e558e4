import Latent
import TestSupport
import Testing

/// What spectral normalisation is for, and what becomes of its buffers.
@Suite struct SpectralNormTests {
  /// The largest singular value of a matrix, by many power iterations.
  private func largestSingularValue(_ w: Tensor) -> Double {
    let (rows, columns) = (w.shape[0], w.shape[1])
    var x = [Double](repeating: 1, count: columns)
    var value = 0.0
    for _ in 0..<500 {
      let y = (0..<rows).map { i in (0..<columns).reduce(0) { $0 + w.values[i * columns + $1] * x[$1] } }
      let z = (0..<columns).map { j in (0..<rows).reduce(0) { $0 + w.values[$1 * columns + j] * y[$1] } }
      let length = z.reduce(0) { $0 + $1 * $1 }.squareRoot()
      value = (y.reduce(0) { $0 + $1 * $1 }).squareRoot() / (x.reduce(0) { $0 + $1 * $1 }).squareRoot()
      x = z.map { $0 / length }
    }
    return value
  }

  @Test func largestSingularValueBecomesOne() {
    var layer = SpectralNorm(
      Dense(inputSize: 7, outputSize: 5, hasBias: false, key: RandomKey(seed: 1), element: .float64))
    // Another kernel than that whose vectors are known.
    layer.layer.kernel.value = Initializer.normal(standardDeviation: 3)(
      shape: [7, 5], key: RandomKey(seed: 2), element: .float64)
    let identity = Tensor.identity(7, element: .float64)
    func matrix(_ layer: SpectralNorm<Dense>) -> Tensor { layer(Tape().constant(identity)).tensor }
    #expect(abs(largestSingularValue(matrix(layer)) - 1) > 1e-3)
    for _ in 0..<200 {
      let (_, gradients) = valueWithGradients(of: layer, pass: Pass(isTraining: true)) { layer, tape in
        layer(tape.constant(identity)).sum()
      }
      #expect(gradients.bufferUpdates.count == 2)
      layer.update(gradients.bufferUpdates)
    }
    #expect(abs(largestSingularValue(matrix(layer)) - 1) < 1e-9)
    // Evaluation, and a frozen layer, leave the vectors as they are.
    let (_, evaluated) = valueWithGradients(of: layer) { $0($1.constant(identity)).sum() }
    #expect(evaluated.bufferUpdates.isEmpty)
    let tape = Tape(pass: Pass(isTraining: true))
    _ = layer.frozen(tape.constant(identity))
    #expect(tape.bufferUpdates.isEmpty)
  }

  /// At first it computes what the layer does.
  @Test func weightNormStartsAsTheLayer() {
    let layer = Conv2D(
      inputChannels: 2, outputChannels: 3, kernelSize: 2, key: RandomKey(seed: 1), element: .float64)
    let x = Tensor(Array(0..<36).map { Double($0 % 7) - 3 }, shape: [2, 3, 3, 2], element: .float64)
    let (a, b) = (layer(Tape().constant(x)).tensor, WeightNorm(layer)(Tape().constant(x)).tensor)
    #expect(maxRelativeError(b.values, a.values) < 1e-14)
  }
}
