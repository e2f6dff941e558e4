import Foundation
import Latent
import TestSupport
import Testing

/// What operations along axes, of shapes and of linear algebra say where something does not fit.
@Suite struct OperationMisuseTests {
  /// Each with x [2, 3] and the message that it should stop with.
  private static let cases: [(message: String, run: @Sendable (Variable) -> Void)] = [
    ("argmax: axis 2 of the shape [2, 3]", { _ = $0.argmax(axis: 2) }),
    ("argmin: no elements along axis 1 of the shape [2, 0]", { _ = $0.sliced(0..<0, axis: 1).argmin(axis: 1) }),
    ("topK: 4 along axis -1 of the shape [2, 3]", { _ = $0.topK(4) }),
    (
      "gathered: 1 of 2 places are no whole numbers in 0..<3",
      { x in
        _ = x.gathered(at: x.tape.constant(Tensor([0, 3], shape: [2, 1])), axis: 1)
      }
    ),
    (
      "gathered: places [3, 1] of float32 along axis 1 of the shape [2, 3] of float32",
      { x in
        _ = x.gathered(at: x.tape.constant(Tensor(zeros: [3, 1])), axis: 1)
      }
    ),
    (
      "scatterAdd: source [2, 2] of float32, places [2, 1], into [2, 3] of float32",
      { x in
        _ = x.scatterAdd(x.sliced(0..<2, axis: 1), at: x.tape.constant(Tensor(zeros: [2, 1])), axis: 1)
      }
    ),
    (
      "segmentSum: 3 segments for the shape [2, 3]; one in 0..<2 is needed for each row",
      {
        _ = $0.segmentSum([0, 1, 0], count: 2)
      }
    ),
    (
      "segmentMax: 2 segments for the shape [2, 3]; one in 0..<2 is needed for each row",
      {
        _ = $0.segmentMax([0, 2], count: 2)
      }
    ),
    (
      "segmentMin: 0 segments for the shape [2, 3]; one in 0..<2 is needed for each row",
      {
        _ = $0.segmentMin([], count: 2)
      }
    ),
    (
      "segmentMean: 2 segments for the shape [2, 3]; one in 0..<1 is needed for each row",
      {
        _ = $0.segmentMean([0, -1], count: 1)
      }
    ),
    (
      "segmentSoftmax: 1 segments for the shape []; one in 0..<1 is needed for each row",
      {
        _ = $0.sum().segmentSoftmax([0], count: 1)
      }
    ),
    (
      "crossEntropies: the class at [1] of [2] is 3.0, no whole number in 0..<3; ignoring:",
      {
        _ = crossEntropies(logits: $0, classes: Tensor([0, 3]))
      }
    ),
    (
      "crossEntropies: the class at [0] of [2] is 0.5, no whole number in 0..<3 and not -1, which is ignored",
      {
        _ = crossEntropies(logits: $0, classes: Tensor([0.5, -1]), ignoring: -1)
      }
    ),
    ("oneHot: 3 of 6 elements are no whole numbers in 0..<3", { _ = $0.oneHot(3) }),
    ("flipped: [0, 0] are not different axes of the shape [2, 3]", { _ = $0.flipped(axes: [0, 0]) }),
    ("tril: the shape [3] has no rows and columns", { _ = $0.sum(axes: [0]).tril() }),
    ("outer: [2, 3] and [2, 3] are not [M] and [N]", { _ = outer($0, $0) }),
    ("einsum: ij,jk of [[2, 3], [2, 3]]: sizes 3 and 2 of one dimension", { _ = einsum("ij,jk", $0, $0) }),
    ("einsum: ij->ik of [[2, 3]]: a dimension of the result is none of an operand", { _ = einsum("ij->ik", $0) }),
    ("einsum: ijk of [[2, 3]]: ijk names 3 dimensions of an operand that has 2", { _ = einsum("ijk", $0) }),
    ("einsum: ij of [[2, 3], [2, 3]]: 1 terms for 2 operands", { _ = einsum("ij", $0, $0) }),
    (
      "solve: [2, 3] of float32 and [2, 3] of float32 do not fit [..., n, n], [..., n, k]",
      {
        _ = LinearAlgebra.solve($0, $0)
      }
    ),
    ("cholesky: the shape [2, 3] is not [..., n, n]", { _ = LinearAlgebra.cholesky($0) }),
    (
      "categorical: [2, 3] with 1 examples; [B, ...] and B are needed",
      {
        _ = categorical(logits: $0, key: RandomKey(seed: 1), examples: [0])
      }
    ),
    (
      "gumbelSoftmax: a temperature of 0.0; above 0 is needed",
      {
        _ = gumbelSoftmax($0, temperature: 0, key: RandomKey(seed: 1), examples: [0, 1])
      }
    ),
    (
      "multinomial: 4 of [2, 3], replacing false",
      {
        _ = multinomial(logits: $0, count: 4, key: RandomKey(seed: 1), examples: [0, 1])
      }
    ),
  ]

  /// All in one child process, in copies of it.
  @Test func messages() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for (expected, run) in OperationMisuseTests.cases {
        let (hasStopped, message) = stopMessage {
          run(Tape().constant(Tensor([0, 1, 2, 3, 4, 5], shape: [2, 3])))
        }
        if !hasStopped || !message.contains("Fatal error: \(expected)") {
          FileHandle.standardError.write(Data("\(expected): \(message)\n".utf8))
        }
      }
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } == "")
  }

  /// A matrix without an inverse gives NaN, beside others that have one.
  @Test func singularMatrices() {
    let tape = Tape()
    let a = tape.constant(Tensor([1, 2, 2, 4, 2, 0, 0, 4], shape: [2, 2, 2], element: .float64))
    let inverse = LinearAlgebra.inverse(a).tensor.values
    #expect(inverse[..<4].allSatisfy { $0.isNaN } && Array(inverse[4...]) == [0.5, 0, 0, 0.25])
    #expect(LinearAlgebra.logDeterminant(a).tensor.values[0] == -.infinity)
    let l = LinearAlgebra.cholesky(tape.constant(Tensor([-1, 0, 0, 1, 4, 0, 0, 9], shape: [2, 2, 2]))).tensor.values
    #expect(l[..<4].allSatisfy { $0.isNaN } && Array(l[4...]) == [2, 0, 0, 3])
  }
}
