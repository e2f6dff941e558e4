import Foundation
import LatentData
import LatentFiles
import TestSupport
import Testing

@Suite("Damaged and foreign files")
struct DamagedFileTests {
  private let folder: TemporaryFolder
  private let pixels = elements(6 * 4 * 4)
  private var images: [UInt8] { idx(sizes: [6, 4, 4], elements: pixels) }
  private var imagesFile: String { folder.file(Name.trainImages) }
  private var labelsFile: String { folder.file(Name.trainLabels) }

  init() throws {
    folder = try TemporaryFolder()
  }

  /// The error when this is the content of the training images, plain or as gzip; both must agree.
  private func error(images content: [UInt8]) throws -> DataError? {
    try folder.write(content, as: Name.trainImages)
    let plain = loadError(folder)
    try folder.write(gzip(content), as: Name.trainImages)
    #expect(loadError(folder) == plain)
    return plain
  }

  @Test func foreignContent() throws {
    #expect(try error(images: Array("P5 28 28 255".utf8)) == .notIDX(file: imagesFile))
    try folder.write(Array("<html>404</html>".utf8), as: Name.trainImages)
    #expect(
      loadError(folder)
        == .anotherFormat(
          path: imagesFile,
          help: "is a web page: the download has failed; fetch it again, from the file's own address"))
    #expect(try error(images: [0, 1] + images) == .notIDX(file: imagesFile))
    #expect(try error(images: [1]) == .notIDX(file: imagesFile))
    // A double gzip: unpacked once, it is still not an IDX file.
    try folder.write(gzip(gzip(images)), as: Name.trainImages)
    #expect(loadError(folder) == .notIDX(file: imagesFile))
  }

  @Test func emptyAndCutOffHeaders() throws {
    for length in 0..<4 {
      #expect(
        try error(images: Array(images[..<length])) == .tooShort(file: imagesFile, declared: 4, found: length))
    }
    for length in 4..<16 {
      #expect(
        try error(images: Array(images[..<length])) == .tooShort(file: imagesFile, declared: 16, found: length))
    }
  }

  @Test(arguments: [0x00, 0x07, 0x0a, 0x0f, 0xff] as [UInt8])
  func otherElementTypes(code: UInt8) throws {
    let file = idx(type: code, sizes: [6, 4, 4], elements: pixels)
    #expect(try error(images: file) == .elementType(file: imagesFile, code: code))
  }

  @Test func wrongNumberOfDimensions() throws {
    let labels = idx(sizes: [6], elements: [0, 1, 2, 3, 4, 5])
    #expect(try error(images: labels) == .dimensions(file: imagesFile, expected: 3, found: 1))
    #expect(try error(images: labels)?.description.contains("looks like a labels file") == true)
    #expect(
      try error(images: idx(sizes: [1, 2, 4, 4, 3], elements: pixels))
        == .dimensions(file: imagesFile, expected: 3, found: 5))
    #expect(try error(images: idx(sizes: [], elements: [])) == .dimensions(file: imagesFile, expected: 3, found: 0))
    try folder.write(images, as: Name.trainImages)
    try folder.write(images, as: Name.trainLabels)
    #expect(loadError(folder) == .dimensions(file: labelsFile, expected: 1, found: 3))
  }

  @Test(
    arguments: [
      [0, 28, 28], [1, 0, 28], [1, 28, 0], [.max, .max, .max], [1 << 31, 1 << 31, 4], [1 << 31, 1 << 30, 3],
    ] as [[UInt32]])
  func absurdSizes(sizes: [UInt32]) throws {
    let file = idx(sizes: sizes, elements: pixels)
    #expect(try error(images: file) == .sizes(file: imagesFile, sizes: sizes.map(Int.init)))
  }

  /// Headers that are allowed but promise up to 2 GB: the files must be refused for what they hold, at once.
  @Test(arguments: [[6, 4, 5], [7, 4, 4], [1 << 31, 1, 1], [1, 1 << 16, 1 << 15]] as [[UInt32]])
  func moreDeclaredThanThere(sizes: [UInt32]) throws {
    let declared = 16 + sizes.reduce(1) { $0 * Int($1) }
    #expect(
      try error(images: idx(sizes: sizes, elements: pixels))
        == .tooShort(file: imagesFile, declared: declared, found: 16 + pixels.count))
  }

  /// More than that is allowed, and refused before any of it is unpacked into memory; on the disk it ends where the file does.
  @Test(arguments: [[1 << 30, 2, 2], [1, 1 << 16, (1 << 15) + 1], [1 << 31, 1 << 31, 1]] as [[UInt32]])
  func moreDeclaredThanIsUnpacked(sizes: [UInt32]) throws {
    let file = idx(sizes: sizes, elements: pixels)
    let declared = 16 + sizes.reduce(1) { $0 * Int($1) }
    try folder.write(file, as: Name.trainImages)
    #expect(loadError(folder) == .tooShort(file: imagesFile, declared: declared, found: file.count))
    try folder.write(gzip(file), as: Name.trainImages)
    #expect(loadError(folder) == .tooShort(file: imagesFile, declared: declared, found: file.count))
    let inMemory = loadError(folder, place: .memory)
    #expect(inMemory == .gzipTooLarge(file: imagesFile, bytes: declared))
    #expect(inMemory?.description.contains("unpack it with gunzip") == true)
  }

  @Test func lessDeclaredThanThere() throws {
    #expect(try error(images: images + [0]) == .tooLong(file: imagesFile, declared: images.count))
    #expect(try error(images: images + images) == .tooLong(file: imagesFile, declared: images.count))
    // A gigabyte of zeros in a megabyte: only one byte more than declared is inflated.
    let bomb = gzip([UInt8](repeating: 0, count: 1 << 24))
    try folder.write(gzip(images) + (0..<64).flatMap { _ in bomb }, as: Name.trainImages)
    #expect(loadError(folder) == .tooLong(file: imagesFile, declared: images.count))
  }

  @Test func labelsMustAgreeWithTheImages() throws {
    try folder.write(images, as: Name.trainImages)
    for count in [1, 5, 7, 1 << 31] {
      try folder.write(idx(sizes: [UInt32(count)], elements: elements(min(count, 9))), as: Name.trainLabels)
      #expect(loadError(folder) == .labelCount(file: labelsFile, labels: count, images: 6))
    }
    try folder.write(idx(sizes: [6], elements: elements(5)), as: Name.trainLabels)
    #expect(loadError(folder) == .tooShort(file: labelsFile, declared: 14, found: 13))
    try folder.write(idx(sizes: [6], elements: elements(7)), as: Name.trainLabels)
    #expect(loadError(folder) == .tooLong(file: labelsFile, declared: 14))
  }
}
