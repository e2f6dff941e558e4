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

  /// A number for what has no label, outside of the classes or one of them.
  @Test(arguments: [-100, 1, 7])
  func ignoredClasses(_ ignoring: Int) {
    let logits = Tensor([[1, 2, 0.5], [0, -1, 3], [2, 2, 2]], element: .float64)
    let classes = Tensor([2, Double(ignoring), 0], element: .float64)
    let (value, slopes) = valueWithGradient(at: logits) {
      crossEntropies(logits: $0, classes: classes, ignoring: ignoring).sum()
    }
    let kept = valueWithGradient(at: logits.gathered(rows: [0, 2])) { 2 * crossEntropy(logits: $0, labels: [2, 0]) }
    #expect(abs(value - kept.value) < 1e-12)
    #expect(slopes[1].values == [0, 0, 0])
    for (a, b) in zip(slopes.gathered(rows: [0, 2]).values, kept.gradient.values) { #expect(abs(a - b) < 1e-12) }
    let losses = crossEntropies(logits: logits, classes: classes, ignoring: ignoring)
    #expect(losses.values[1] == 0 && losses.values[0] > 0)
  }
}
