// A character-level language model: an LSTM that reads a text and guesses each next character, then writes some of its
// own. Its text is the GNU General Public License, which Debian ships, or the file that is named.
import Foundation
import Latent

struct CharacterModel: Module {
  let characters: [Character]
  var embedding: Embedding
  var lstm: LSTM
  var output: Dense

  init(characters: [Character], hiddenSize: Int) {
    self.characters = characters
    let key = RandomKey(seed: 1)
    embedding = Embedding(count: characters.count, size: 32, key: key.child("embedding"))
    lstm = LSTM(inputSize: 32, hiddenSize: hiddenSize, returnsSequence: true, key: key.child("lstm"))
    output = Dense(inputSize: hiddenSize, outputSize: characters.count, key: key.child("output"))
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("embedding", &embedding)
    visitor.visit("lstm", &lstm)
    visitor.visit("output", &output)
  }

  /// B rows of T characters' numbers -> the logits of what follows each, [B T, C], and the state to go on from
  func logits(_ rows: [[Int]], from state: LSTMState? = nil, tape: Tape) -> (logits: Variable, state: LSTMState) {
    let (h, state) = lstm(embedding(rows, on: tape), from: state)
    return (output(h).reshaped(to: [rows.count * rows[0].count, characters.count]), state)
  }
}

let isQuick = CommandLine.arguments.contains("--quick")
let path = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("-") } ?? "/usr/share/common-licenses/GPL-3"
let text = Array(try String(contentsOfFile: path, encoding: .utf8))
let characters = Array(Set(text)).sorted()
let numbers = Dictionary(uniqueKeysWithValues: zip(characters, 0...))
let codes = text.map { numbers[$0]! }

var model = CharacterModel(characters: characters, hiddenSize: isQuick ? 32 : 192)
var optimizer = Adam(learningRate: 3e-3)
let layout = ParameterLayout(of: model)
let workspace = Workspace()
let (batch, time, steps) = (32, 64, isQuick ? 20 : 600)
for step in 1...steps {
  let starts = RandomKey(seed: 2).child(UInt64(step)).permutation(of: codes.count - time - 1).prefix(batch)
  let (loss, gradients) = valueWithGradients(of: model, layout: layout, workspace: workspace) { model, tape in
    crossEntropy(
      logits: model.logits(starts.map { Array(codes[$0..<$0 + time]) }, tape: tape).logits,
      labels: starts.flatMap { codes[$0 + 1..<$0 + time + 1] })
  }
  optimizer.update(&model, along: gradients)
  if step % (isQuick ? 10 : 100) == 0 { print("step \(step): \(loss / 0.6931471805599453) bits per character") }
}

// One tape, so that the weights are packed once. Each character goes on from the state that those before it have led to.
let tape = Tape(workspace: workspace)
var written = Array(codes.prefix(32))
var (logits, state) = model.logits([written], tape: tape)
let draws = Initializer.uniform(0...1)(shape: [300], key: RandomKey(seed: 5)).values
for draw in draws.prefix(isQuick ? 20 : 300) {
  let last = logits.sliced(logits.shape[0] - 1..<logits.shape[0]).softmax().tensor.values
  var (rest, next) = (draw, 0)
  while next < last.count - 1 && rest >= last[next] { (rest, next) = (rest - last[next], next + 1) }
  written.append(next)
  (logits, state) = model.logits([[next]], from: state, tape: tape)
}
print(String(written.map { characters[$0] }))
