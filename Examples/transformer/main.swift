// A Transformer that reads a text and guesses each next character (Vaswani et al. 2017, "Attention is all you need"; norms come
// first, as in GPT-2). Its text is the GNU General Public License, which Debian ships, or the file that is named.
import Foundation
import Latent
import LatentData
import LatentTraining

struct LanguageModel: Module {
  var embedding: Embedding
  var positions = PositionEmbedding(steps: 64, size: 128, key: RandomKey(seed: 2))
  var blocks = (0..<2 as Range<UInt64>).map {
    TransformerEncoderBlock(
      size: 128, heads: 4, activation: .gelu, normFirst: true, isCausal: true, key: RandomKey(seed: 3).child($0))
  }
  var norm = LayerNorm(size: 128)
  var output: Dense

  init(characters: Int) {
    embedding = Embedding(count: characters, size: 128, key: RandomKey(seed: 5))
    output = Dense(inputSize: 128, outputSize: characters, key: RandomKey(seed: 6))
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("embedding", &embedding)
    visitor.visit("positions", &positions)
    visitor.visit("blocks", &blocks)
    visitor.visit("norm", &norm)
    visitor.visit("output", &output)
  }

  /// Numbers of characters [B, T] -> logits of what follows each [B, T, C]
  func callAsFunction(_ numbers: Variable) -> Variable {
    output(norm(blocks.reduce(positions(embedding(numbers))) { $1($0) }))
  }
}

let isQuick = CommandLine.arguments.contains("--quick")
let path = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("-") } ?? "/usr/share/common-licenses/GPL-3"
let text = Array(try String(contentsOfFile: path, encoding: .utf8))
let characters = Array(Set(text)).sorted()
let numbers = Dictionary(uniqueKeysWithValues: zip(characters, 0...))
let codes = Tensor(text.map { Double(numbers[$0]!) })
// Pieces of 65 characters: 64 that are read, and the one after each of these.
let starts = RandomKey(seed: 1).permutation(of: text.count - 65).prefix(isQuick ? 32 : 32 * 200)
let data = TensorDataset(Tensor.stacked(starts.map { codes[$0..<$0 + 65] }))

var model = LanguageModel(characters: characters.count)
var trainer = Trainer(optimizer: AdamW(learningRate: 1e-3), batchSize: 32)
trainer.callbacks = [PrintEpochs()]
let start = ContinuousClock.now
let history = try trainer.fit(&model, to: data, epochs: isQuick ? 1 : 3) { model, batch, tape in
  let read = tape.constant(batch.values[.all, ..<64])
  return LossTerms(total: crossEntropies(logits: model(read), classes: batch.values[.all, 1...]).mean())
}
print((ContinuousClock.now - start) / (history.epochs.count * trainer.stepsPerEpoch(data)), "a step")

var written = codes[0..<64]
for place in 0..<(isQuick ? 5 : 200) {
  let logits = model(Tape().constant(written[(-64)...].expanded(at: 0)))[0, 63]
  let next = categorical(logits: logits.expanded(at: 0), key: RandomKey(seed: UInt64(place)), examples: [0])
  written = Tensor.concatenated([written, next.tensor])
}
print(String(written.values.map { characters[Int($0)] }))
