import Foundation
import TestSupport
import Testing

@testable import LatentData
@testable import LatentFiles

@Suite("Recognising published data sets")
struct KnownFileTests {
  private let folder: TemporaryFolder
  private let images = idx(sizes: [3, 1, 1], elements: [1, 2, 3])
  private let labels = idx(sizes: [3], elements: [4, 5, 6])
  /// sha256sum of the two files above.
  private let imagesDigest = "493471d2b9a15f3a09f9bb81fcbca4c129aa1821f319067fac12615fbbb48b8b"
  private let labelsDigest = "bfadc0e0ac41d5cecb9203b13745a32f7e0cc495ca258820a8790b387d241dbb"

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(gzip(images), as: Name.trainImages + ".gz")
    try folder.write(labels, as: Name.trainLabels)
  }

  private func load(_ known: [String: KnownFile]) throws(DataError) -> ImageDataset {
    try ImageDataset.idx(folder: folder.path, part: .training, knownFiles: known)
  }

  @Test func namesTheSetByTheUncompressedImages() throws {
    let data = try load([imagesDigest: KnownFile(set: "Triples", part: .test, content: .images)])
    #expect(data.name == "Triples")
    // What the file is, and not what its name says.
    #expect(data.provenance.contains("train-images-idx3-ubyte.gz (the Triples test images)"))
    #expect(try load([:]).name == URL(filePath: folder.path).lastPathComponent)
  }

  @Test func labelsOfAnotherSet() throws {
    let images = KnownFile(set: "Triples", part: .training, content: .images)
    let own = KnownFile(set: "Triples", part: .training, content: .labels)
    #expect(try load([imagesDigest: images, labelsDigest: own]).labels == [4, 5, 6])
    for (set, part) in [("Trios", DatasetPart.training), ("Triples", .test)] {
      let other = KnownFile(set: set, part: part, content: .labels)
      let expected = DataError.labelsOfAnotherSet(
        file: folder.file(Name.trainLabels), labels: "\(set) \(part) labels", images: "Triples training images")
      #expect(throws: expected) { try load([imagesDigest: images, labelsDigest: other]) }
    }
  }

  @Test func theTableIsComplete() {
    #expect(KnownFile.all.count == 8)
    #expect(KnownFile.all.keys.allSatisfy { $0.count == 64 && $0.allSatisfy(\.isHexDigit) })
    #expect(Set(KnownFile.all.values.map(\.description)).count == 8)
  }
}
