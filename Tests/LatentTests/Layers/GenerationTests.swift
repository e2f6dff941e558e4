import Latent
import TestSupport
import Testing

/// Sequences that blocks of Transformers make a step at a time, each step on a tape of its own.
@Suite struct GenerationTests {
  private static let (batch, time, size) = (2, 6, 8)

  private func numbers(_ shape: [Int], seed: Int) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(shape.reduce(1, *), -1...1), shape: shape, element: .float64)
  }

  @Test(arguments: [AttentionPositions.none, .rotary, .relative(distance: 3)])
  func encoderBlock(_ positions: AttentionPositions) {
    let block = TransformerEncoderBlock(
      size: Self.size, heads: 2, normFirst: true, isCausal: true, positions: positions, key: RandomKey(seed: 1),
      element: .float64)
    let x = numbers([Self.batch, Self.time, Self.size], seed: 2)
    let whole = block(Tape().constant(x)).tensor
    var cache = AttentionCache()
    for step in 0..<Self.time {
      let tape = Tape()
      cache = cache.detached(on: tape)
      let y = block(tape.constant(x).sliced(step..<step + 1, axis: 1), cache: &cache)
      let expected = Tape().constant(whole).sliced(step..<step + 1, axis: 1).tensor
      #expect(maxRelativeError(y.tensor.values, expected.values) < 1e-13, "\(positions), step \(step)")
      #expect(cache.count == step + 1)
    }
  }

  @Test func decoderBlock() {
    let block = TransformerDecoderBlock(size: Self.size, heads: 4, key: RandomKey(seed: 1), element: .float64)
    let x = numbers([Self.batch, Self.time, Self.size], seed: 2)
    let context = numbers([Self.batch, 3, Self.size], seed: 3)
    let tape = Tape()
    let whole = block(tape.constant(x), context: tape.constant(context), contextLengths: [3, 1]).tensor
    var (cache, steps) = (TransformerDecoderBlock.Cache(), [Variable]())
    for step in 0..<Self.time {
      steps.append(
        block(
          tape.constant(x).sliced(step..<step + 1, axis: 1), context: tape.constant(context), cache: &cache,
          contextLengths: [3, 1]))
    }
    let found = Variable.concatenated(steps, axis: 1).tensor
    #expect(maxRelativeError(found.values, whole.values) < 1e-13)
    #expect(cache.steps.count == Self.time && cache.context.count == 3)
  }
}
