import Foundation
import TestSupport
import Testing

@testable import LatentData
@testable import LatentFiles

/// The real files, where Debian's package dataset-fashion-mnist is installed.
@Suite(
  "Fashion-MNIST",
  .enabled(
    if: ImageDataset.hasImages(folder: ImageDataset.fashionMNISTFolder), "dataset-fashion-mnist is not installed"))
struct FashionMNISTTests {
  @Test func training() throws {
    let data = try ImageDataset.fashionMNIST()
    #expect(data.classNames?.count == 10 && data.classNames?.last == "Ankle boot")
    #expect(data.name == "Fashion-MNIST")
    #expect((data.count, data.height, data.width) == (60_000, 28, 28))
    // The first labels and images as Keras's fashion_mnist.load_data() shows them: ankle boot, T-shirts, dress.
    #expect(data.labels.map { Array($0.prefix(5)) } == [9, 0, 0, 3, 0])
    #expect(data.sha256 == "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888")
    #expect(data.provenance.contains("the Fashion-MNIST training images"))
    #expect(data.provenance.contains("60000 images of 28x28, sha256 c59f468a2f67"))
    // The published mean of the training pixels is 0.2860.
    let mean = data.withPixels(of: 0..<data.count) { Double(sum($0)) / Double($0.count) / 255 }
    #expect((0.28595...0.28605).contains(mean))
    let (training, validation) = data.split(validationFraction: 0.3)
    #expect((training.count, validation.count) == (42_000, 18_000))
  }

  @Test func test() throws {
    let data = try FashionMNISTSource().load(.test, limit: 100)
    #expect(data.count == 100 && data.name == "Fashion-MNIST")
    #expect(data.labels.map { Array($0.prefix(5)) } == [9, 2, 1, 1, 6])
    #expect(data.sha256 == "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b")
    #expect(data.provenance.contains("the Fashion-MNIST test images"))
  }

  @Test func isRecognisedInAnyFolder() throws {
    let folder = try TemporaryFolder()
    for name in [Name.testImages + ".gz", Name.testLabels + ".gz"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file(name), withDestinationPath: ImageDataset.fashionMNISTFolder + "/" + name)
    }
    let data = try ImageDataset.idx(folder: folder.path)
    #expect(data.name == "Fashion-MNIST" && data.count == 10_000)
    #expect(data.provenance.contains("t10k files are used"))
  }

  @Test func changedPixelsAreNotFashionMNIST() throws {
    let folder = try TemporaryFolder()
    var changed = try allPixels(of: ImageDataset.fashionMNIST(.test))
    changed[123_456] ^= 1
    try folder.write(idx(sizes: [10_000, 28, 28], elements: changed), as: Name.testImages)
    #expect(try ImageDataset.idx(folder: folder.path).name == URL(filePath: folder.path).lastPathComponent)
  }

  /// Sums all bytes, fast enough in a debug build: eight at a time.
  private func sum(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let words = UnsafeRawBufferPointer(bytes).bindMemory(to: UInt64.self)
    let mask: UInt64 = 0x00ff_00ff_00ff_00ff
    var total = 0
    var start = 0
    while start < words.count {
      var lanes: UInt64 = 0
      let end = min(start + 128, words.count)
      while start < end {
        lanes &+= (words[start] & mask) &+ (words[start] >> 8 & mask)
        start += 1
      }
      total += Int(lanes & 0xffff) + Int(lanes >> 16 & 0xffff) + Int(lanes >> 32 & 0xffff) + Int(lanes >> 48)
    }
    return total
  }
}
