import Foundation
import LatentData
import LatentFiles
import TestSupport
import Testing

@Suite("Loading IDX folders")
struct IDXLoadingTests {
  private let folder: TemporaryFolder
  private let pixels = elements(7 * 5 * 3)
  private var images: [UInt8] { idx(sizes: [7, 5, 3], elements: pixels) }
  private var labels: [UInt8] { idx(sizes: [7], elements: [3, 1, 4, 1, 5, 9, 255]) }

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test(arguments: [false, true], [false, true])
  func roundTrip(compressedImages: Bool, compressedLabels: Bool) throws {
    try folder.write(
      compressedImages ? gzip(images) : images, as: Name.trainImages + (compressedImages ? ".gz" : ""))
    try folder.write(
      compressedLabels ? gzip(labels) : labels, as: Name.trainLabels + (compressedLabels ? ".gz" : ""))
    let data = try ImageDataset.idx(folder: folder.path)
    #expect((data.count, data.height, data.width) == (7, 5, 3))
    #expect(allPixels(of: data) == pixels)
    #expect(data.labels == [3, 1, 4, 1, 5, 9, 255])
    #expect(data.image(6) == Array(pixels.suffix(15)))
    #expect(data.name == URL(filePath: folder.path).lastPathComponent)
    // sha256sum of the same 121 bytes.
    #expect(data.sha256 == Self.checksum)
    #expect(data.provenance.contains(Name.trainImages) && data.provenance.contains("7 images of 5x3"))
    #expect(data.provenance.contains(Self.checksum.prefix(12)) && !data.provenance.contains("t10k"))
  }

  private static let checksum = "7ed408f3863a47a920380f3574c4ffd707b9fefddc7b1a111900b48a6edee99f"

  @Test func labelsMayBeMissing() throws {
    try folder.write(images, as: Name.trainImages)
    try folder.write(labels, as: Name.testLabels)
    let data = try ImageDataset.idx(folder: folder.path)
    #expect(data.labels == nil)
    #expect(data.provenance.contains("without labels"))
  }

  @Test func theTestFilesReplaceMissingTrainingFiles() throws {
    try folder.write(images, as: Name.testImages)
    try folder.write(labels, as: Name.testLabels)
    let training = try ImageDataset.idx(folder: folder.path, part: .training)
    #expect(training.count == 7 && training.labels?.last == 255)
    #expect(training.provenance.contains("the t10k files are used because train-images-idx3-ubyte is missing"))
    let test = try ImageDataset.idx(folder: folder.path, part: .test)
    #expect(!test.provenance.contains("missing"))
  }

  @Test func eachPartHasItsOwnFiles() throws {
    try folder.write(images, as: Name.trainImages)
    try folder.write(idx(sizes: [2, 1, 1], elements: [10, 20]), as: Name.testImages)
    #expect(try ImageDataset.idx(folder: folder.path, part: .training).count == 7)
    #expect(try allPixels(of: ImageDataset.idx(folder: folder.path, part: .test)) == [10, 20])
  }

  @Test func thePlainFileComesBeforeTheCompressedOne() throws {
    try folder.write(idx(sizes: [1, 1, 1], elements: [42]), as: Name.trainImages)
    try folder.write(gzip(images), as: Name.trainImages + ".gz")
    #expect(try allPixels(of: ImageDataset.idx(folder: folder.path)) == [42])
  }

  /// Browsers unpack a .gz file and keep its name, or keep it packed under the plain name.
  @Test func theContentAndNotTheNameTellsCompression() throws {
    try folder.write(images, as: Name.trainImages + ".gz")
    try folder.write(gzip(labels), as: Name.trainLabels)
    let data = try ImageDataset.idx(folder: folder.path + "/")
    #expect(allPixels(of: data) == pixels)
    #expect(data.labels?.count == 7)
  }

  @Test func concatenatedGzipMembersAreOneFile() throws {
    for cut in [0, 1, 3, 4, 10, 16, 17, images.count - 1, images.count] {
      try folder.write(gzip(Array(images[..<cut])) + gzip(Array(images[cut...])), as: Name.trainImages + ".gz")
      #expect(try allPixels(of: ImageDataset.idx(folder: folder.path)) == pixels, "cut at \(cut)")
    }
  }

  /// Larger than every buffer in the reader, and compressible enough that one input buffer fills many pieces.
  @Test(arguments: [false, true])
  func manyPieces(compressed: Bool) throws {
    var pixels = elements(10_007)
    while pixels.count < 1 << 21 { pixels += pixels }
    let file = idx(sizes: [256, 10_007, 1], elements: pixels)
    try folder.write(compressed ? gzip(file) : file, as: Name.trainImages)
    let data = try ImageDataset.idx(folder: folder.path)
    #expect((data.count, data.height, data.width) == (256, 10_007, 1))
    #expect(data.withPixels(of: 0..<data.count) { memcmp($0.baseAddress!, pixels, pixels.count) } == 0)
  }

  @Test func theNameOfTheWorkingFolderIsItsOwn() throws {
    try folder.write(images, as: Name.trainImages)
    #expect(try ImageDataset.idx(folder: folder.path + "/.").name == URL(filePath: folder.path).lastPathComponent)
  }
}
