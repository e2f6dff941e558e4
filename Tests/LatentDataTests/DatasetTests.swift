import LatentData
import Testing

@Suite("Data sets in memory")
struct DatasetTests {
  private func numbered(_ count: Int) -> ImageDataset {
    ImageDataset(
      name: "numbers", height: 1, width: 2, pixels: (0..<count).flatMap { [UInt8($0 % 251), UInt8($0 / 251)] },
      labels: (0..<count).map { UInt8($0 % 10) })
  }

  /// Keras: split_at = int(math.floor(count * (1.0 - validation_split))).
  @Test(
    arguments: [
      (60_000, 0.3, 42_000), (60_000, 0.2, 48_000), (60_000, 0, 60_000), (10, 0.25, 7), (10, 0.1, 9), (3, 0.5, 1),
      (1, 0.5, 0), (7, 0.99, 0), (10_000, 0.3, 7_000), (100, 0.29, 71), (1000, 1.0 / 3, 666),
    ])
  func splitArithmetic(count: Int, fraction: Double, expected: Int) {
    let data = ImageDataset(name: "x", height: 1, width: 1, pixels: [UInt8](repeating: 0, count: count))
    let (training, validation) = data.split(validationFraction: fraction)
    #expect(training.count == expected)
    #expect(validation.count == count - expected)
  }

  @Test func validationIsTheEnd() {
    let (training, validation) = numbered(1000).split(validationFraction: 0.3)
    #expect(training.image(0) == [0, 0] && training.image(699) == [UInt8(699 % 251), 2])
    #expect(validation.image(0) == [UInt8(700 % 251), 2] && validation.image(299) == [UInt8(999 % 251), 3])
    #expect(training.labels?.count == 700 && validation.labels == (700..<1000).map { UInt8($0 % 10) })
    #expect(training.sha256 == validation.sha256 && training.name == "numbers")
    #expect(allPixels(of: training).count == 1400 && allPixels(of: validation).count == 600)
  }

  @Test func windowsOfWindows() {
    let data = numbered(100)
    let inner = data.dropFirst(10).prefix(50).dropFirst(5).prefix(3)
    #expect(allPixels(of: inner) == [15, 0, 16, 0, 17, 0])
    #expect(inner.labels == [5, 6, 7])
    #expect(data.prefix(1000).count == 100 && data.prefix(0).count == 0)
    #expect(data.dropFirst(1000).count == 0 && data.dropFirst(1000).labels == [])
    #expect(allPixels(of: data.dropFirst(1000)).isEmpty)
    #expect(data.prefix(20).dropFirst(20).count == 0)
  }

  @Test func windowsShareThePixels() {
    let data = numbered(100)
    let base = data.withPixels(of: 0..<data.count) { UInt(bitPattern: $0.baseAddress) }
    let (training, validation) = data.split(validationFraction: 0.4)
    #expect(training.withPixels(of: 0..<training.count) { UInt(bitPattern: $0.baseAddress) } == base)
    #expect(validation.withPixels(of: 0..<validation.count) { UInt(bitPattern: $0.baseAddress) } == base + 120)
  }

  @Test func aWindowKeepsThePixelsAlive() {
    var data: ImageDataset? = numbered(100)
    let last = data!.dropFirst(99)
    data = nil
    #expect(last.image(0) == [99, 0])
  }

  /// The checksum is that of the IDX file with the same images; expected values from sha256sum.
  @Test func checksumOfImagesFromMemory() {
    let data = ImageDataset(name: "x", height: 2, width: 1, pixels: [1, 2, 3, 4])
    #expect(data.sha256 == "66dfa82c2fd806dba1bf72dded8a87b27e9ddef121b50c2dc8a54ff0c47d8481")
    #expect(data.labels == nil && data.description == "x: 2 images of 2x1")
    #expect(data.provenance == "made by the program: 2 images of 2x1, sha256 \(data.sha256.prefix(12))")
    #expect(numbered(3).description == "numbers: 3 labelled images of 1x2")
  }

  @Test func programmerErrorsStop() async {
    await #expect(processExitsWith: .failure) {
      _ = ImageDataset(name: "x", height: 2, width: 2, pixels: [1, 2, 3])
    }
    await #expect(processExitsWith: .failure) {
      _ = ImageDataset(name: "x", height: 1, width: 1, pixels: [1, 2, 3], labels: [1])
    }
    await #expect(processExitsWith: .failure) {
      _ = ImageDataset(name: "x", height: 1, width: 1, pixels: [1]).split(validationFraction: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = ImageDataset(name: "x", height: 1, width: 1, pixels: [1]).split(validationFraction: -0.1)
    }
    await #expect(processExitsWith: .failure) {
      _ = ImageDataset(name: "x", height: 1, width: 1, pixels: [1]).split(validationFraction: .nan)
    }
    await #expect(processExitsWith: .failure) {
      _ = ImageDataset(name: "x", height: 1, width: 1, pixels: [1]).image(1)
    }
    await #expect(processExitsWith: .failure) {
      ImageDataset(name: "x", height: 1, width: 1, pixels: [1, 2])[0..<1].withPixels(of: 0..<2) { _ in }
    }
  }
}
