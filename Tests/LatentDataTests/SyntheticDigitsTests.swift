import LatentData
import LatentFiles
import LatentKernels
import Testing

@Suite("Synthetic digits")
struct SyntheticDigitsTests {
  private func digest(_ data: ImageDataset) -> String {
    var hash = SHA256()
    data.withPixels(of: 0..<data.count) { hash.update(UnsafeRawBufferPointer($0)) }
    hash.update(data.labels ?? [])
    return hash.hexDigest()
  }

  /// The first 1000 images and their labels. These bits are a promise: results that name a seed depend on them.
  @Test(arguments: [
    (0, DatasetPart.training, "c16049e504f5b0e0f7d6ced1782ea84be4c04d1ec1db3c6af39202b38a6c3f36"),
    (1, .training, "734c33c1877e5bb5bcc69a823b1a9543ab09e2cae8a29ba3ad32d472caa7aded"),
    (0, .test, "22d49c8e3315a676ac80206fae3a17ba52eafd89de28c48261f38749c36f9ee1"),
    (UInt64.max, .training, "21f35651154e54c99dc5e925483c7f02ececa7e4920cc78df954b3292f52860c"),
  ])
  func theSameBitsEverywhere(seed: UInt64, part: DatasetPart, expected: String) {
    #expect(digest(.synthetic(count: 1000, seed: seed, part: part)) == expected)
  }

  @Test func anImageDoesNotDependOnTheirNumber() {
    let many = ImageDataset.synthetic(count: 3333, seed: 7)
    for count in [1, 9, 10, 11, 999, 1000, 1001, 2005] {
      let few = ImageDataset.synthetic(count: count, seed: 7)
      #expect(digest(few) == digest(many.prefix(count)), "\(count) images")
    }
  }

  @Test func everyTenImagesHoldEachDigitOnce() throws {
    let labels = try #require(ImageDataset.synthetic(count: 2000, seed: 3).labels)
    var orders: Set<[UInt8]> = []
    for start in stride(from: 0, to: labels.count, by: 10) {
      let group = Array(labels[start..<start + 10])
      #expect(group.sorted() == Array(0...9))
      orders.insert(group)
    }
    #expect(orders.count > 190, "the groups are in random order")
    // Each digit comes first in about a tenth of the groups (200 · 0.1, standard deviation 4.2).
    for digit in 0...9 {
      let firsts = stride(from: 0, to: labels.count, by: 10).count { labels[$0] == digit }
      #expect((4...40).contains(firsts), "\(digit) comes first in \(firsts) of 200 groups")
    }
  }

  @Test func imagesAreDarkPaperWithInkInside() {
    let data = ImageDataset.synthetic(count: 200, seed: 11)
    #expect((data.height, data.width) == (28, 28))
    for index in 0..<data.count {
      let image = data.image(index)
      let ink = image.count { $0 > 127 }
      #expect((15...330).contains(ink), "image \(index) has \(ink) pixels of ink")
      #expect(image.max()! > 180)
      #expect(image[0] == 0 && image[27] == 0 && image[27 * 28] == 0 && image[783] == 0, "corners are paper")
    }
    let mean = data.withPixels(of: 0..<data.count) { Double($0.reduce(0) { $0 + Int($1) }) / Double($0.count) }
    #expect((25...40).contains(mean), "MNIST's mean is 33.3, this one is \(mean)")
  }

  @Test func noTwoImagesAreEqual() {
    let parts = [
      ImageDataset.synthetic(count: 1000, seed: 0), .synthetic(count: 1000, seed: 1),
      .synthetic(count: 1000, seed: 0, part: .test),
    ]
    let images = Set(parts.flatMap { data in (0..<data.count).map { data.image($0) } })
    #expect(images.count == 3000)
  }

  /// An independent judge: the nearest class mean of other images recognises most digits, as a reader does.
  @Test func theDigitsCanBeToldApart() throws {
    let training = ImageDataset.synthetic(count: 500, seed: 0)
    let test = ImageDataset.synthetic(count: 100, seed: 0, part: .test)
    var means = [[Float]](repeating: [Float](repeating: 0, count: 784), count: 10)
    for (index, label) in try #require(training.labels).enumerated() {
      for (pixel, value) in training.image(index).enumerated() { means[Int(label)][pixel] += Float(value) / 50 }
    }
    var right = 0
    for (index, label) in try #require(test.labels).enumerated() {
      let image = test.image(index).map(Float.init)
      let distances = means.map { mean in zip(mean, image).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
      if distances.indices.min(by: { distances[$0] < distances[$1] }) == Int(label) { right += 1 }
    }
    #expect(right > 60, "\(right) of 100 recognised")
  }

  @Test func whatItSaysOfItself() {
    let data = ImageDataset.synthetic(count: 20, seed: 5, part: .test)
    #expect(data.name == "synthetic digits")
    #expect(
      data.provenance == "test digits drawn from seed 5: 20 images of 28x28, sha256 \(data.sha256.prefix(12))")
    let written = ImageDataset(name: "", height: 28, width: 28, pixels: allPixels(of: data))
    #expect(written.sha256 == data.sha256)
  }
}
