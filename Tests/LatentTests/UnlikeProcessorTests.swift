import Foundation
import Latent
import TestSupport
import Testing

/// What is no layer and no primitive has the same bits with every instruction set that fuses multiply-adds, too: optimizers,
/// clipping, first weights, QR factorisations and large products. `ConformanceTests` looks at layers and primitives.
@Suite struct UnlikeProcessorTests {
  /// In a child process, where nothing else runs while the loops are exchanged.
  @Test(.enabled(if: InstructionSets.compared.count > 1))
  func sameBits() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for failure in ElementType.computing.flatMap({ UnlikeProcessorTests.failures($0) }) {
        FileHandle.standardError.write(Data((failure + "\n").utf8))
      }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }

  private static func failures(_ element: ElementType) -> [String] {
    optimizers(element) + firstWeights(element) + linearAlgebra(element)
  }

  private static func optimizers(_ element: ElementType) -> [String] {
    OptimizerTests.cases.flatMap { test in
      InstructionSets.differences("\(test.testDescription), \(element)") {
        var (optimizer, training) = (test.optimizer, OptimizerSample(element))
        for _ in 0..<5 {
          var gradients = training.nextGradients()
          GradientClipping.globalNorm(3).clip(&gradients)
          optimizer.update(&training.model, along: gradients)
        }
        return [training.weights]
      }
    }
  }

  private static func firstWeights(_ element: ElementType) -> [String] {
    let all: [Initializer] = [
      .constant(0.1), .uniform(-0.3...0.7), .normal(standardDeviation: 0.3), .truncatedNormal(standardDeviation: 0.3),
      .glorotUniform, .glorotNormal, .heUniform, .heNormal, .lecunUniform, .lecunNormal, .orthogonal,
    ]
    return all.flatMap { initializer in
      [[33, 132], [70, 70], [129, 31]].flatMap { shape in
        InstructionSets.differences("\(initializer) \(shape), \(element)") {
          [initializer(shape: shape, key: RandomKey(seed: 5), element: element).values]
        }
      }
    }
  }

  /// Products below and above the size from which operands are packed.
  private static func linearAlgebra(_ element: ElementType) -> [String] {
    var sample = SampleValues(seed: 12)
    let a = Tensor(sample.numbers(97 * 131), shape: [97, 131], element: element)
    let b = Tensor(sample.numbers(131 * 90), shape: [131, 90], element: element)
    return InstructionSets.differences("linear algebra, \(element)") {
      let tape = Tape()
      let (left, right) = (tape.constant(a), tape.constant(b))
      let (q, r) = LinearAlgebra.qr(b)
      return [
        matmul(left, right).tensor.values, matmul(tape.constant(a[rows: 0..<30]), right).tensor.values,
        matmul(left, left.transposed()).tensor.values, q.values, r.values,
      ]
    }
  }
}
