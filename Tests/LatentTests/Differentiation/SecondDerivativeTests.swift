import TestSupport
import Testing

@testable import Latent

/// Gradients that are differentiated again, by hand; `ConformanceTests` has every primitive and every layer.
@Suite struct SecondDerivativeTests {
  private func point(_ values: [Double]) -> Tensor { Tensor(values, shape: [values.count], element: .float64) }

  @Test func powers() {
    // x^4: 4 x^3, 12 x^2, 24 x, 24
    func fourth(_ x: Variable) -> Variable { (x * x * x * x).sum() }
    func slope(_ f: @escaping (Variable) -> Variable) -> (Variable) -> Variable { { gradient(at: $0, f).sum() } }
    let x = point([3, -1])
    #expect(gradient(at: x, fourth).values == [108, -4])
    #expect(gradient(at: x, slope(fourth)).values == [108, 12])
    #expect(gradient(at: x, slope(slope(fourth))).values == [72, -24])
    #expect(gradient(at: x, slope(slope(slope(fourth)))).values == [24, 24])
  }

  /// x may stand outside of the inner function too: there it is another argument.
  @Test func partialDerivatives() {
    let slope = gradient(at: point([3])) { x in
      (x * gradient(at: x) { y in (x * y * y).sum() }).sum()  // x 2 x x
    }
    #expect(slope.values == [6 * 9])
    let constant = gradient(at: point([3])) { x in (x * gradient(at: x.detached()) { ($0 * $0).sum() }).sum() }
    #expect(constant.values == [6])
    let several = gradient(at: point([3]), point([5])) { x, y in
      let (dx, dy) = gradient(at: x, y) { ($0 * $0 * $1).sum() }  // 2 x y, x^2
      return (dx * dy).sum()  // 2 x^3 y
    }
    #expect(several.0.values == [6 * 9 * 5] && several.1.values == [2 * 27])
  }

  @Test func products() {
    let a = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2], element: .float64)
    func linear(_ x: Variable) -> Variable { matmul(x.tape.constant(a), x.reshaped(to: [2, 1])).reshaped(to: [3]) }
    let x = point([7, 8])
    let forward = jacobianVectorProduct(at: x, along: point([1, -1]), linear)
    #expect(forward.value.values == [23, 53, 83] && forward.product.values == [-1, -1, -1])
    let back = vectorJacobianProduct(at: x, along: point([1, 0, 1]), linear)
    #expect(back.value.values == [23, 53, 83] && back.product.values == [6, 8])
    let all = jacobian(at: x, linear)
    #expect(all.values == a.values && all.shape == [3, 2])
    let second = hessian(at: x) { (linear($0).squared()).sum() }  // 2 a^T a
    #expect(second.values == [70, 88, 88, 112] && second.shape == [2, 2])
    let along = hessianVectorProduct(at: x, along: point([1, -1])) { (linear($0).squared()).sum() }
    #expect(along.values == [-18, -24])
    // Of what does not depend on the argument.
    let constant = jacobianVectorProduct(at: x, along: x) { $0.tape.constant(a) }
    #expect(constant.product.values == [Double](repeating: 0, count: 6) && constant.product.shape == [3, 2])
    #expect(hessian(at: x) { 3 * $0.sum() }.values == [0, 0, 0, 0])
    #expect(jacobian(at: x) { $0 }.values == [1, 0, 0, 1])
  }

  /// The tape of a gradient in a loss has no rules afterwards, so that it is freed.
  @Test func tapesAreFreed() {
    weak var watched: Tape?
    do {
      let dense = Dense(inputSize: 2, outputSize: 1, key: RandomKey(seed: 1), element: .float64)
      let (_, gradients) = valueWithGradients(of: dense) { dense, tape in
        watched = tape
        let x = tape.constant(Tensor(repeating: 1, shape: [3, 2], element: .float64))
        return gradient(at: x) { dense($0).squared().sum() }.squared().sum()
      }
      #expect(gradients["kernel"].values.allSatisfy { $0 != 0 })
    }
    #expect(watched == nil)
    let tape = Tape()
    let slope = gradient(at: tape.constant(point([2]))) { $0.squared().sum() }
    #expect(
      slope.tensor.values == [4] && tape.recording.nodes.isEmpty && !tape.isRecording && !tape.isDifferentiatedAgain)
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .failure) {
      let x = Tensor([1, 2], shape: [2])
      _ = gradient(at: x) { outer in
        outer.tape.constant(gradient(at: outer.tensor) { ($0 * $0).sum() }).sum()
      }
    }
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = gradient(at: Tensor([1, 2], shape: [2])) { x in
        gradient(at: x) { x in
          x.tape.record("mine", inputs: [x], output: x.tensor) { $0.add($0.upstream, to: 0) }.sum()
        }.sum()
      }
    }
    let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(message.contains("mine: its gradient can't be differentiated again"))
  }
}
