import Foundation
import TestSupport
import Testing

@testable import LatentData
@testable import LatentFiles

@Suite("Naming a data source")
struct DataSourceTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(idx(sizes: [4, 1, 1], elements: [9, 8, 7, 6]), as: Name.trainImages)
  }

  @Test func names() {
    #expect(DataSource("auto") == .auto)
    #expect(DataSource("fashion-mnist") == DataSource(FashionMNISTSource()))
    #expect(DataSource("synthetic") == DataSource(SyntheticDigitsSource()))
    #expect(DataSource("./auto")?.source is IDXSource && DataSource("./auto")?.path == "./auto")
    #expect(DataSource("Fashion-MNIST")?.path == "Fashion-MNIST")
    #expect(DataSource("x.npy")?.source is NumPySource && DataSource("x.npy")?.path == "x.npy")
    #expect(DataSource("") == nil)
    for text in ["auto", "fashion-mnist", "synthetic", "/data/mnist"] {
      #expect(DataSource(text)?.description == text)
    }
  }

  @Test func aFolderAndItsLimit() throws {
    let source = try #require(IDXSource(folder.path))
    func load(limit: Int? = nil) throws -> ImageDataset {
      try #require(try source.load(limit: limit).base as? ImageDataset)
    }
    let all = try load()
    #expect(all.count == 4)
    #expect(try load(limit: 4).provenance == all.provenance)
    #expect(try load(limit: 400).count == 4)
    let some = try load(limit: 3)
    #expect(allPixels(of: some) == [9, 8, 7])
    #expect(some.sha256 == all.sha256)
    #expect(some.provenance == all.provenance + "; only the first 3 are used")
    #expect(throws: DataError.imagesNotFound(folder: folder.path, names: [Name.testImages])) {
      try source.load(.test)
    }
  }

  @Test func synthetic() throws {
    let data = try SyntheticDigitsSource().load(.training, limit: 30, seed: 9)
    #expect(data.count == 30)
    #expect(data.sha256 == ImageDataset.synthetic(count: 30, seed: 9).sha256)
    #expect(try SyntheticDigitsSource().load(.test, limit: nil, seed: 9).count == 10_000)
    #expect(try SyntheticDigitsSource().load(.test, limit: 20_000, seed: 0).count == 10_000)
  }

  @Test func autoTakesFashionMNISTIfItIsThere() throws {
    let found = try AutoSource(fashionMNISTFolder: folder.path).load(.training, limit: nil, seed: 0)
    #expect(allPixels(of: found) == [9, 8, 7, 6])
    #expect(found.provenance.contains(folder.path))
  }

  @Test func autoFallsBackToSyntheticDigits() throws {
    let missing = folder.file("nowhere")
    let data = try AutoSource(fashionMNISTFolder: missing).load(.training, limit: 50, seed: 2)
    #expect(data.sha256 == ImageDataset.synthetic(count: 50, seed: 2).sha256)
    #expect(data.provenance.hasPrefix("training digits drawn from seed 2: 50 images"))
    #expect(data.provenance.hasSuffix("; Fashion-MNIST (package dataset-fashion-mnist) is not installed"))
    #expect(throws: DataError.fashionMNISTNotInstalled(folder: missing)) {
      try FashionMNISTSource(folder: missing).load(.training, limit: 50, seed: 2)
    }
  }

  /// A damaged installation must be reported, not hidden behind other data.
  @Test func autoDoesNotHideADamagedFile() throws {
    try folder.write(idx(sizes: [4, 1, 1], elements: [9]), as: Name.trainImages)
    #expect(throws: DataError.tooShort(file: folder.file(Name.trainImages), declared: 20, found: 17)) {
      try AutoSource(fashionMNISTFolder: folder.path).load(.training, limit: nil, seed: 0)
    }
  }
}
