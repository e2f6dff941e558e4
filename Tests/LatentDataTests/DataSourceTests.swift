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
    #expect(DataSource("fashion-mnist") == .fashionMNIST)
    #expect(DataSource("synthetic") == .synthetic)
    #expect(DataSource("./auto") == .folder("./auto"))
    #expect(DataSource("Fashion-MNIST") == .folder("Fashion-MNIST"))
    #expect(DataSource("") == nil)
    for text in ["auto", "fashion-mnist", "synthetic", "/data/mnist"] {
      #expect(DataSource(text)?.description == text)
    }
  }

  @Test func aFolderAndItsLimit() throws {
    let source = DataSource.folder(folder.path)
    let all = try source.load()
    #expect(all.count == 4)
    #expect(try source.load(limit: 4).provenance == all.provenance)
    #expect(try source.load(limit: 400).count == 4)
    let some = try source.load(limit: 3)
    #expect(some.withPixels { Array($0) } == [9, 8, 7])
    #expect(some.sha256 == all.sha256)
    #expect(some.provenance == all.provenance + "; only the first 3 are used")
    #expect(throws: DataError.imagesNotFound(folder: folder.path, names: [Name.testImages])) {
      try source.load(.test)
    }
  }

  @Test func synthetic() throws {
    let data = try DataSource.synthetic.load(limit: 30, seed: 9)
    #expect(data.count == 30)
    #expect(data.sha256 == ImageDataset.synthetic(count: 30, seed: 9).sha256)
    #expect(try DataSource.synthetic.load(.test, seed: 9).count == 10_000)
    #expect(try DataSource.synthetic.load(.test, limit: 20_000).count == 10_000)
  }

  @Test func autoTakesFashionMNISTIfItIsThere() throws {
    let found = try DataSource.auto.load(.training, limit: nil, seed: 0, fashionMNISTFolder: folder.path)
    #expect(found.withPixels { Array($0) } == [9, 8, 7, 6])
    #expect(found.provenance.contains(folder.path))
  }

  @Test func autoFallsBackToSyntheticDigits() throws {
    let missing = folder.file("nowhere")
    let data = try DataSource.auto.load(.training, limit: 50, seed: 2, fashionMNISTFolder: missing)
    #expect(data.sha256 == ImageDataset.synthetic(count: 50, seed: 2).sha256)
    #expect(data.provenance.hasPrefix("training digits drawn from seed 2: 50 images"))
    #expect(data.provenance.hasSuffix("; Fashion-MNIST (package dataset-fashion-mnist) is not installed"))
    #expect(throws: DataError.fashionMNISTNotInstalled(folder: missing)) {
      try DataSource.fashionMNIST.load(.training, limit: 50, seed: 2, fashionMNISTFolder: missing)
    }
  }

  /// A damaged installation must be reported, not hidden behind other data.
  @Test func autoDoesNotHideADamagedFile() throws {
    try folder.write(idx(sizes: [4, 1, 1], elements: [9]), as: Name.trainImages)
    #expect(throws: DataError.tooShort(file: folder.file(Name.trainImages), declared: 20, found: 17)) {
      try DataSource.auto.load(.training, limit: nil, seed: 0, fashionMNISTFolder: folder.path)
    }
  }
}
