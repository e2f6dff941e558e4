import Latent
import TestSupport
import Testing

/// Models as values, their parameters' paths and places, and the optimizer's steps.
@Suite struct ModuleTests {
  private func bits(_ model: some Module) -> [[Double]] { model.parameters.map(\.value.values) }

  @Test func pathsShapesAndPlaces() {
    let stack = Stack(key: RandomKey(seed: 1))
    #expect(stack.parameters.map(\.path) == ["first.kernel", "first.bias", "second.kernel", "second.bias"])
    #expect(stack.parameterCount == 6 + 3 + 9 + 3)
    let layout = ParameterLayout(of: stack)
    #expect(layout.slots.map(\.path) == stack.parameters.map(\.path))
    #expect(layout.slots.map(\.shape) == [[2, 3], [3], [3, 3], [3]])
    #expect(layout.slots.map(\.range) == [0..<6, 16..<19, 32..<41, 48..<51])
    #expect(layout.count == 64)
    #expect(layout.element == .float64)
    #expect(layout.zeros().doubles() == [Double](repeating: 0, count: 64))
  }

  @Test func layersOfASequenceAreNamedByTheirPlaces() {
    let key = RandomKey(seed: 4)
    let dense = Dense(inputSize: 6, outputSize: 4, activation: .tanh, key: key, element: .float64)
    let model = Sequential(
      Flatten(), dense, Reshape([2, 2]), Dense(inputSize: 2, outputSize: 1, key: key, element: .float64))
    #expect(model.parameters.map(\.path) == ["1.kernel", "1.bias", "3.kernel", "3.bias"])
  }

  @Test func gradientsAreFoundByPath() {
    let stack = Stack(key: RandomKey(seed: 1))
    let (_, gradients) = valueWithGradients(of: stack) { stack, tape in
      let y = stack(tape.constant(Tensor([1, 2], shape: [1, 2], element: .float64)))
      return (y * y).sum()
    }
    for slot in gradients.layout.slots {
      #expect(gradients[slot.path].shape == slot.shape)
      #expect(gradients[slot.path].values == Array(gradients.flat.doubles()[slot.range]))
      #expect(gradients[slot.path].values.contains { $0 != 0 })
    }
    var between = gradients.flat.doubles()
    for slot in gradients.layout.slots { for index in slot.range { between[index] = 0 } }
    #expect(between.allSatisfy { $0 == 0 })
    #expect(gradients.firstNonFinitePath == nil)
    gradients.flat[gradients.layout.slots[2].range][4..<5].fill(.nan)
    #expect(gradients.firstNonFinitePath == "second.kernel")
  }

  /// After a step of the copy the original is as it was, and the other way round.
  @Test(arguments: [nil, 3])
  func copiesAreIndependent(threads: Int?) {
    let pool = threads.map { WorkerPool(threads: $0) }
    let original = Stack(key: RandomKey(seed: 1))
    let before = bits(original)
    var (trained, kept) = (original, original)
    var adam = Adam(learningRate: 0.1)
    func step(_ model: inout Stack) {
      let (_, gradients) = valueWithGradients(of: model) { model, tape in
        let y = model(tape.constant(Tensor([1, 2], shape: [1, 2], element: .float64)))
        return (y * y).sum()
      }
      adam.update(&model, along: gradients, pool: pool)
    }
    step(&trained)
    #expect(bits(original) == before && bits(kept) == before)
    #expect(zip(bits(trained), before).allSatisfy { $0 != $1 })
    let afterOne = trained
    let valuesAfterOne = bits(afterOne)
    step(&trained)
    #expect(bits(afterOne) == valuesAfterOne)
    // Two steps of a model that was never copied.
    var alone = Stack(key: RandomKey(seed: 1))
    adam = Adam(learningRate: 0.1)
    for _ in 0..<2 { step(&alone) }
    #expect(bits(trained) == bits(alone))
    kept.updateParameters {
      $1.value.storage.makeUnique()
      $1.value.storage.fill(0)
    }
    #expect(bits(original) == before)
  }

  /// A copy of the optimizer has moments of its own.
  @Test func copiesOfTheOptimizerAreIndependent() {
    let model = Operands(["w": Tensor([1, 2, 3], shape: [3], element: .float64)])
    let gradients = valueWithGradients(of: model) { ($0("w", on: $1) * $0("w", on: $1)).sum() }.gradients
    var adam = Adam()
    var first = model
    adam.update(&first, along: gradients)
    var (copy, second, third) = (adam, first, first)
    for _ in 0..<3 { adam.update(&second, along: gradients) }
    copy.update(&third, along: gradients)
    #expect(adam.step == 4 && copy.step == 2)
    var (reference, expected) = (Adam(), model)
    reference.update(&expected, along: gradients)
    reference.update(&expected, along: gradients)
    #expect(bits(third) == bits(expected))
  }

  /// Adam against the plain one over several steps, over more elements than a block has, on threads and without.
  @Test(arguments: ElementType.computing, [nil, 1, 3])
  func adam(_ element: ElementType, threads: Int?) {
    let pool = threads.map { WorkerPool(threads: $0) }
    let count = (1 << 15) + 17
    var sample = SampleValues(seed: 9)
    let (w, v) = (sample.numbers(count), sample.numbers(33))
    var model = Operands([
      "w": Tensor(w, shape: [count], element: element), "v": Tensor(v, shape: [3, 11], element: element),
    ])
    let layout = ParameterLayout(of: model)
    var adam = Adam(learningRate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-3)
    var plain = Plain.Adam()
    (plain.learningRate, plain.beta1, plain.beta2, plain.epsilon) = (0.01, 0.8, 0.95, 1e-3)
    var weights = ["w": w, "v": v]
    for step in 1...3 {
      let (gw, gv) = (sample.numbers(count), sample.numbers(33))
      let gradients = Gradients(layout: layout)
      gradients.flat[layout.slots[0].range].assign(gw)
      gradients.flat[layout.slots[1].range].assign(gv)
      adam.update(&model, along: gradients, pool: pool)
      plain.update(&weights, ["w": gw, "v": gv])
      #expect(adam.step == step)
      adam.learningRate *= 0.5
      plain.learningRate *= 0.5
    }
    let tolerance = element == .float32 ? 1e-6 : 1e-13
    for (path, value) in model.parameters {
      #expect(maxRelativeError(value.values, weights[path]!) < tolerance, "\(path)")
    }
  }

  @Test func adamsDefaultsAreKerass() {
    let adam = Adam()
    #expect([adam.learningRate, adam.beta1, adam.beta2, adam.epsilon] == [1e-3, 0.9, 0.999, 1e-7])
    #expect(adam.step == 0)
  }

  @Test func tensors() {
    for element in ElementType.computing {
      let tensor = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2], element: element)
      #expect(tensor.element == element && tensor.count == 6)
      #expect(tensor[rows: 1..<3].values == [3, 4, 5, 6] && tensor[rows: 1..<3].shape == [2, 2])
      #expect(tensor[rows: 1..<1].values == [] && tensor[rows: 1..<1].shape == [0, 2])
      #expect(tensor[rows: 2..<3].floats == [5, 6])
      #expect(tensor.reshaped(to: [2, 3]).values == tensor.values)
      #expect(tensor.converted(to: .float32).floats == [1, 2, 3, 4, 5, 6])
      #expect(Tensor(zeros: [0, 4], element: element).values == [])
      #expect(Tensor([0.1], shape: [], element: element).scalar == (element == .float32 ? Double(Float(0.1)) : 0.1))
      #expect(Tensor(repeating: 2, shape: [3], element: element).values == [2, 2, 2])
      // A slice of a row is a value: changing it leaves the tensor alone.
      var row = tensor[rows: 1..<2]
      row.storage.makeUnique()
      row.storage.fill(0)
      #expect(tensor.values == [1, 2, 3, 4, 5, 6])
    }
  }

  /// No features or no rows: sums of nothing.
  @Test func emptyOperands() {
    let tape = Tape()
    let none = tape.constant(Tensor(zeros: [3, 0], element: .float64))
    let y = dense(
      none, kernel: tape.constant(Tensor(zeros: [0, 2], element: .float64)),
      bias: tape.constant(Tensor([1, -2], shape: [2], element: .float64)))
    #expect(y.tensor.values == [1, -2, 1, -2, 1, -2])
    let noRows = Dense(inputSize: 4, outputSize: 2, key: RandomKey(seed: 1), element: .float64)
    let (value, gradients) = valueWithGradients(of: noRows) { layer, tape in
      layer(tape.constant(Tensor(zeros: [0, 4], element: .float64))).sum()
    }
    #expect(value == 0)
    #expect(gradients["kernel"].values.allSatisfy { $0 == 0 } && gradients["bias"].values == [0, 0])
  }
}
