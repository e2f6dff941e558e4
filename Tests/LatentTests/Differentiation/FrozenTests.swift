import TestSupport
import Testing

@testable import Latent

/// What is frozen costs nothing on the way back, and changes nothing for the others.
@Suite struct FrozenTests {
  /// Four dense layers.
  private struct Tower: Module {
    var layers: [Dense]

    init(width: Int) {
      layers = (0..<4).map {
        Dense(inputSize: width, outputSize: width, activation: .tanh, key: RandomKey(seed: UInt64($0)))
      }
    }

    mutating func visit(_ visitor: inout ParameterVisitor) {
      for place in layers.indices { visitor.visit("layer\(place)", &layers[place]) }
    }

    func callAsFunction(_ x: Variable) -> Variable { layers.reduce(x) { $1($0) } }
  }

  /// One step of a tower with some layers frozen.
  private func step(_ tower: Tower, frozen: [Int]) -> (gradients: Gradients, nodes: Int, bytes: Int, flops: Double) {
    let groups = ParameterGroups(frozen.map { .under("layer\($0)", isFrozen: true) })
    let (layout, workspace, profiler) = (ParameterLayout(of: tower, groups: groups), Workspace(), Profiler())
    profiler.start()
    let tape = Tape(layout: layout, workspace: workspace, profile: profiler.lane(0))
    let x = tape.constant(Tensor(repeating: 0.5, shape: [16, tower.layers[0].kernel.value.shape[0]]))
    let loss = tower(x).squared().sum()
    let nodes = tape.recording.nodes.count
    var gradients = Gradients(layout: layout)
    tape.backward(from: loss, into: &gradients)
    profiler.stop()
    let rows = profiler.profile.rows.filter { $0.name.hasPrefix("layer") }
    return (gradients, nodes, workspace.allocatedBytes, rows.reduce(0) { $0 + $1.backward.flops })
  }

  @Test func nothingIsComputedForThem() {
    let tower = Tower(width: 64)
    let (product, all) = (2.0 * 16 * 64 * 64, step(tower, frozen: []))
    // Of each layer its result and two parameters, and what makes the loss.
    #expect(all.nodes == 14 && all.flops == 7 * product)
    let last = step(tower, frozen: [0, 1, 2])
    #expect(last.nodes == 5 && last.flops == product && last.bytes < all.bytes)
    // The way back goes on to the first layer, by no more than the products on it.
    let first = step(tower, frozen: [1, 2, 3])
    #expect(first.nodes == 8 && first.flops == 4 * product)
    let middle = step(tower, frozen: [0, 2])
    #expect(middle.nodes == 9 && middle.flops == 4 * product)
    for (found, kept) in [(last, [3]), (first, [0]), (middle, [1, 3])] {
      for path in kept.flatMap({ ["layer\($0).kernel", "layer\($0).bias"] }) {
        #expect(found.gradients[path].values == all.gradients[path].values, "\(path)")
      }
      #expect(found.gradients.flat.count == kept.count * (64 * 64 + 64))
    }
  }

  /// A model with all of it frozen has gradients of no elements, and no step changes it.
  @Test func allOfThem() {
    var tower = Tower(width: 8)
    var adam = Adam()
    adam.groups = [.named("kernel", isFrozen: true), .named("bias", isFrozen: true)]
    let layout = ParameterLayout(of: tower, groups: adam.groups)
    let before = tower.parameters.map(\.value.values)
    let (loss, gradients) = valueWithGradients(of: tower, layout: layout) { tower, tape in
      tower(tape.constant(Tensor(repeating: 1, shape: [2, 8]))).sum()
    }
    #expect(loss.isFinite && gradients.flat.count == 0 && gradients.globalNorm() == 0)
    adam.update(&tower, along: gradients)
    #expect(tower.parameters.map(\.value.values) == before && adam.state.slots.allSatisfy { $0.values.count == 0 })
  }

  /// The same weights, to the bit, as where gradients of all are found and some are not used; moments are kept of the others
  /// alone, read from states that have all, and begin at zero where something is frozen no more.
  @Test func stepsHaveTheSameBits() {
    let groups: ParameterGroups = [.under("layer1", isFrozen: true), .under("layer3.kernel", isFrozen: true)]
    func step(_ tower: inout Tower, _ adam: inout Adam, _ layout: ParameterLayout) {
      var (_, gradients) = valueWithGradients(of: tower, layout: layout) { tower, tape in
        tower(tape.constant(Tensor((0..<16).map { Double($0) / 8 - 1 }, shape: [2, 8]))).squared().sum()
      }
      GradientClipping.globalNorm(0.1).clip(&gradients, groups: adam.groups)
      adam.update(&tower, along: gradients)
    }
    let whole = ParameterLayout(of: Tower(width: 8))
    let partial = ParameterLayout(of: Tower(width: 8), groups: groups)
    var (a, b) = (Tower(width: 8), Tower(width: 8))
    // The layouts are of these models, whose parameters are others.
    let (wholeOfA, partialOfB) = (ParameterLayout(of: a), ParameterLayout(of: b, groups: groups))
    #expect(wholeOfA.count == whole.count && partialOfB.count == partial.count && partial.count < whole.count)
    var (all, some) = (Adam(), Adam())
    all.groups = groups
    some.groups = groups
    for _ in 0..<3 { (step(&a, &all, wholeOfA), step(&b, &some, partialOfB)) }
    let weights = { (tower: Tower) in tower.parameters.map(\.value.values) }
    #expect(weights(a) == weights(b) && weights(a) != weights(Tower(width: 8)))
    #expect(some.state.slots.allSatisfy { $0.values.count == partial.count } && some.state.frozen == [2, 3, 6])
    // A state of before has numbers of all.
    var resumed = Adam()
    resumed.groups = groups
    resumed.state = all.state
    var c = b
    step(&c, &resumed, partialOfB)
    step(&b, &some, partialOfB)
    #expect(weights(c) == weights(b) && resumed.state.slots[0].values.doubles() == some.state.slots[0].values.doubles())
    // Free again: as an optimizer that has kept zeros for them.
    step(&a, &all, wholeOfA)
    (all.groups, some.groups) = ([], [])
    (step(&a, &all, wholeOfA), step(&b, &some, ParameterLayout(of: b)))
    #expect(weights(a) == weights(b))
  }
}
