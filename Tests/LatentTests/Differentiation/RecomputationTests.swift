import Latent
import TestSupport
import Testing

/// Parts of a model that are computed again on the way back.
@Suite struct RecomputationTests {
  private static let key = RandomKey(seed: 3)

  /// Blocks with all that a segment must do twice in the same way: dropout, normalisation, a recurrent layer.
  private struct Stack: Module {
    var dense: [Dense] = []
    var norms: [BatchNorm] = []
    var lstm: LSTM
    var isRecomputed = false

    init(_ count: Int) {
      let key = RecomputationTests.key
      for place in 0..<count {
        dense.append(Dense(inputSize: 6, outputSize: 6, activation: .tanh, key: key.child(UInt64(place))))
        norms.append(BatchNorm(size: 6))
      }
      lstm = LSTM(inputSize: 6, hiddenSize: 6, key: key)
    }

    mutating func visit(_ visitor: inout ParameterVisitor) {
      for place in dense.indices { visitor.visit("dense.\(place)", &dense[place]) }
      for place in norms.indices { visitor.visit("norms.\(place)", &norms[place]) }
      visitor.visit("lstm", &lstm)
    }

    private func block(_ place: Int, _ x: Variable) -> Variable {
      let y = dropout(
        norms[place](dense[place](x)), rate: 0.3, key: x.tape.makeKey(),
        examples: x.tape.pass.examples(count: x.shape[0]))
      return x + y.reshaped(to: [x.shape[0], 2, 3]).reshaped(to: x.shape)
    }

    func callAsFunction(_ x: Variable) -> Variable {
      let y = dense.indices.reduce(x) { x, place in
        isRecomputed ? recomputed(x) { block(place, $0) } : block(place, x)
      }
      let steps = y.reshaped(to: [y.shape[0], 1, 6])
      let last = isRecomputed ? recomputed([steps]) { [lstm($0[0])] }[0] : lstm(steps)
      return (last * y).sum()
    }
  }

  private struct Found: Equatable {
    var value: Double
    var gradients: [[Double]]
    var buffers: [[Double]]
  }

  private func find(_ model: Stack, _ x: Tensor, workspace: Workspace? = nil) -> Found {
    let pass = Pass(isTraining: true, step: 4, key: Self.key)
    var model = model
    let (value, gradients) = valueWithGradients(of: model, workspace: workspace, pass: pass) { model, tape in
      model(tape.constant(x))
    }
    var optimizer = SGD(learningRate: 0)
    optimizer.update(&model, along: gradients)
    let slots = gradients.layout.slots.filter { !$0.isFrozen }
    return Found(
      value: value, gradients: slots.map { gradients[$0.path].values }, buffers: model.buffers.map(\.value.values))
  }

  @Test func sameBits() {
    var model = Stack(3)
    let x = Initializer.normal(standardDeviation: 1)(shape: [5, 6], key: Self.key)
    let plain = find(model, x)
    model.isRecomputed = true
    let again = find(model, x)
    #expect(plain == again)
    #expect(plain.buffers != Stack(3).buffers.map(\.value.values))
    // The layer in the middle is frozen; what came before it still learns.
    model.dense[1] = model.dense[1].frozen
    let frozen = find(model, x)
    model.isRecomputed = false
    #expect(find(model, x) == frozen && frozen.gradients.count == plain.gradients.count - 2)
  }

  /// Wide layers whose results are not kept.
  @Test func memory() {
    let layers = (0..<4).map {
      Dense(inputSize: 64, outputSize: 64, activation: .tanh, key: Self.key.child(UInt64($0)))
    }
    let model = Sequential(layers[0], layers[1], layers[2], layers[3])
    let x = Tensor(repeating: 0.1, shape: [512, 64])
    func bytes(_ isRecomputed: Bool) -> Int {
      let workspace = Workspace()
      for _ in 0..<2 {
        _ = valueWithGradients(of: model, workspace: workspace) { model, tape in
          (0..<16).reduce(tape.constant(x)) { x, _ in
            isRecomputed ? recomputed(x) { model($0).tanh().tanh().tanh() } : model(x).tanh().tanh().tanh()
          }.sum()
        }
      }
      return workspace.allocatedBytes
    }
    let (kept, again) = (bytes(false), bytes(true))
    #expect(2 * again < kept, "\(again) of \(kept) bytes")
  }

  @Test func severalVariables() {
    let (a, b) = (Tensor([2, 3], shape: [2]), Tensor([5, 7], shape: [2]))
    func slopes(_ f: @escaping ([Variable]) -> [Variable]) -> [[Double]] {
      valueWithGradient(at: [a, b]) { inputs in
        let results = recomputed(inputs + [inputs[0]], f)
        return results.dropFirst().reduce(results[0].sum()) { $0 + 3 * $1.sum() }
      }.gradients.map(\.values)
    }
    #expect(slopes { [$0[0] * $0[1] * $0[2]] } == [[20, 42], [4, 9]])
    #expect(slopes { [$0[0] * $0[2], $0[1]] } == [[4, 6], [3, 3]])
    #expect(slopes { [$0[0], $0[1] * $0[1]] } == [[1, 1], [30, 42]])
    #expect(slopes { [$0[1].detached()] } == [[0, 0], [0, 0]])
    // One in another, in an evaluation, and where gradients are differentiated again.
    #expect(slopes { x in recomputed(x) { [$0[0] * $0[1] * $0[2]] } } == [[20, 42], [4, 9]])
    #expect(recomputed(Tape().constant(a)) { $0 * $0 }.tensor.values == [4, 9])
    let second = gradient(at: a) { x in gradient(at: x) { recomputed($0) { $0 * $0 * $0 }.sum() }.sum() }
    #expect(second.values == [12, 18])
  }

  @Test func misuse() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor([1, 2], shape: [2])
      _ = valueWithGradient(at: x, x) { x, y in recomputed(x) { $0 * y }.sum() }
    }
    let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(message.contains("an operand belongs to another tape"))
  }
}
