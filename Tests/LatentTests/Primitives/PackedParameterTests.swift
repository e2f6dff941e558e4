import Latent
import TestSupport
import Testing

/// Products with a parameter, which is packed once a step, beside those with any other matrix.
@Suite struct PackedParameterTests {
  private struct Weights: Module {
    var matrix: Parameter, x: Parameter
    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("matrix", &matrix)
      visitor.visit("x", &x)
    }
  }

  /// Values and gradients have the same bits, of stacks and of transpositions.
  @Test(arguments: [Precision.full, .mixed], [false, true])
  func sameBits(precision: Precision, isTransposed: Bool) {
    let (inputs, outputs) = (128, 96)
    let key = RandomKey(seed: 3)
    let weights = Weights(
      matrix: Parameter(
        Initializer.normal(standardDeviation: 1)(
          shape: isTransposed ? [outputs, inputs] : [inputs, outputs], key: key.child(1))),
      x: Parameter(Initializer.normal(standardDeviation: 1)(shape: [2, 64, inputs], key: key.child(2))))
    func find(_ matrix: (Variable) -> Variable) -> (value: Double, gradients: Gradients) {
      valueWithGradients(of: weights, precision: precision) { weights, tape in
        let w = matrix(weights.matrix.on(tape))
        return (0..<3).reduce(weights.x.on(tape).sum() * 0) { sum, step in
          let y = matmul(weights.x.on(tape) * Double(step + 1), isTransposed ? w.transposed() : w)
          return sum + y.tanh().squared().sum()
        }
      }
    }
    let packed = find { $0 }
    let other = find { $0 * 1 }
    #expect(packed.value == other.value && packed.value != 0)
    for path in ["matrix", "x"] {
      #expect(packed.gradients[path].values == other.gradients[path].values, "\(path)")
    }
  }
}
