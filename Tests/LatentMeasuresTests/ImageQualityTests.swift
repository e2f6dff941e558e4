import Latent
import LatentMeasures
import Testing

/// Against scikit-image 0.25: `structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
/// data_range=1)` and `peak_signal_noise_ratio`, averaged over the images.
@Suite struct ImageQualityTests {
  struct Sample {
    let shape: [Int]
    let error: Double, noise: Double, explained: Double
    let similarity: Double?
  }

  static let samples = [
    Sample(
      shape: [3, 16, 14], error: 0.006523662093210177, noise: 21.8600276695129, explained: 0.8793234202681844,
      similarity: 0.9576358826601559),
    Sample(
      shape: [2, 9, 28], error: 0.006698385336735685, noise: 21.740861089792553, explained: 0.8178876786489929,
      similarity: nil),
    Sample(
      shape: [2, 28, 28], error: 0.006959646742936129, noise: 21.582428893196365, explained: 0.8365366005174211,
      similarity: 0.9568788864078541),
  ]

  static func images(_ shape: [Int]) -> (images: Tensor, originals: Tensor) {
    let originals = fractions(shape, key: 1)
    let noise = fractions(shape, key: 2).values
    let values = zip(originals.values, noise).map { min(1, max(0, $0 + 0.3 * ($1 - 0.5))) }
    return (Tensor(values, shape: shape, element: .float64), originals)
  }

  @Test(arguments: samples)
  func sameAsScikitImage(_ sample: Sample) {
    let (images, originals) = Self.images(sample.shape)
    let found = ImageQuality(of: images, against: originals)
    #expect(abs(found.meanSquaredError - sample.error) < 1e-10)
    #expect(abs(found.signalToNoise! - sample.noise) < 1e-6)
    #expect(abs(found.explainedVariance - sample.explained) < 1e-9)
    if let similarity = sample.similarity { #expect(abs(found.structuralSimilarity! - similarity) < 1e-9) }
  }

  /// More images than are looked at together give the average of all.
  @Test func manyImages() {
    let (images, originals) = Self.images([600, 12, 11])
    let whole = ImageQuality(of: images, against: originals)
    let parts = [0..<511, 511..<600].map {
      (ImageQuality(of: images[rows: $0], against: originals[rows: $0]), $0.count)
    }
    let similarity = parts.map { $0.structuralSimilarity! * Double($1) }.reduce(0, +) / 600
    #expect(abs(whole.structuralSimilarity! - similarity) < 1e-12)
    let noise = parts.map { $0.signalToNoise! * Double($1) }.reduce(0, +) / 600
    #expect(abs(whole.signalToNoise! - noise) < 1e-10)
  }

  @Test(arguments: [[2, 1, 1], [2, 2, 3], [1, 4, 30], [1, 28, 28]])
  func theSameImages(shape: [Int]) {
    let images = fractions(shape, key: 6)
    let found = ImageQuality(of: images, against: images)
    #expect(found.meanSquaredError == 0 && found.signalToNoise == .infinity)
    #expect(abs(found.structuralSimilarity! - 1) < 1e-12)
  }
}
