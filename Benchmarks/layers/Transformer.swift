import Latent
import LatentData

/// A language model of Transformer blocks (Vaswani et al. 2017) whose normalisation comes first (Radford et al. 2019): it
/// guesses each next token of D different ones.
struct Transformer: BenchedModel {
  /// x + attention(norm(x)), then x + MLP(norm(x)) with four times the width within.
  struct Block: Module {
    var first: LayerNorm, attention: MultiHeadAttention, second: LayerNorm, wide: Dense, narrow: Dense

    init(_ sizes: ModelSizes, key: RandomKey) {
      let width = sizes.hidden
      first = LayerNorm(size: width)
      attention = MultiHeadAttention(size: width, heads: sizes.heads, key: key.child("attention"))
      second = LayerNorm(size: width)
      wide = Dense(inputSize: width, outputSize: 4 * width, activation: .gelu, key: key.child("wide"))
      narrow = Dense(inputSize: 4 * width, outputSize: width, key: key.child("narrow"))
    }

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("first", &first)
      visitor.visit("attention", &attention)
      visitor.visit("second", &second)
      visitor.visit("wide", &wide)
      visitor.visit("narrow", &narrow)
    }

    /// [B, T, H] -> [B, T, H]
    func callAsFunction(_ x: Variable) -> Variable {
      let mixed = x + attention(first(x), isCausal: true)
      return mixed + narrow(wide(second(mixed)))
    }
  }

  let sizes: ModelSizes
  var embedding: Embedding
  /// [T, H]
  var positions: Parameter
  var blocks: [Block]
  var norm: LayerNorm
  var output: Dense

  init(_ sizes: ModelSizes) {
    self.sizes = sizes
    let key = RandomKey(seed: 0)
    embedding = Embedding(count: sizes.inputs, size: sizes.hidden, key: key.child("embedding"))
    positions = Parameter(
      Initializer.uniform(-0.05...0.05)(shape: [sizes.steps, sizes.hidden], key: key.child("positions")))
    blocks = (0..<sizes.layers).map { Block(sizes, key: key.child("block").child(UInt64($0))) }
    norm = LayerNorm(size: sizes.hidden)
    output = Dense(inputSize: sizes.hidden, outputSize: sizes.inputs, key: key.child("output"))
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("embedding", &embedding)
    visitor.visit("positions", &positions)
    for index in blocks.indices { visitor.visit("block\(index)", &blocks[index]) }
    visitor.visit("norm", &norm)
    visitor.visit("output", &output)
  }

  func loss(_ batch: ExampleBatch, tape: Tape) -> Variable {
    var x = embedding(tape.constant(batch[0])) + positions.on(tape)
    for block in blocks { x = block(x) }
    let logits = output(norm(x)).reshaped(to: [batch[0].count, sizes.inputs])
    return crossEntropy(logits: logits, labels: batch[1].values.map { Int($0) })
  }

  /// Sequences of tokens, and of those that follow.
  func examples(_ count: Int) -> TensorDataset {
    let drawn = Initializer.uniform(0...Double(sizes.inputs))(
      shape: [count, sizes.steps + 1], key: RandomKey(seed: 1).child("tokens"))
    let tokens = drawn.values.map { min($0.rounded(.down), Double(sizes.inputs - 1)) }
    let rows = stride(from: 0, to: tokens.count, by: sizes.steps + 1)
    func tensor(from first: Int) -> Tensor {
      Tensor(rows.flatMap { tokens[($0 + first)..<($0 + first + sizes.steps)] }, shape: [count, sizes.steps])
    }
    return TensorDataset(tensor(from: 0), tensor(from: 1))
  }
}
