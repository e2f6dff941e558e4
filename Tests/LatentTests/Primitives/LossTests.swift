import Latent
import Testing

/// What belongs to losses of classes; `LossCases` has the losses.
@Suite struct LossTests {
  @Test func classes() {
    #expect(Tensor(oneHot: [1, 0], classes: 3).values == [0, 1, 0, 1, 0, 0])
    #expect(Tensor([1, 3, 3, 5, 4, 0], shape: [2, 3]).largestIndices() == [1, 0])
    // Logits that would overflow exp.
    let huge = Tape().constant(Tensor([1e4, 0, -1e4], shape: [1, 3]))
    #expect(crossEntropy(logits: huge, labels: [1]).scalar == 1e4)
  }
}
