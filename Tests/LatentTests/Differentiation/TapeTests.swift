import Latent
import TestSupport
import Testing

/// What a tape records, and the gradients it gives.
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
    var gradients = Gradients(layout: layout)
    gradients.flat.fill(.nan)  // what an earlier step left
    let tape = Tape(layout: layout)
    _ = operands("blocked", on: tape) * operands("blocked", on: tape)  // on the tape, but not part of the loss
    tape.backward(from: operands("used", on: tape).sum(), into: &gradients)
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
    var gradients = Gradients(layout: layout)
    gradients.flat.fill(.nan)
    let tape = Tape(layout: layout)
    tape.backward(from: operands("w", on: tape), seed: 0.25, into: &gradients)
    #expect(gradients["w"].values == [0.25])
    #expect(gradients["other"].values == [0, 0])
  }

  @Test func theSeedScalesAllGradients() {
    let operands = Operands(["w": tensor([1, -2])])
    let layout = ParameterLayout(of: operands)
    var gradients = Gradients(layout: layout)
    let tape = Tape(layout: layout)
    let w = operands("w", on: tape)
    tape.backward(from: (w * w).sum(), seed: 0.125, into: &gradients)
    #expect(gradients["w"].values == [0.25, -0.5])
  }

  @Test(arguments: ElementType.computing)
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
