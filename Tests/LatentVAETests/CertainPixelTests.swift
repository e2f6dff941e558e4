import Latent
import LatentVAE
import TestSupport
import Testing

/// Logits of infinity: a decoder that is certain.
@Suite struct CertainPixelTests {
  private let likelihood = BernoulliLikelihood()

  /// Certain and right costs nothing, certain and wrong infinitely much; other rows are what they are without them.
  @Test(arguments: ElementType.computing)
  func rows(_ element: ElementType) {
    let tape = Tape()
    let inf = Double.infinity
    let logits = tape.constant(Tensor([inf, -inf, 1, inf, 0, 1, inf, 0, 1], shape: [3, 3], element: element))
    let x = tape.constant(Tensor([1, 0, 1, 0, 0, 1, 0.5, 0, 1], shape: [3, 3], element: element))
    let sums = likelihood.negativeLogLikelihoods(logits, of: x).tensor.values
    #expect(abs(sums[0] - 0.31326168751822286) < 1e-6)  // log(1 + exp(-1))
    #expect(sums[1] == .infinity && sums[2] == .infinity)
    let nan = tape.constant(Tensor([.nan, 0, 1], shape: [1, 3], element: element))
    #expect(likelihood.negativeLogLikelihoods(nan, of: nan).scalar.isNaN)
  }

  /// Of two samples, one is impossible: the bound is the other's, and gradients are finite.
  @Test func impossibleSample() {
    let inf = Double.infinity
    let operands = Operands(["logits": Tensor([inf, 1, -inf, 2], shape: [1, 2, 2], element: .float64)])
    let (bound, gradients) = valueWithGradients(of: operands) { operands, tape in
      let x = tape.constant(Tensor([0, 1], shape: [1, 1, 2], element: .float64))
      let logWeights = 0.0 - likelihood.negativeLogLikelihoods(operands("logits", on: tape), of: x)
      return logWeights.logSumExp(axes: [1]).sum()
    }
    #expect(abs(bound + 0.126928011042972) < 1e-12)  // -log(1 + exp(-2))
    let slopes = gradients["logits"].values
    #expect(slopes.prefix(3) == [0, 0, 0])
    #expect(abs(slopes[3] - 0.11920292202211755) < 1e-12)  // 1 - sigmoid(2)
  }
}
