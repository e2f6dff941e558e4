import Latent
import TestSupport
import Testing

/// Variables and tensors in one expression, and shapes that are to be completed.
@Suite struct MixedOperatorTests {
  private let a = Tensor([1, 2, 3, 4], shape: [2, 2])
  private let b = Tensor([5, 6, 7, 8], shape: [2, 2])

  @Test func aTensorIsAConstant() {
    let (tape, other) = (Tape(), Tape())
    let (x, y) = (tape.constant(a), other.constant(b))
    let pairs: [(Variable, Tensor)] = [
      (x + b, a + b), (a + y, a + b), (x - b, a - b), (a - y, a - b), (x * b, a * b), (a * y, a * b), (x / b, a / b),
      (a / y, a / b), (matmul(x, b), matmul(a, b)), (matmul(a, y), matmul(a, b)),
    ]
    for (mixed, plain) in pairs { #expect(mixed.tensor.values == plain.values) }
  }

  @Test func gradientsGoToTheVariable() {
    struct Kernel: Module {
      var kernel: Parameter
      mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("kernel", &kernel) }
    }
    let (_, gradients) = valueWithGradients(of: Kernel(kernel: Parameter(a))) { model, tape in
      let kernel = model.kernel.on(tape)
      return (kernel * b + (b - kernel) + b / kernel).sum()
    }
    let expected = zip(a.values, b.values).map { $1 - 1 - $1 / ($0 * $0) }
    for (found, wanted) in zip(gradients["kernel"].values, expected) { #expect(abs(found - wanted) < 1e-5) }
  }

  @Test func aShapeIsCompleted() {
    let x = Tensor.arange(24)
    #expect(x.reshaped(to: [-1, 4]).shape == [6, 4] && x.reshaped(to: [2, -1, 3]).shape == [2, 4, 3])
    #expect(x.reshaped(to: [-1]).shape == [24] && Tensor(zeros: [0, 4]).reshaped(to: [-1, 2]).shape == [0, 2])
    #expect(Tape().constant(x).reshaped(to: [4, -1]).shape == [4, 6])
  }

  @Test(arguments: [[-1, 5], [-1, -1], [0, -1]]) func noShapeIsCompleted(_ shape: [Int]) async {
    for isVariable in [false, true] {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [shape = shape as [Int], isVariable = isVariable as Bool] in
        let x = Tensor.arange(24)
        if isVariable { _ = Tape().constant(x).reshaped(to: shape) } else { _ = x.reshaped(to: shape) }
      }
      let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
      #expect(message.contains("reshaped: [24] has not as many elements as \(shape)"))
    }
  }
}
