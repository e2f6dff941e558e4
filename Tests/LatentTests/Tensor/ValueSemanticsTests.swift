import TestSupport
import Testing

@testable import Latent

/// Writing into a value changes no copy of it, and what a value lets others see can't be written.
@Suite struct ValueSemanticsTests {
  private let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])

  @Test func tensors() {
    var copies = [
      x, x.reshaped(to: [3, 2]), Tensor(x.contents, shape: [6]), x[rows: 0..<2], x.converted(to: .float32),
    ]
    for place in copies.indices {
      copies[place].withMutableContents { $0.fill(Double(place)) }
      #expect(copies[place].values == Array(repeating: Double(place), count: 6))
    }
    #expect(x.values == [1, 2, 3, 4, 5, 6])
    var row = x[rows: 1..<2]
    row.withMutableContents { $0.assign(.multiply, x.contents[0..<3], 10) }
    #expect(row.values == [10, 20, 30] && x.values == [1, 2, 3, 4, 5, 6])
    // What nobody shares is written where it is.
    let place = row.storage.place
    row.withMutableContents { $0.fill(0) }
    #expect(row.storage.place == place)
    #expect(!row.contents.copy().isReadOnly && row.contents[0..<1].isReadOnly && row.contents.isReadOnly)
  }

  @Test func models() throws {
    let layer = Dense(inputSize: 3, outputSize: 2, key: RandomKey(seed: 1))
    let before = layer.kernel.value.values
    var copy = layer
    copy.kernel.value.withMutableContents { $0.fill(0) }
    copy.updateParameters { $1.value.withMutableContents { $0.fill(1) } }
    #expect(layer.kernel.value.values == before && copy.kernel.value.values == Array(repeating: 1, count: 6))
    for (_, tensor) in layer.parameters {
      var tensor = tensor
      tensor.withMutableContents { $0.fill(9) }
    }
    var loaded = copy
    try loaded.load(Dictionary(uniqueKeysWithValues: layer.tensors.map { ($0.path, $0.value) }))
    loaded.kernel.value.withMutableContents { $0.fill(2) }
    #expect(layer.kernel.value.values == before)
    let norm = BatchNorm(size: 2)
    var other = norm
    other.runningMean.value.withMutableContents { $0.fill(5) }
    other.updateBuffers { $1.value.withMutableContents { $0.fill(6) } }
    #expect(norm.runningMean.value.values == [0, 0])
  }

  @Test func gradients() {
    let layer = Dense(inputSize: 3, outputSize: 2, key: RandomKey(seed: 1))
    let layout = ParameterLayout(of: layer)
    func step() -> Gradients {
      valueWithGradients(of: layer, layout: layout) { $0($1.constant(x)).squared().sum() }.gradients
    }
    let found = step()
    let before = found.contents.doubles()
    var kernel = found["kernel"]
    kernel.withMutableContents { $0.fill(0) }
    let writers: [(inout Gradients) -> Void] = [
      { $0.withMutableContents { $0.fill(0) } },
      { $0["kernel"] = Tensor(zeros: [3, 2]) },
      { GradientClipping.norm(1e-3).clip(&$0) },
      { GradientClipping.value(1e-3).clip(&$0) },
      { $0 += found },
      { $0 *= 3 },
      { $0 /= 3 },
      {
        let tape = Tape(layout: layout)
        tape.backward(from: layer(tape.constant(x)).sum(), into: &$0)
      },
    ]
    for (place, write) in writers.enumerated() {
      var copy = found
      write(&copy)
      #expect(copy.contents.doubles() != before, "writer \(place)")
      #expect(found.contents.doubles() == before, "writer \(place)")
    }
    var set = found
    set["bias"] = Tensor([7, 8], shape: [2])
    #expect(set["bias"].values == [7, 8] && set["kernel"].values == found["kernel"].values)
    // Gradients in a workspace are not those of the next step.
    let workspace = Workspace()
    let first = valueWithGradients(of: layer, workspace: workspace) { $0($1.constant(x)).squared().sum() }.gradients
    _ = valueWithGradients(of: layer, workspace: workspace) { $0($1.constant(x)).sum() }
    #expect(first.contents.doubles() == before)
  }

  @Test func optimizers() {
    var (layer, adam) = (Dense(inputSize: 3, outputSize: 2, key: RandomKey(seed: 1)), Adam())
    let gradients = valueWithGradients(of: layer) { $0($1.constant(x)).squared().sum() }.gradients
    adam.update(&layer, along: gradients)
    let (state, weights) = (adam.state, layer)
    let before = (state.slots.map { $0.values.doubles() }, weights.kernel.value.values)
    adam.update(&layer, along: gradients)
    #expect(state.slots.map { $0.values.doubles() } == before.0 && weights.kernel.value.values == before.1)
    // A state of numbers that somebody else reads too.
    let numbers = Tensor(state.slots[0].values.doubles(), shape: [state.slots[0].values.count])
    var resumed = Adam()
    resumed.state = OptimizerState(
      step: 1, slots: resumed.slotNames.map { OptimizerState.Slot(name: $0, values: numbers.contents) })
    resumed.update(&layer, along: gradients)
    #expect(numbers.values == before.0[0] && resumed.state.slots[0].values.doubles() != before.0[0])
  }

  /// What an observer keeps, it keeps.
  @Test func observations() {
    let lstm = LSTM(inputSize: 3, hiddenSize: 4, key: RandomKey(seed: 1))
    let model = Sequential(lstm, Dense(inputSize: 4, outputSize: 2, activation: .tanh, key: RandomKey(seed: 2)))
    var seen: [(tensor: Tensor, values: [Double])] = []
    let tape = Tape(layout: ParameterLayout(of: model))
    tape.observer = { seen.append(($0.output, $0.output.values)) }
    _ = tape.backward(from: model(tape.constant(x.reshaped(to: [1, 2, 3]))).squared().sum())
    #expect(seen.count >= 4 && seen.allSatisfy { $0.tensor.values == $0.values })
  }

  /// However it is tried.
  @Test func whatIsForReadingIsNotWritten() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor([1, 2, 3, 4], shape: [2, 2])
      let (layer, other) = (
        Dense(inputSize: 2, outputSize: 2, key: RandomKey(seed: 1)), Tensor(zeros: [2, 2]).contents
      )
      var (trained, adam) = (layer, Adam())
      let gradients = valueWithGradients(of: layer) { $0($1.constant(x)).sum() }.gradients
      adam.update(&trained, along: gradients)
      let message = "Storage: these elements are for reading; withMutableContents(_:) of what they belong to lets"
      let attempts: [(String, () -> Void)] = [
        ("fill", { x.contents.fill(0) }),
        ("assign", { x.contents.assign(.exp, of: other) }),
        ("arithmetic", { x.contents.assign(.add, other, other) }),
        ("numbers", { x.contents.assign([1, 2, 3, 4]) }),
        ("conversion", { x.contents.assign(converting: Storage(count: 4, element: .float64)) }),
        ("a part", { x.contents[1..<2].fill(0) }),
        ("bytes", { x.contents.withUnsafeMutableBytes { $0[0] = 1 } }),
        ("limits", { x.contents.clamp(to: 0...1) }),
        (
          "a product",
          {
            let matrix = Matrix(other, rows: 2, columns: 2)
            multiply(matrix, matrix, into: Matrix(x.contents, rows: 2, columns: 2))
          }
        ),
        (
          "moments",
          { Storage(count: 4, element: .float32).columnMoments(mean: x.contents[0..<2], variance: other[0..<2]) }
        ),
        ("gradients", { gradients.contents.fill(0) }),
        ("moments of an optimizer", { adam.state.slots[0].values.fill(0) }),
        ("parameters", { layer.kernel.value.contents.fill(0) }),
      ]
      for (name, attempt) in attempts { expectStop(message, name, attempt) }
      expectStop("Gradients: [2] of float32 for kernel, [2, 2] of float32", "a gradient's shape") {
        var gradients = gradients
        gradients["kernel"] = Tensor(zeros: [2])
      }
    }
  }
}
