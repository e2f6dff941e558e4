import Latent
import LatentTraining
import TestSupport
import Testing

@testable import LatentData

/// Examples that are changed by chance, beside plain loops over what they were.
@Suite struct AugmentationTests {
  /// Pixel (r, c) of image n has the number n · 10,000 + r · 100 + c.
  private static let images = TensorDataset(
    [Tensor((0..<1200).map(pixel), shape: [40, 6, 5, 1])], labels: (0..<40).map { UInt8($0) })

  private static func pixel(_ place: Int) -> Double {
    let (image, row, column) = (place / 30, place / 5 % 6, place % 5)
    return Double(image * 10_000 + row * 100 + column)
  }

  private static func context(_ seed: UInt64 = 3, epoch: UInt64 = 0, _ element: ElementType = .float64) -> BatchContext
  {
    BatchContext(noiseKey: RandomKey(seed: seed).child("noise").child(epoch), element: element)
  }

  private static func batch(
    _ data: some Dataset, _ indices: [Int], seed: UInt64 = 3, epoch: UInt64 = 0
  ) -> ExampleBatch {
    data.batch(indices[...], in: context(seed, epoch: epoch))
  }

  private static func example(_ batch: ExampleBatch, _ place: Int) -> [Double] {
    batch.values[rows: place..<place + 1].values
  }

  /// The move that makes one example of another, by trying all of them; nil for none.
  private static func move(
    _ original: [Double], _ changed: [Double], _ height: Int, _ width: Int, shift: Int
  ) -> (down: Int, right: Int, isMirrored: Bool)? {
    for down in -shift...shift {
      for right in -shift...shift {
        for isMirrored in [false, true] {
          let expected = (0..<height).flatMap { r in
            (0..<width).map { c -> Double in
              let (row, column) = (min(max(r - down, 0), height - 1), min(max(c - right, 0), width - 1))
              return original[row * width + (isMirrored ? width - 1 - column : column)]
            }
          }
          if expected == changed { return (down, right, isMirrored) }
        }
      }
    }
    return nil
  }

  @Test func texts() {
    for text in ["shift=2,flip,noise=0.05,scale=0.1", "flip", "shift=1", "noise=2.5", "scale=0.999"] {
      #expect(Augmentation(text)?.description == text)
    }
    #expect(Augmentation("flip,shift=3")?.description == "shift=3,flip")
    for text in [
      "", "shift", "shift=0", "shift=-1", "shift=1.5", "flip=1", "noise=0", "noise=-1", "noise=nan", "noise=inf",
      "scale=1",
      "scale=", "turn", "flip,flip", "flip,", "shift=1=2", "shift=99999999999999999999",
    ] {
      #expect(Augmentation(text) == nil, "\(text)")
    }
  }

  @Test func imagesMoveAsTheyShould() throws {
    let data = AugmentedDataset(Self.images, try #require(Augmentation("shift=2,flip")))
    var found: [(down: Int, right: Int, isMirrored: Bool)] = []
    for epoch in 0..<30 as Range<UInt64> {
      let batch = Self.batch(data, Array(0..<40), epoch: epoch)
      #expect(batch.labels == Self.images.labels && batch.streams == (0..<40).map { UInt64($0) })
      for image in 0..<40 {
        let original = Self.images.tensors[0][rows: image..<image + 1].values
        found.append(try #require(Self.move(original, Self.example(batch, image), 6, 5, shift: 2)))
      }
    }
    // All of 1,200 as likely: each of five has 240 ± 14, and of two 600 ± 17.
    for shift in -2...2 {
      #expect(abs(found.count { $0.down == shift } - 240) < 70 && abs(found.count { $0.right == shift } - 240) < 70)
    }
    #expect(abs(found.count { $0.isMirrored } - 600) < 85)
    #expect(Set(found.map { "\($0)" }).count == 50, "they are drawn one without the other")
  }

  @Test func seriesMoveInTimeWithTheirMask() throws {
    let values = Tensor((0..<5 * 8 * 2).map { Double($0) }, shape: [5, 8, 2])
    let mask = (0..<5 * 8 * 2).map { $0 % 7 == 3 ? 0.0 : 1.0 }
    let data = TensorDataset(
      [Tensor(zip(values.values, mask).map { $0 * $1 }, shape: [5, 8, 2])], observed: Tensor(mask, shape: [5, 8, 2]))
    let augmented = AugmentedDataset(data, try #require(Augmentation("shift=3,noise=0.01,scale=0.2")))
    var shifts: Set<Int> = []
    for epoch in 0..<12 as Range<UInt64> {
      let batch = Self.batch(augmented, [0, 1, 2, 3, 4], epoch: epoch)
      let observed = try #require(batch.observed).values
      for series in 0..<5 {
        let (own, original) = (
          Array(observed[series * 16..<series * 16 + 16]), Array(mask[series * 16..<series * 16 + 16])
        )
        let shift = try #require(
          (-3...3).first { shift in
            own
              == (0..<16).map { (place: Int) -> Double in original[min(max(place / 2 - shift, 0), 7) * 2 + place % 2] }
          })
        shifts.insert(shift)
        for place in 0..<16 {
          let from = min(max(place / 2 - shift, 0), 7) * 2 + place % 2
          let (was, now) = (values.values[series * 16 + from], batch.values.values[series * 16 + place])
          #expect(own[place] == 0 ? now == 0 : abs(now - was) <= 0.2 * was + 0.06)
        }
      }
    }
    #expect(shifts == Set(-3...3))
  }

  /// One factor for an example, and noise of the right spread; numbers stay where they may be.
  @Test func factorsAndNoise() throws {
    let ones = TensorDataset([Tensor([Double](repeating: 1, count: 500 * 64), shape: [500, 64])])
    let scaled = Self.batch(AugmentedDataset(ones, try #require(Augmentation("scale=0.25"))), Array(0..<500)).values
      .values
    let factors = (0..<500).map { scaled[$0 * 64] }
    #expect((0..<500 * 64).allSatisfy { scaled[$0] == factors[$0 / 64] })
    let (least, most, total) = (factors.min()!, factors.max()!, factors.reduce(0, +))
    #expect((0.75..<0.76).contains(least))
    #expect(most > 1.24 && most < 1.25)
    #expect(abs(total / 500 - 1) < 0.03)
    let noise = Augmentation("noise=0.1")!
    let noisy = Self.batch(AugmentedDataset(ones, noise), Array(0..<500)).values.values.map { $0 - 1 }
    let sum: Double = noisy.reduce(0, +)
    #expect(abs(sum / 32_000) < 0.003)
    let squares: Double = noisy.reduce(0) { $0 + $1 * $1 }
    #expect(abs((squares / 32_000).squareRoot() - 0.1) < 0.002)
    let within = Self.batch(AugmentedDataset(ones, noise, within: 0...1), Array(0..<500)).values.values
    #expect(within == noisy.map { (moved: Double) -> Double in min(max(moved + 1, 0), 1) })
    #expect(Self.batch(ones, Array(0..<500)).values.values.allSatisfy { $0 == 1 }, "the data set is as it was")
  }

  /// Only the seed, the epoch and the example count: not who is beside it, nor what the batch is made in.
  @Test func isAFunctionOfSeedEpochAndExample() throws {
    let data = AugmentedDataset(Self.images, try #require(Augmentation("shift=2,flip,noise=0.5,scale=0.1")))
    let all = Self.batch(data, Array(0..<40))
    for indices in [[7], [39, 7, 0], [7, 7]] {
      let batch = Self.batch(data, indices)
      for (place, index) in indices.enumerated() { #expect(Self.example(batch, place) == Self.example(all, index)) }
    }
    let other = [Self.batch(data, [7], seed: 4), Self.batch(data, [7], epoch: 1)].map { Self.example($0, 0) }
    #expect(other[0] != other[1] && !other.contains(Self.example(all, 7)))
    // The noise of the model is what it was.
    let plain = Self.batch(Self.images, [7, 3])
    #expect(Self.batch(data, [7, 3]).noise(columns: 9).values == plain.noise(columns: 9).values)
  }

  /// The first part alone is changed, and nothing that people look at.
  @Test func theRestIsAsItWas() throws {
    let data = AugmentedDataset(Self.images, try #require(Augmentation("shift=2,noise=1")))
    #expect(data.sha256 == Self.images.sha256 && data.originals([3]).values == Self.images.originals([3]).values)
    let (training, validation) = data.split(validationFraction: 0.25)
    let plain = Self.images.split(validationFraction: 0.25)
    #expect(Self.batch(training, [0, 1]).values.values != Self.batch(plain.training, [0, 1]).values.values)
    #expect(Self.batch(validation, [0, 1]).values.values == Self.batch(plain.validation, [0, 1]).values.values)
    let parts = DataSplit(validation: 0.25, test: 0.25).parts(of: data)
    #expect(Self.batch(parts.test, [0]).values.values == Self.images.originals([30]).values)
    #expect(Augmentation("flip")!.problem(for: .series(steps: 3, features: 1))?.contains("flip is for images") == true)
    #expect(
      Augmentation("shift=1")!.problem(for: .vector(size: 3)) != nil
        && Augmentation("noise=1")!.problem(for: .vector(size: 3)) == nil)
  }
}
