import Foundation
import TestSupport
import Testing

@testable import LatentData
@testable import LatentFiles

/// What others make of MNIST's four names.
@Suite("Names of IDX files") struct IDXNameTests {
  private let folder: TemporaryFolder
  private let images = idx(sizes: [2, 1, 1], elements: [10, 20])
  private let labels = idx(sizes: [2], elements: [3, 4])

  init() throws { folder = try TemporaryFolder() }

  private func write(_ bytes: [UInt8], _ name: String) throws {
    let parent = URL(filePath: folder.file(name)).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    try folder.write(bytes, as: name)
  }

  @Test(arguments: [
    ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
    ("train-images.idx3-ubyte.gz", "train-labels.idx1-ubyte.gz"),
    ("TRAIN-IMAGES-IDX3-UBYTE", "Train-Labels.IDX1-ubyte.GZ"),
    ("train-images-idx3-ubyte/train-images-idx3-ubyte", "train-labels-idx1-ubyte/train-labels-idx1-ubyte"),
    ("train-images.idx3-ubyte/train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"),
    ("train-images-idx3-ubyte.gz/TRAIN-images.idx3-ubyte", "train-labels-idx1-ubyte.gz/train-labels-idx1-ubyte"),
    ("emnist-letters-train-images-idx3-ubyte.gz", "emnist-letters-train-labels-idx1-ubyte.gz"),
  ])
  func names(imagesName: String, labelsName: String) throws {
    try write(imagesName.hasSuffix("gz") ? gzip(images) : images, imagesName)
    try write(labelsName.lowercased().hasSuffix("gz") ? gzip(labels) : labels, labelsName)
    let data = try ImageDataset.idx(folder: folder.path)
    #expect(allPixels(of: data) == [10, 20] && data.labels == [3, 4])
    #expect(data.provenance.contains(": \(imagesName) and \(labelsName), 2 images"))
    #expect(!data.provenance.contains(" taken") && ImageDataset.hasImages(folder: folder.path))
  }

  @Test func theTestPart() throws {
    for name in ["t10k-images.idx3-ubyte", "emnist-test-images-idx3-ubyte", "T10K-IMAGES-IDX3-UBYTE"] {
      try write(images, name)
      #expect(try ImageDataset.idx(folder: folder.path, part: .test).count == 2)
      try FileManager.default.removeItem(atPath: folder.file(name))
    }
    #expect(loadError(folder, .test) == .imagesNotFound(folder: folder.path, names: [Name.testImages]))
  }

  /// The plain name comes first, whatever else there is, and the others are named.
  @Test func severalFiles() throws {
    let other = idx(sizes: [1, 1, 1], elements: [99])
    try write(other, "train-images.idx3-ubyte")
    try write(other, "train-images-idx3-ubyte/train-images-idx3-ubyte")
    #expect(try ImageDataset.idx(folder: folder.path).count == 1)
    try FileManager.default.removeItem(atPath: folder.file("train-images-idx3-ubyte"))
    try write(images, "train-images-idx3-ubyte")
    try write(labels, "train-labels-idx1-ubyte")
    let data = try ImageDataset.idx(folder: folder.path)
    #expect(data.count == 2)
    #expect(data.provenance.hasSuffix("; train-images-idx3-ubyte is taken, and not train-images.idx3-ubyte"))
  }

  @Test func severalDataSets() throws {
    for set in ["emnist-letters-", "emnist-digits-"] { try write(images, "\(set)train-images-idx3-ubyte") }
    #expect(
      loadError(folder)
        == .severalSets(
          folder: folder.path,
          names: ["emnist-digits-train-images-idx3-ubyte", "emnist-letters-train-images-idx3-ubyte"]))
    // Labels of another set are not taken for these images.
    try FileManager.default.removeItem(atPath: folder.file("emnist-digits-train-images-idx3-ubyte"))
    try write(labels, "emnist-digits-train-labels-idx1-ubyte")
    #expect(try ImageDataset.idx(folder: folder.path).labels == nil)
  }

  @Test func aFolderBelowIsNamed() throws {
    try write(images, "MNIST/raw/train-images-idx3-ubyte")
    #expect(loadError(folder) == .imagesBelow(folder: folder.path, found: folder.file("MNIST/raw")))
    #expect(
      loadError(folder)?.description
        == "no IDX images in '\(folder.path)' itself, but in '\(folder.file("MNIST/raw"))': give that folder")
  }
}
