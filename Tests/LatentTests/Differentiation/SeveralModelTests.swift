import TestSupport
import Testing

@testable import Latent

/// Gradients of several models, of some of those in a loss, and through constant ones.
@Suite struct SeveralModelTests {
  private static func tower(_ sizes: [Int], seed: UInt64, element: ElementType = .float64) -> Sequential {
    var layers: [any Layer] = []
    for (index, (from, to)) in zip(sizes, sizes.dropFirst()).enumerated() {
      layers.append(
        Dense(
          inputSize: from, outputSize: to, activation: .tanh, key: RandomKey(seed: seed).child(UInt64(index)),
          element: element))
    }
    var tower = Sequential()
    tower.layers = layers
    return tower
  }

  private let generator = Self.tower([3, 8, 5], seed: 1)
  private let critic = Self.tower([5, 20, 1], seed: 2)
  private let z = Tensor((0..<12).map { Double($0 * 7 % 12) / 6 - 1 }, shape: [4, 3], element: .float64)

  /// Both in one module: what each must get.
  private struct Pair: Module {
    var generator: Sequential, critic: Sequential
    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("generator", &generator)
      visitor.visit("critic", &critic)
    }
  }

  private func whole() -> (value: Double, gradients: Gradients) {
    valueWithGradients(of: Pair(generator: generator, critic: critic)) { pair, tape in
      pair.critic(pair.generator(tape.constant(z))).squared().sum()
    }
  }

  private func differs(_ gradients: Gradients, _ part: String, _ whole: Gradients) -> [String] {
    gradients.layout.slots.map(\.path).filter { gradients[$0].values != whole["\(part).\($0)"].values }
  }

  @Test func eachGetsItsOwn() {
    let (value, expected) = whole()
    let (loss, gradients) = valueWithGradients(of: generator, critic) { generator, critic, tape in
      critic(generator(tape.constant(z))).squared().sum()
    }
    #expect(loss == value)
    #expect(differs(gradients.0, "generator", expected).isEmpty && differs(gradients.1, "critic", expected).isEmpty)
    // With layouts and a workspace, and a model between that the loss does not use.
    let workspace = Workspace()
    let layouts = (
      ParameterLayout(of: generator), ParameterLayout(of: self.generator.copied()), ParameterLayout(of: critic)
    )
    let three = valueWithGradients(
      of: generator, generator.copied(), critic, layouts: layouts, workspace: workspace
    ) { generator, _, critic, tape in critic(generator(tape.constant(z))).squared().sum() }.gradients
    #expect(differs(three.0, "generator", expected).isEmpty && differs(three.2, "critic", expected).isEmpty)
    #expect(three.1.flat.doubles().allSatisfy { $0 == 0 })
    // Each is an optimizer's.
    var (a, b) = (generator, critic)
    var (first, second) = (Adam(learningRate: 0.1), SGD(learningRate: 0.1))
    first.update(&a, along: gradients.0)
    second.update(&b, along: gradients.1)
    #expect(a.parameters.map(\.value.values) != generator.parameters.map(\.value.values))
  }

  /// The gradient goes through a model that was not asked for.
  @Test func othersAreConstants() {
    let (value, expected) = whole()
    let (loss, gradients) = valueWithGradients(of: generator) { generator, tape in
      critic(generator(tape.constant(z))).squared().sum()
    }
    #expect(loss == value && differs(gradients, "generator", expected).isEmpty)
    let last = valueWithGradients(of: critic) { critic, tape in
      let fake = generator(tape.constant(z))
      #expect(fake.node == nil)  // nothing is recorded for it
      return critic(fake).squared().sum()
    }
    #expect(differs(last.gradients, "critic", expected).isEmpty)
  }

  @Test func frozenPartsAreConstants() {
    let (_, expected) = whole()
    for pair in [
      Pair(generator: generator.frozen, critic: critic), Pair(generator: generator, critic: critic.frozen),
    ] {
      let (_, gradients) = valueWithGradients(of: pair) { pair, tape in
        pair.critic(pair.generator(tape.constant(z))).squared().sum()
      }
      let frozen = pair.generator.frozenCount > 0 ? "generator" : "critic"
      for slot in gradients.layout.slots {
        #expect(slot.isFrozen == slot.path.hasPrefix(frozen))
        if !slot.isFrozen { #expect(gradients[slot.path].values == expected[slot.path].values, "\(slot.path)") }
      }
      var (trained, adam) = (pair, Adam(learningRate: 0.1))
      adam.update(&trained, along: gradients)
      for (before, after) in zip(pair.parameters, trained.parameters) {
        #expect((before.value.values == after.value.values) == before.path.hasPrefix(frozen), "\(before.path)")
      }
    }
    #expect(generator.frozen.unfrozen.frozenCount == 0 && generator.frozen.frozenCount == 4)
  }

  /// A teacher that is the student of an hour ago: a constant, though its parameters are the student's.
  @Test func aFrozenCopyBesideItsModel() {
    let target = generator.frozen
    func gradients(_ target: @escaping (Variable) -> Variable) -> [[Double]] {
      let gradients = valueWithGradients(of: generator) { generator, tape in
        let x = tape.constant(z)
        return (generator(x * 2) - target(x)).squared().sum()
      }.gradients
      return gradients.layout.slots.map { gradients[$0.path].values }
    }
    #expect(gradients { target($0) } == gradients { generator($0).detached() })
    #expect(gradients { target($0) } != gradients { generator($0) })
    let copy = generator.copied()
    #expect(gradients { target($0) } == gradients { copy($0) })
  }

  /// What a model's visit leaves out is a constant if it says so, and a mistake else.
  @Test func aHiddenTeacher() async {
    struct Student: Module {
      var layer: Sequential
      let teacher: Sequential
      mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("layer", &layer) }
      func loss(_ x: Variable) -> Variable { (layer(x) - teacher(x)).squared().sum() }
    }
    let (z, layer, teacher) = (z, generator, Self.tower([3, 5], seed: 3))
    let student = Student(layer: layer, teacher: teacher.frozen)
    #expect(student.hiddenParameters.isEmpty)
    let found = valueWithGradients(of: student) { student, tape in student.loss(tape.constant(z)) }.gradients
    let expected = valueWithGradients(of: layer) { layer, tape in
      (layer(tape.constant(z)) - teacher(tape.constant(z))).squared().sum()
    }.gradients
    #expect(found.flat.doubles() == expected.flat.doubles())
    await #expect(processExitsWith: .success) {
      let student = Student(
        layer: SeveralModelTests.tower([3, 5], seed: 1), teacher: SeveralModelTests.tower([3, 5], seed: 3))
      let z = Tensor(zeros: [1, 3], element: .float64)
      expectStop(
        "Tape: the parameter teacher.layers.0.kernel [3, 5] is used, but the model's visit(_:) does not show it, so that "
          + "it would never learn; show it there, or store a frozen copy", "hidden"
      ) { _ = valueWithGradients(of: student) { student, tape in student.loss(tape.constant(z)) } }
      expectStop("is used, but the model's visit(_:) does not show it", "with a layout") {
        let tape = Tape(layout: ParameterLayout(of: student))
        _ = student.loss(tape.constant(z))
      }
      expectStop("is used, but the model's visit(_:) does not show it", "of two") {
        _ = valueWithGradients(of: student.layer.copied(), student) { _, student, tape in student.loss(tape.constant(z))
        }
      }
    }
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .success) {
      let layer = SeveralModelTests.tower([3, 3], seed: 1)
      let z = Tensor(zeros: [1, 3], element: .float64)
      expectStop(
        "valueWithGradients: 0.kernel of one model is 0.kernel of another; make one of them with copied()", "twins"
      ) {
        _ = valueWithGradients(of: layer, layer) { a, b, tape in (a(tape.constant(z)) + b(tape.constant(z))).sum() }
      }
      var other = layer
      other.updateParameters { $1.value = Tensor(zeros: $1.value.shape, element: .float64) }
      let changed = other
      expectStop("Tape: 0.kernel has two values, the model's and that of a copy", "a copy") {
        _ = valueWithGradients(of: layer) { layer, tape in changed(layer(tape.constant(z))).sum() }
      }
      expectStop(
        "ParameterLayout: 1.kernel is the same parameter as 0.kernel; if they are to learn apart, make", "a list"
      ) {
        var list = Sequential(layer.layers[0], layer.layers[0])
        _ = ParameterLayout(of: list)
        list.layers[1] = layer.layers[0]
      }
      expectStop("Optimizer: 0.kernel is frozen, but the gradients are of a model where it is not", "optimizer") {
        var (frozen, sgd) = (layer.frozen, SGD(learningRate: 1))
        sgd.update(&frozen, along: Gradients(layout: ParameterLayout(of: layer)))
      }
      // The second model's paths begin with its place.
      expectStop("dense at 1.0: x [1, 2], kernel [3, 3]", "paths") {
        _ = valueWithGradients(of: layer, layer.copied()) { _, second, tape in
          second(tape.constant(Tensor(zeros: [1, 2], element: .float64))).sum()
        }
      }
    }
  }

  @Test func copiesInAList() {
    let layer = Dense(inputSize: 3, outputSize: 3, key: RandomKey(seed: 1))
    var list = Sequential(layer, layer.copied(), layer.copied())
    let (_, gradients) = valueWithGradients(of: list) { list, tape in
      list(tape.constant(Tensor(repeating: 1, shape: [1, 3]))).squared().sum()
    }
    var sgd = SGD(learningRate: 0.1)
    sgd.update(&list, along: gradients)
    let kernels = list.parameters.filter { $0.path.hasSuffix("kernel") }.map(\.value.values)
    #expect(Set(kernels).count == 3 && !kernels.contains(layer.kernel.value.values))
    let norm = BatchNorm(size: 2)
    #expect(norm.copied().runningMean.id != norm.runningMean.id && norm.copied().gamma.id != norm.gamma.id)
  }

  /// Running averages go to the model whose gradients are asked for; a frozen layer computes with its own.
  @Test func runningAverages() {
    let (first, second) = (BatchNorm(size: 3), BatchNorm(size: 3))
    let x = Tensor((0..<12).map { Double($0 * 5 % 7) }, shape: [4, 3])
    let training = Pass(isTraining: true)
    let both = valueWithGradients(of: first, second, pass: training) { first, second, tape in
      second(first(tape.constant(x)) * 3).sum()
    }.gradients
    #expect(both.0.bufferUpdates.map(\.id) == [first.runningMean.id, first.runningVariance.id])
    #expect(both.1.bufferUpdates.map(\.id) == [second.runningMean.id, second.runningVariance.id])
    let one = valueWithGradients(of: first, pass: training) { first, tape in
      second(first(tape.constant(x)) * 3).sum()
    }.gradients
    #expect(one.bufferUpdates.map(\.id) == both.0.bufferUpdates.map(\.id))
    let beside = valueWithGradients(of: first, pass: training) { [frozen = first.frozen] first, tape in
      let y = frozen(tape.constant(x))
      #expect(y.tensor.values == frozen(Tape().constant(x)).tensor.values)
      return (first(tape.constant(x)) - y).squared().sum()
    }.gradients
    #expect(beside.bufferUpdates.map(\.value.values) == one.bufferUpdates.map(\.value.values))
  }
}

extension Module {
  fileprivate var frozenCount: Int {
    var (copy, count) = (self, 0)
    copy.updateParameters { count += $1.isFrozen ? 1 : 0 }
    return count
  }
}
