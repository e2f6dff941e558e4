import LatentData
import TestSupport
import Testing

@testable import LatentFiles

/// Files and folders of other programs in place of a data set.
@Suite("Data of other programs") struct ForeignDataTests {
  private static let contents: [[UInt8]] = [
    SafetensorsFile.encode([]), NPYFile.encode(StoredArray(shape: [1], floats: [1])), NPZFile.encode([]),
    [0x89] + Array("PNG\r\n".utf8), [0x80, 4, 0x95, 1, 0, 0], Array("PAR1".utf8), Array("{\"a\": 1}".utf8),
    Array("\n<!doctype HTML>".utf8),
  ]

  @Test(arguments: contents) func inPlaceOfTheImagesAndOfTheFolder(bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    try folder.write(bytes, as: Name.trainImages)
    let path = folder.file(Name.trainImages)
    let help = try #require(ForeignFile(path)).help(for: .data)
    #expect(loadError(folder) == .anotherFormat(path: path, help: help))
    #expect(throws: DataError.anotherFormat(path: path, help: help)) { try ImageDataset.idx(folder: path) }
  }

  @Test(arguments: [["saved_model.pb", "variables"], ["config.json", "model.weights.h5"], ["1.PNG"]])
  func folders(names: [String]) throws {
    let folder = try TemporaryFolder()
    for name in names { try folder.write([1], as: name) }
    let help = try #require(ForeignFile(folder.path)).help(for: .data)
    #expect(loadError(folder) == .anotherFormat(path: folder.path, help: help))
  }
}
