import Latent
import TestSupport
import Testing

/// What a tape keeps, and when it lets go.
@Suite struct TapeMemoryTests {
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

  /// A product reads a transposed operand where it lies, forward and backward, and records nothing for it; whatever else
  /// asks for its elements gets them, once.
  @Test func transposedOperandsAreNotCopied() {
    let operands = Operands([
      "a": Tensor(repeating: 1, shape: [2, 3]), "b": Tensor(repeating: 1, shape: [100_000, 3]),
    ])
    let (layout, workspace) = (ParameterLayout(of: operands), Workspace())
    let tape = Tape(layout: layout, workspace: workspace)
    var names: [String] = []
    tape.observer = { names.append($0.operation) }
    let b = operands("b", on: tape).transposed()
    let y = matmul(operands("a", on: tape), b).sum()
    var gradients = Gradients(layout: layout)
    tape.backward(from: y, into: &gradients)
    #expect(names == ["matmul", "sum"] && y.scalar == 600_000)
    // The product and its gradient; b alone has 1.2 MB.
    #expect(workspace.allocatedBytes < 2_200_000, "\(workspace.allocatedBytes)")
    #expect(b.shape == [3, 100_000] && b.tensor.values == Array(repeating: 1, count: 300_000))

    let other = Tape(layout: layout)
    other.observer = { names.append($0.operation) }
    let moved = operands("b", on: other).transposed()
    _ = (moved + 1, moved * moved)
    #expect(names == ["matmul", "sum", "transposed", "+", "*"])
  }

  /// What a step gives back, the next one takes: no growth after the first.
  @Test(arguments: ElementType.computing)
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
}
