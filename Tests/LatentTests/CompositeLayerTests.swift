import Foundation
import Latent
import TestSupport
import Testing

/// Layers that are made of other primitives.
@Suite struct CompositeLayerTests {
  private func sample(_ shape: [Int], seed: Int) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(shape.reduce(1, *)), shape: shape, element: .float64)
  }

  /// A layer and what it reads, to ask for the gradients of both.
  private struct WithInputs: Module {
    var layer: MultiHeadAttention
    var inputs: Operands

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("layer", &layer)
      visitor.visit("inputs", &inputs)
    }
  }

  /// Attention, with loops over heads and places.
  private func plainAttention(
    _ layer: MultiHeadAttention, _ x: PlainTensor, _ context: PlainTensor, isCausal: Bool
  ) -> PlainTensor {
    func dense(_ dense: Dense, _ x: PlainTensor) -> PlainTensor {
      let kernel = PlainTensor(dense.kernel.value.values, dense.kernel.value.shape)
      let bias = dense.bias.value.values
      return PlainTensor(x.shape) { index in
        (0..<kernel.shape[0]).reduce(bias[index[2]]) { $0 + x[[index[0], index[1], $1]] * kernel[[$1, index[2]]] }
      }
    }
    let (q, k, v) = (dense(layer.query, x), dense(layer.key, context), dense(layer.value, context))
    let width = x.shape[2] / layer.heads
    let mixed = PlainTensor(x.shape) { index in
      let (b, t, first) = (index[0], index[1], index[2] / width * width)
      let places = isCausal ? Array(0...t) : Array(0..<context.shape[1])
      let weights = places.map { s in
        exp((first..<first + width).reduce(0) { $0 + q[[b, t, $1]] * k[[b, s, $1]] } / Double(width).squareRoot())
      }
      let total = weights.reduce(0, +)
      return zip(places, weights).reduce(0) { $0 + $1.1 / total * v[[b, $1.0, index[2]]] }
    }
    return dense(layer.output, mixed)
  }

  @Test(arguments: [(1, 1, 1, 4, 1), (2, 3, 5, 6, 2), (3, 7, 2, 4, 4)])
  func attention(_ size: (batch: Int, time: Int, places: Int, width: Int, heads: Int)) {
    let layer = MultiHeadAttention(
      size: size.width, heads: size.heads, key: RandomKey(seed: 1), element: .float64)
    let (x, context) = (
      sample([size.batch, size.time, size.width], seed: 2), sample([size.batch, size.places, size.width], seed: 3)
    )
    func plain(_ t: Tensor) -> PlainTensor { PlainTensor(t.values, t.shape) }
    let tape = Tape()
    let crossed = layer(tape.constant(x), context: tape.constant(context)).tensor.values
    #expect(
      maxRelativeError(crossed, plainAttention(layer, plain(x), plain(context), isCausal: false).values) < 1e-12)
    let causal = layer(tape.constant(x), isCausal: true).tensor.values
    #expect(maxRelativeError(causal, plainAttention(layer, plain(x), plain(x), isCausal: true).values) < 1e-12)
    #expect(
      checkGradients(of: layer) { layer, tape in
        layer(tape.constant(x), context: tape.constant(context)) + layer(tape.constant(x), isCausal: true)
      }.isEmpty)
    let all = WithInputs(layer: layer, inputs: Operands(["x": x, "context": context]))
    // The softmax does not see the key's bias: its gradient is 0 but for rounding.
    #expect(checkGradients(of: all) { $0.layer($0.inputs("x", on: $1), context: $0.inputs("context", on: $1)) }.isEmpty)
  }

  @Test func sequential() {
    let key = RandomKey(seed: 4)
    let dense = Dense(inputSize: 6, outputSize: 4, activation: .tanh, key: key, element: .float64)
    let last = Dense(inputSize: 2, outputSize: 1, key: key, element: .float64)
    let model = Sequential(Flatten(), dense, Reshape([2, 2]), last)
    #expect(model.parameters.map(\.path) == ["1.kernel", "1.bias", "3.kernel", "3.bias"])
    let x = Tape().constant(sample([3, 2, 3], seed: 5))
    let expected = last(dense(x.reshaped(to: [3, 6])).reshaped(to: [3, 2, 2]))
    #expect(model(x).tensor.values == expected.tensor.values && model(x).shape == [3, 2, 1])
    #expect(checkGradients(of: model) { model, tape in model(tape.constant(sample([3, 2, 3], seed: 5))) }.isEmpty)
  }

  @Test func embedding() {
    let layer = Embedding(count: 5, size: 3, key: RandomKey(seed: 6), element: .float64)
    let numbers = [[4, 0], [4, 4]]
    let y = layer(numbers, on: Tape())
    #expect(y.shape == [2, 2, 3])
    let table = layer.table.value.values
    let expected = [4, 0, 4, 4].map { (row: Int) -> [Double] in Array(table[3 * row..<3 * row + 3]) }
    #expect(y.tensor.values == expected.flatMap { $0 })
    #expect(checkGradients(of: layer) { layer, tape in layer(numbers, on: tape).squared() }.isEmpty)
  }
}
