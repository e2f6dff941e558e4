import Foundation
import Latent
import Testing

@testable import LatentData

@Suite struct DataFingerprintTests {
  private func images(
    _ pixels: [UInt8] = [1, 2, 3, 4], height: Int = 1, labels: [UInt8]? = [0, 1], name: String = "a"
  ) -> DataFingerprint {
    DataFingerprint(ImageDataset(name: name, height: height, width: 2 / height, pixels: pixels, labels: labels))
  }

  @Test func eachPartCounts() {
    let one = images()
    #expect(one == images() && one.difference(from: images()) == nil)
    let others: [(DataFingerprint, String)] = [
      (images(height: 2), "images of 2x1, not images of 1x2"),
      (images([1, 2], labels: [0]), "1 examples, not 2 examples"),
      (images([1, 2, 3, 5]), "examples of sha256 "),
      (images(labels: nil), "no labels, not labels of sha256 b413f47d13ee"),
      (images(labels: [1, 0]), "labels of sha256 "), (images(name: "b"), "the name b, not the name a"),
    ]
    for (other, words) in others {
      #expect(other != one && other.difference(from: one)?.hasPrefix(words) == true, "\(other)")
    }
  }

  /// sha256sum of the two bytes.
  @Test func checksumOfLabels() {
    #expect(images().labelsSHA256 == "b413f47d13ee2fe6c845b2ee141af81de858df4ec549a58b7970bb96645bc8d2")
    #expect(images(labels: nil).labelsSHA256 == nil)
  }

  @Test func itTravels() throws {
    for own in [images(labels: nil), images(), DataFingerprint(TensorDataset(Tensor([1, 2], shape: [2, 1])))] {
      #expect(try JSONDecoder().decode(DataFingerprint.self, from: JSONEncoder().encode(own)) == own)
    }
  }
}
