import Latent
import TestSupport
import Testing

/// Recurrent layers with states and sequences of unequal length against PyTorch, through the public interface: outputs,
/// last states, and the gradients of x, weights and first states.
@Suite struct TorchGoldenTests {
  /// A layer, and what the gradients are asked for beside its weights.
  private struct Probe<Layer: Module>: Module {
    var layer: Layer
    var inputs: Operands

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("layer", &layer)
      visitor.visit("inputs", &inputs)
    }
  }

  /// A layer or a part of one: the path of its weights, and what stands before their names in the file.
  private typealias Part = (path: String, key: String)

  private func check<Layer: Module>(
    _ name: String, _ element: ElementType, _ layer: Layer, parts: [Part], letters: [String],
    _ run: (Layer, Variable, (String) -> Variable, [Int]) -> (y: Variable, states: [String: Variable])
  ) throws {
    let golden = try Golden.load(name)
    let tolerance = element == .float32 ? 1e-5 : 1e-12
    func tensor(_ key: String) -> Tensor { Tensor(golden[key], shape: golden.shape(of: key), element: element) }
    let lengths = golden.metadata["lengths"]!.split(separator: ",").map { Int($0)! }
    let weights = [("kernel", "kernel"), ("recurrentKernel", "recurrent_kernel"), ("bias", "bias")]
    let states = parts.flatMap { part in letters.map { part.key + "initial." + $0 } }
    var model = Probe(
      layer: layer,
      inputs: parts.count == 1
        ? Operands(
          letters.count == 2
            ? ["x": tensor("x"), states[0]: tensor(states[0]), states[1]: tensor(states[1])]
            : ["x": tensor("x"), states[0]: tensor(states[0])])
        : Operands([
          "x": tensor("x"), states[0]: tensor(states[0]), states[1]: tensor(states[1]), states[2]: tensor(states[2]),
          states[3]: tensor(states[3]),
        ]))
    var set = 0
    model.updateParameters { path, parameter in
      for part in parts {
        guard let key = weights.first(where: { "layer.\(part.path)\($0.0)" == path })?.1 else { continue }
        #expect(parameter.value.shape == golden.shape(of: "weight.\(part.key)\(key)"))
        parameter.value = tensor("weight.\(part.key)\(key)")
        set += 1
      }
    }
    #expect(set == 3 * parts.count)
    let (_, gradients) = valueWithGradients(of: model) { model, tape in
      let (y, last) = run(model.layer, model.inputs("x", on: tape), { model.inputs($0, on: tape) }, lengths)
      #expect(maxRelativeError(y.tensor.values, golden["y"]) < tolerance, "y")
      var loss = (y * tape.constant(tensor("upstream"))).sum()
      for part in parts {
        for letter in letters {
          let state = last[part.key + letter]!
          #expect(maxRelativeError(state.tensor.values, golden["\(part.key)final.\(letter)"]) < tolerance, "\(letter)")
          loss = loss + (state * tape.constant(tensor("\(part.key)upstream.\(letter)"))).sum()
        }
      }
      return loss
    }
    var pairs = [("inputs.x", "grad.x")]
    for part in parts {
      pairs += weights.map { ("layer.\(part.path)\($0.0)", "grad.\(part.key)\($0.1)") }
      pairs += letters.map { ("inputs.\(part.key)initial.\($0)", "\(part.key)grad.initial.\($0)") }
    }
    for (path, key) in pairs {
      #expect(maxRelativeError(gradients[path].values, golden[key]) < 10 * tolerance, "d/d\(path)")
    }
  }

  @Test(arguments: ElementType.computing)
  func lstm(_ element: ElementType) throws {
    let layer = LSTM(inputSize: 3, hiddenSize: 4, returnsSequence: true, key: RandomKey(seed: 1), element: element)
    try check("torch_lstm_packed", element, layer, parts: [("", "")], letters: ["h", "c"]) {
      let (y, state) = $0($1, from: LSTMState(h: $2("initial.h"), c: $2("initial.c")), lengths: $3)
      return (y, ["h": state.h, "c": state.c])
    }
  }

  @Test(arguments: ElementType.computing)
  func gru(_ element: ElementType) throws {
    let layer = GRU(inputSize: 3, hiddenSize: 4, returnsSequence: true, key: RandomKey(seed: 1), element: element)
    try check("torch_gru_packed", element, layer, parts: [("", "")], letters: ["h"]) {
      let (y, state) = $0($1, from: $2("initial.h"), lengths: $3)
      return (y, ["h": state])
    }
  }

  @Test(arguments: ElementType.computing)
  func bidirectional(_ element: ElementType) throws {
    let layer = BidirectionalLSTM(
      inputSize: 3, hiddenSize: 4, returnsSequence: true, key: RandomKey(seed: 1), element: element)
    let parts = [(path: "forward.", key: "forward."), (path: "backward.", key: "backward.")]
    try check("torch_lstm_bidirectional_packed", element, layer, parts: parts, letters: ["h", "c"]) {
      let first = LSTMState(h: $2("forward.initial.h"), c: $2("forward.initial.c"))
      let second = LSTMState(h: $2("backward.initial.h"), c: $2("backward.initial.c"))
      let (y, (forward, backward)) = $0($1, from: (first, second), lengths: $3)
      return (
        y, ["forward.h": forward.h, "forward.c": forward.c, "backward.h": backward.h, "backward.c": backward.c]
      )
    }
  }

  @Test(arguments: ElementType.computing)
  func stacked(_ element: ElementType) throws {
    let layer = StackedLSTM(
      inputSize: 3, hiddenSize: 4, layerCount: 2, returnsSequence: true, key: RandomKey(seed: 1), element: element)
    let parts = [(path: "0.", key: "0."), (path: "1.", key: "1.")]
    try check("torch_lstm_stacked_packed", element, layer, parts: parts, letters: ["h", "c"]) {
      layer, x, input, lengths in
      let states = ["0.", "1."].map { LSTMState(h: input($0 + "initial.h"), c: input($0 + "initial.c")) }
      let (y, last) = layer(x, from: states, lengths: lengths)
      return (y, ["0.h": last[0].h, "0.c": last[0].c, "1.h": last[1].h, "1.c": last[1].c])
    }
  }
}
