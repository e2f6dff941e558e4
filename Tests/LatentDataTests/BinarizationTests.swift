import Latent
import LatentData
import Testing

@Suite struct BinarizationTests {
  let grey = ImageDataset.synthetic(count: 400)

  private func values(_ data: ImageDataset, _ indices: [Int], seed: UInt64 = 0) -> [Double] {
    data.batch(indices[...], in: BatchContext(noiseKey: RandomKey(seed: seed))).values.values
  }

  @Test func threshold() {
    let data = grey.binarized(.threshold)
    let pixels = data.image(7)
    #expect(pixels == grey.image(7).map { $0 < 128 ? 0 : 255 })
    #expect(values(data, [7]) == pixels.map { Double($0) / 255 })
    #expect(values(data, [7], seed: 1) == values(data, [7], seed: 2))
  }

  @Test func stochasticPixelsAreAsOftenWhiteAsTheyAreBright() {
    let data = grey.binarized(.stochastic)
    let bright = values(grey, [3])
    var sums = [Double](repeating: 0, count: 784)
    for seed in 0..<400 {
      let drawn = values(data, [3], seed: UInt64(seed))
      #expect(drawn.allSatisfy { $0 == 0 || $0 == 1 })
      for pixel in 0..<784 { sums[pixel] += drawn[pixel] / 400 }
    }
    for pixel in 0..<784 {
      let p = bright[pixel]
      #expect(abs(sums[pixel] - p) <= 5 * (p * (1 - p) / 400).squareRoot() + 1e-12, "pixel \(pixel) of \(p)")
    }
  }

  /// What an image gets depends on the key and on its number, and on nothing else.
  @Test func drawsBelongToTheImage() {
    let data = grey.binarized(.stochastic)
    let together = values(data, [5, 9, 11])
    #expect(Array(together[784..<2 * 784]) == values(data, [9]))
    let white = values(data.binarized(nil), [9])
    #expect(white == values(grey, [9]))
  }

  /// Two images that are half bright everywhere agree in about half of their pixels.
  @Test func imagesAreDrawnApart() {
    let half = ImageDataset(name: "half", height: 28, width: 28, pixels: [UInt8](repeating: 128, count: 2 * 784))
    let drawn = values(half.binarized(.stochastic), [0, 1])
    let same = (0..<784).count { drawn[$0] == drawn[784 + $0] }
    #expect((300..<484).contains(same))
  }

  @Test func partsKeepIt() {
    let (training, validation) = grey.binarized(.stochastic).split(validationFraction: 0.25)
    #expect(training.binarization == .stochastic && validation.binarization == .stochastic)
    #expect(validation.prefix(3).dropFirst(1).binarization == .stochastic)
    #expect(grey.binarization == nil && grey.sha256 == grey.binarized(.threshold).sha256)
  }
}
