import Foundation
import TestSupport
import Testing

@testable import LatentData
@testable import LatentFiles

@Suite("Missing and unreadable files")
struct MissingFileTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func theFolderItself() throws {
    let missing = folder.file("nowhere")
    #expect(throws: DataError.folderNotFound(folder: missing)) { try ImageDataset.idx(folder: missing) }
    try folder.write([1], as: "file")
    let file = folder.file("file")
    #expect(throws: DataError.notAFolder(folder: file)) { try ImageDataset.idx(folder: file) }
    #expect(throws: DataError.folderNotFound(folder: "")) { try ImageDataset.idx(folder: "") }
  }

  @Test func noImages() throws {
    try folder.write(idx(sizes: [1], elements: [1]), as: Name.trainLabels)
    #expect(
      loadError(folder, .training) == .imagesNotFound(folder: folder.path, names: [Name.trainImages, Name.testImages]))
    #expect(loadError(folder, .test) == .imagesNotFound(folder: folder.path, names: [Name.testImages]))
  }

  @Test func fashionMNISTNotInstalled() throws {
    let error = #expect(throws: DataError.self) { try ImageDataset.fashionMNIST(.training, folder: folder.path) }
    #expect(error == .fashionMNISTNotInstalled(folder: folder.path))
    #expect(error?.description.contains("install the package dataset-fashion-mnist") == true)
  }

  @Test func foldersAndPipesInTheFilesPlace() throws {
    let images = folder.file(Name.trainImages)
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: false)
    #expect(loadError(folder) == .unreadable(file: images, reason: "it is a folder, not a file"))
    try FileManager.default.removeItem(atPath: images)
    // Opening a pipe that has no writer would wait for ever.
    try #require(mkfifo(images, 0o600) == 0)
    #expect(loadError(folder) == .unreadable(file: images, reason: "it is not a regular file"))
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may read everything"))
  func unreadableFile() throws {
    try folder.write([0], as: Name.trainImages)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder.file(Name.trainImages))
    #expect(
      loadError(folder) == .unreadable(file: folder.file(Name.trainImages), reason: String(cString: strerror(EACCES))))
  }

  /// Every error is one line that names its file or folder, however that is called.
  @Test func everyDescriptionIsOneLine() {
    let path = "/tmp/a\nb\u{2028}c\u{1b}[31m"
    let errors: [DataError] = [
      .anotherFormat(path: path, help: "is a\npicture: no"), .imagesBelow(folder: path, found: path),
      .severalSets(folder: path, names: ["a\n", "b"]), .folderNotFound(folder: path), .notAFolder(folder: path),
      .imagesNotFound(folder: path, names: ["x", "y"]),
      .fashionMNISTNotInstalled(folder: path), .unreadable(file: path, reason: "no"), .notIDX(file: path),
      .elementType(file: path, code: 13), .dimensions(file: path, expected: 3, found: 1),
      .dimensions(file: path, expected: 1, found: 3), .sizes(file: path, sizes: [0, 1, 2]),
      .tooShort(file: path, declared: 2, found: 1), .tooLong(file: path, declared: 2), .gzipTruncated(file: path),
      .gzipCorrupt(file: path, reason: "bad"), .gzipTrailingBytes(file: path),
      .labelCount(file: path, labels: 1, images: 2), .labelsOfAnotherSet(file: path, labels: "x", images: "y"),
      .outOfMemory(file: path, bytes: 3),
    ]
    for error in errors {
      let text = "\(error)"
      #expect(text.contains("'/tmp/a?b?c?[31m'"), "\(text)")
      #expect(text.split(whereSeparator: \.isNewline).count == 1, "\(text)")
      #expect(text.contains(": "), "says what to do: \(text)")
    }
    #expect("\(DataError.elementType(file: "f", code: 13))".contains("0x0d"))
  }
}
