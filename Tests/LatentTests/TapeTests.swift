import Latent
import TestSupport
import Testing

/// What a tape records, keeps and forgets.
@Suite struct TapeTests {
  private func tensor(_ values: [Double], _ element: ElementType = .float64) -> Tensor {
    Tensor(values, shape: [values.count], element: element)
  }

  @Test func allUsesOfAParameterAddUp() {
    let w = Operands(["w": tensor([2, -3])])
    let (value, gradients) = valueWithGradients(of: w) { w, tape in
      let (first, second) = (w("w", on: tape), w("w", on: tape))
      return (first * second + 5 * w("w", on: tape)).sum()
    }
    #expect(value == 8)  // w^2 + 5 w, summed
    #expect(gradients["w"].values == [9, -1])  // 2 w + 5
  }

  @Test func unusedParametersGetZeros() {
    let operands = Operands(["used": tensor([2]), "unused": tensor([1, 2, 3]), "blocked": tensor([4])])
    let layout = ParameterLayout(of: operands)
    let gradients = Gradients(layout: layout)
    gradients.flat.fill(.nan)  // what an earlier step left
    let tape = Tape(layout: layout)
    _ = operands("blocked", on: tape) * operands("blocked", on: tape)  // on the tape, but not part of the loss
    tape.backward(from: operands("used", on: tape).sum(), into: gradients)
    #expect(gradients["used"].values == [1])
    #expect(gradients["unused"].values == [0, 0, 0])
    #expect(gradients["blocked"].values == [0])
  }

  @Test func aLossThatDependsOnNothing() {
    let operands = Operands(["w": tensor([1, 2])])
    let (value, gradients) = valueWithGradients(of: operands) { _, tape in tape.constant(tensor([7])).sum() }
    #expect(value == 7)
    #expect(gradients["w"].values == [0, 0])
  }

  /// The loss may be a parameter as it is.
  @Test func aLossThatIsAParameter() {
    let operands = Operands(["w": tensor([3]), "other": tensor([1, 1])])
    let layout = ParameterLayout(of: operands)
    let gradients = Gradients(layout: layout)
    gradients.flat.fill(.nan)
    let tape = Tape(layout: layout)
    tape.backward(from: operands("w", on: tape), seed: 0.25, into: gradients)
    #expect(gradients["w"].values == [0.25])
    #expect(gradients["other"].values == [0, 0])
  }

  @Test func theSeedScalesAllGradients() {
    let operands = Operands(["w": tensor([1, -2])])
    let layout = ParameterLayout(of: operands)
    let gradients = Gradients(layout: layout)
    let tape = Tape(layout: layout)
    let w = operands("w", on: tape)
    tape.backward(from: (w * w).sum(), seed: 0.125, into: gradients)
    #expect(gradients["w"].values == [0.25, -0.5])
  }

  @Test(arguments: ElementType.allCases)
  func constantsTakeNoGradient(_ element: ElementType) {
    let operands = Operands(["w": tensor([1, 2], element)])
    var needed: [Bool] = []
    let (_, gradients) = valueWithGradients(of: operands) { operands, tape in
      let (c, w) = (tape.constant(tensor([3, 4], element)), operands("w", on: tape))
      let output = tensor([3, 8], element)
      return tape.record("own product", inputs: [c, w], output: output) { backward in
        needed = [backward.needs(0), backward.needs(1)]
        backward.add(backward.upstream, to: 0)
        #expect(backward.destination(0) == nil)
        backward.add(tensor([3, 4], element), to: 1)
      }.sum()
    }
    #expect(needed == [false, true])
    #expect(gradients["w"].values == [3, 4])
  }

  /// x -> (2 x, x^2, sum x): the way back runs once, whichever outputs have a gradient, and knows which.
  private func three(_ x: Variable, asked: @escaping ([Bool]) -> Void = { _ in }) -> [Variable] {
    let values = x.tensor.values
    let outputs = [values.map { 2 * $0 }, values.map { $0 * $0 }, [values.reduce(0, +)]].map { tensor($0) }
    return x.tape.record("three", inputs: [x], outputs: outputs) { backward in
      let upstream = (0..<3).map { backward.upstream(of: $0) }
      asked(upstream.map { $0 != nil })
      #expect(backward.upstream.values == upstream.compactMap { $0 }.first?.values)
      if let doubled = upstream[0] { backward.add(doubled, times: 2, to: 0) }
      if let square = upstream[1] {
        backward.add(tensor(zip(square.values, values).map { 2 * $0 * $1 }), to: 0)
      }
      if let sum = upstream[2] { backward.add(tensor(values.map { _ in sum.values[0] }), to: 0) }
    }
  }

  @Test(arguments: [[0], [1], [2], [0, 1], [0, 2], [1, 2], [2, 0, 1], []])
  func severalOutputs(_ used: [Int]) {
    let operands = Operands(["w": tensor([3, -2])])
    var asked: [[Bool]] = []
    let (_, gradients) = valueWithGradients(of: operands) { operands, tape in
      let outputs = three(operands("w", on: tape)) { asked.append($0) }
      #expect(outputs.map(\.shape) == [[2], [2], [1]])
      var loss = tape.constant(tensor([0])).sum()
      for output in used {
        let sum = outputs[output].sum()
        loss = loss + sum * sum
      }
      return loss
    }
    // The squares of 2 (a + b), of a^2 + b^2 and of a + b, with a = 3 and b = -2.
    let slopes: [[Double]] = [[8, 8], [156, -104], [2, 2]]
    let expected = used.reduce([0, 0]) { Plain.sum($0, slopes[$1]) }
    #expect(gradients["w"].values == expected)
    let known = (0..<3).map { used.contains($0) }
    #expect(asked == (used.isEmpty ? [] : [known]))
  }

  /// A further output may be the loss itself, or go where an earlier node reads it.
  @Test func furtherOutputs() {
    let operands = Operands(["w": tensor([3, -2])])
    let (value, gradients) = valueWithGradients(of: operands) { three($0("w", on: $1))[2] }
    #expect(value == 1 && gradients["w"].values == [1, 1])
    let (_, chained) = valueWithGradients(of: operands) { operands, tape in
      three(three(operands("w", on: tape))[1])[1].sum()  // w^4
    }
    #expect(chained["w"].values == [4 * 27, 4 * -8])
    // Not recorded: no variable has a gradient.
    let outputs = three(Tape().constant(tensor([1, 2])))
    #expect(outputs.map(\.tensor.values) == [[2, 4], [1, 4], [3]])
  }

  /// Without a layout nothing is recorded, and every result goes as soon as nobody holds it.
  @Test func withoutALayoutNothingIsKept() {
    let workspace = Workspace()
    let tape = Tape(workspace: workspace)
    #expect(!tape.isRecording)
    var x = tape.constant(Tensor(repeating: 0.5, shape: [1000], element: .float64))
    x = x.sigmoid()
    x = x.sigmoid()
    let bytes = workspace.allocatedBytes  // two results: the old and the new
    for _ in 0..<50 { x = x.sigmoid() }
    #expect(workspace.allocatedBytes == bytes)
    #expect(bytes < 3 * 8 * 1000)
  }

  /// A tape that is never walked back goes with the last variable that holds it, and its memory with it.
  @Test func anUnusedTapeIsFreed() {
    var sample = SampleValues(seed: 1)
    let operands = Operands([
      "x": Tensor(sample.numbers(24), shape: [2, 3, 4], element: .float64),
      "kernel": Tensor(sample.numbers(48), shape: [4, 12], element: .float64),
      "recurrent": Tensor(sample.numbers(36), shape: [3, 12], element: .float64),
      "bias": Tensor(sample.numbers(12), shape: [12], element: .float64),
    ])
    let targets = Tensor(repeating: 0.5, shape: [2, 3], element: .float64)
    weak var watched: Tape?
    do {
      let tape = Tape(layout: ParameterLayout(of: operands))
      watched = tape
      let h = lstm(
        operands("x", on: tape), kernel: operands("kernel", on: tape), recurrentKernel: operands("recurrent", on: tape),
        bias: operands("bias", on: tape))
      let z = gaussianSample(mean: h, logVariance: h, noise: targets) + 2 * h - h * h
      let y = dense(
        z, kernel: operands("recurrent", on: tape), bias: operands("bias", on: tape), activation: .sigmoid)
      var total = binaryCrossEntropy(logits: h, targets: targets) + squaredError(z, targets: targets)
      total = total + binaryCrossEntropy(probabilities: h.sigmoid(), targets: targets) + y.sum()
      total = total + standardNormalDivergence(mean: z, logVariance: h).reshaped(to: [])
      #expect(total.scalar.isFinite)
    }
    #expect(watched == nil, "a primitive's backward pass holds the tape")
  }

  /// What a step gives back, the next one takes: no growth after the first.
  @Test(arguments: ElementType.allCases)
  func stepsUseTheSameMemory(_ element: ElementType) {
    var sample = SampleValues(seed: 1)
    let operands = Operands([
      "kernel": Tensor(sample.numbers(48), shape: [4, 12], element: element),
      "recurrent": Tensor(sample.numbers(36), shape: [3, 12], element: element),
      "bias": Tensor(sample.numbers(12), shape: [12], element: element),
    ])
    let x = Tensor(sample.numbers(24), shape: [2, 3, 4], element: element)
    let (layout, workspace) = (ParameterLayout(of: operands), Workspace())
    var bytes: [Int] = []
    for _ in 0..<5 {
      _ = valueWithGradients(of: operands, layout: layout, workspace: workspace) { operands, tape in
        let h = lstm(
          tape.constant(x), kernel: operands("kernel", on: tape), recurrentKernel: operands("recurrent", on: tape),
          bias: operands("bias", on: tape), returnsSequence: true)
        return standardNormalDivergence(mean: h, logVariance: h * h.sigmoid())
      }
      bytes.append(workspace.allocatedBytes)
    }
    #expect(bytes[0] > 0)
    #expect(Set(bytes).count == 1, "\(bytes)")
  }

  @Test func theFirstResultThatIsNotFinite() {
    let model = Stack(key: RandomKey(seed: 3))
    func firstNonFinite(_ model: Stack, checks: Bool = true) -> String? {
      let tape = Tape(layout: ParameterLayout(of: model), checksFinite: checks)
      let y = model(tape.constant(Tensor(repeating: 1, shape: [1, 2], element: .float64)))
      _ = (y * y).sum()
      return tape.firstNonFinite
    }
    #expect(firstNonFinite(model) == nil)
    var damaged = model
    damaged.updateParameters { path, parameter in
      if path == "second.bias" { parameter.value = tensor([0, .infinity, 0]) }
    }
    #expect(firstNonFinite(damaged) == "Dense at second.kernel")
    #expect(firstNonFinite(damaged, checks: false) == nil)
    damaged.updateParameters { path, parameter in
      if path == "first.kernel" { parameter.value = Tensor(repeating: .nan, shape: [2, 3], element: .float64) }
    }
    #expect(firstNonFinite(damaged) == "Dense at first.kernel")
    // Any output counts.
    let tape = Tape(layout: ParameterLayout(of: model), checksFinite: true)
    _ = tape.record("two", inputs: [], outputs: [tensor([1]), tensor([.infinity])]) { _ in }
    #expect(tape.firstNonFinite == "two")
    // A primitive without parameters goes by its name.
    var large = model
    large.updateParameters { path, parameter in
      if path == "second.bias" { parameter.value = tensor([1e200, 0, 0]) }
    }
    #expect(firstNonFinite(large) == "*")
  }
}

/// Gradients that are passed on without a copy, or take the place of those that they are made from.
@Suite struct SharedGradientTests {
  /// Sums, differences, reshapes and element functions of shared variables, in any order.
  @Test(arguments: 0..<24)
  func anyGraph(_ seed: Int) {
    func graph(_ operands: Operands, _ tape: Tape) -> Variable {
      var sample = SampleValues(seed: 100 + seed)
      var variables =
        ["a", "b", "c"].map { operands($0, on: tape) } + [
          tape.constant(Tensor([0.3, -0.4, 0.5, 0.6, -0.7, 0.8], shape: [2, 3], element: .float64))
        ]
      func pick() -> Variable { variables[sample.whole(0...variables.count - 1)] }
      for _ in 0..<12 {
        let x = pick()
        switch sample.whole(0...11) {
        case 0: variables.append(x + pick())
        case 1: variables.append(x - pick())
        case 2: variables.append((0.5 * x) * pick().tanh())
        case 3: variables.append(x.tanh())
        case 4: variables.append(x + 1)
        case 5: variables.append(1 - x)
        case 6: variables.append(-x)
        case 7: variables.append(x.reshaped(to: [6]).reshaped(to: [2, 3]))
        case 8: variables.append((x / 3).exp())
        case 9: variables.append(x + pick().sum(axes: [0]))
        case 10: variables.append(x.sigmoid() / (pick().exp() + 1))
        default: variables.append(Variable.concatenated([x, pick()], axis: 1).sliced(1..<4, axis: 1))
        }
      }
      // Each parameter at least once, so that no gradient is 0.
      return variables.dropFirst().reduce(0.3 * variables[0]) { $0 + $1 } + variables[1] * variables[2]
    }
    var sample = SampleValues(seed: seed)
    let operands = Operands([
      "a": Tensor(sample.numbers(6), shape: [2, 3], element: .float64),
      "b": Tensor(sample.numbers(6), shape: [2, 3], element: .float64),
      "c": Tensor(sample.numbers(6), shape: [2, 3], element: .float64),
    ])
    #expect(gradientMismatches(of: operands, graph) == [])
  }

  /// What a pass adds stays as it is, for whoever else holds it.
  @Test func whatIsAddedIsNotWritten() {
    let kept = Tensor([2, 3], shape: [2], element: .float64)
    let (_, gradients) = valueWithGradients(of: Operands(["w": Tensor([1, 1], shape: [2], element: .float64)])) {
      w, tape in
      let x = w("w", on: tape).exp()  // its gradient is changed where it lies
      let y = tape.record("twice", inputs: [x, x], output: Tensor([0, 0], shape: [2], element: .float64)) { backward in
        backward.add(kept, to: 0)
        backward.add(kept, to: 1)
      }
      return y.sum()
    }
    #expect(kept.values == [2, 3])
    let e = 2.718281828459045
    #expect(maxRelativeError(gradients["w"].values, [4 * e, 6 * e]) < 1e-15)
  }

  /// Neither the values on the tape nor the caller's tensors change.
  @Test func valuesStay() {
    var sample = SampleValues(seed: 1)
    let x = Tensor(sample.numbers(100), shape: [10, 10], element: .float64)
    let operands = Operands(["x": x])
    let (layout, before) = (ParameterLayout(of: operands), x.values)
    let tape = Tape(layout: layout, workspace: Workspace())
    let a = operands("x", on: tape).tanh()
    let b = a + a.reshaped(to: [100]).reshaped(to: [10, 10]) - 2 * a * a
    let values = [a.tensor.values, b.tensor.values]
    tape.backward(from: (b * b).sum(), into: Gradients(layout: layout))
    #expect([a.tensor.values, b.tensor.values] == values)
    #expect(x.values == before)
  }

  /// A chain of element functions goes back in the memory of one gradient.
  @Test func chainsNeedNoMoreMemory() {
    func bytes(_ length: Int) -> Int {
      let operands = Operands(["x": Tensor(repeating: 0.5, shape: [10_000])])
      let (layout, workspace) = (ParameterLayout(of: operands), Workspace())
      let tape = Tape(layout: layout, workspace: workspace)
      var y = operands("x", on: tape)
      for _ in 0..<length { y = (0.5 * y.tanh() + 1).exp() }
      let loss = y.sum()
      let forward = workspace.allocatedBytes
      tape.backward(from: loss, into: Gradients(layout: layout))
      return workspace.allocatedBytes - forward
    }
    #expect(bytes(20) == bytes(1))
    #expect(bytes(20) <= 2 * 40_960)
  }
}

/// Two dense layers.
struct Stack: Module {
  var first: Dense, second: Dense

  init(key: RandomKey, element: ElementType = .float64) {
    first = Dense(inputSize: 2, outputSize: 3, activation: .tanh, key: key.child("first"), element: element)
    second = Dense(inputSize: 3, outputSize: 3, key: key.child("second"), element: element)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("first", &first)
    visitor.visit("second", &second)
  }

  func callAsFunction(_ x: Variable) -> Variable { second(first(x)) }
}
