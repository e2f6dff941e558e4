import Foundation
import Latent
import LatentFiles
import LatentReport
import TestSupport
import Testing

@testable import LatentTensorBoard

@Suite struct EventFileTests {
  /// The record is that of TensorBoard's own writer:
  ///
  ///     file = io.BytesIO()
  ///     tensorboard.summary.writer.record_writer.RecordWriter(file).write(b"abc")
  @Test func framing() {
    #expect(
      EventRecord.framed(Array("abc".utf8))
        == [3, 0, 0, 0, 0, 0, 0, 0] + [0xb0, 0x99, 0x49, 0x0e] + Array("abc".utf8) + [0x6e, 0x57, 0xf1, 0x21])
  }

  @Test func everyKindOfValueIsReadBack() throws {
    let folder = try TemporaryFolder()
    let before = Date().timeIntervalSince1970
    let file = try EventFile(folder: folder.file("logs/run"))
    let picture = Picture(width: 3, height: 2, pixels: [0, 50, 100, 150, 200, 250])
    try file.add(.scalar("loss/total", 1.5), step: 1)
    try file.add(.image("images/one", picture), step: 2)
    try file.add(.histogram("weights/a", Tensor([1, 2, 2, 4], shape: [4])), step: 3)
    try file.flush()
    let events = try events(in: file.path)
    #expect(events.first?.fileVersion == "brain.Event:2")
    #expect(events.allSatisfy { $0.wallTime >= before && $0.wallTime <= Date().timeIntervalSince1970 })
    #expect(events.scalars("loss/total") == [1.5] && events.steps("loss/total") == [1])
    let image = try #require(events.values("images/one").first).value.image
    #expect((image.width, image.height, image.colorspace) == (3, 2, 1))
    #expect(try ImageFile.decode(Array(image.encodedImageString)) == picture)
    let histogram = try #require(events.values("weights/a").first).value.histo
    #expect((histogram.min, histogram.max, histogram.num, histogram.sum, histogram.sumSquares) == (1, 4, 4, 9, 25))
    #expect(histogram.bucketLimit.count == 30 && histogram.bucket.reduce(0, +) == 4)
    #expect(histogram.bucket[0] == 1 && histogram.bucket[10] == 2 && histogram.bucket[29] == 1)
    #expect(histogram.bucketLimit[29] == 4)
  }

  @Test func nothingIsWrittenTwiceAndFilesHaveNamesOfTheirOwn() throws {
    let folder = try TemporaryFolder()
    let (first, second) = (try EventFile(folder: folder.path), try EventFile(folder: folder.path + "/"))
    #expect(first.path != second.path)
    #expect(first.path.contains(/\/events\.out\.tfevents\.\d{10}\.[^\/]+\.\d+\.\d+$/), "\(first.path)")
    try first.add(.scalar("a", 1), step: 1)
    try first.flush()
    try first.flush()
    #expect(try events(in: first.path).count == 2 && events(in: second.path).count == 1)
  }

  @Test func numbersThatAreNotFinite() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(folder: folder.path)
    try file.add(.histogram("h", Tensor([1, .nan], shape: [2])), step: 1)
    try file.add(.scalar("s", .infinity), step: 1)
    try file.flush()
    #expect(try events(in: file.path).tags == ["s"])
  }

  @Test func foldersThatCannotBe() throws {
    let folder = try TemporaryFolder()
    try Data().write(to: URL(fileURLWithPath: folder.file("file")))
    let error = try #require(throws: FileError.self) { try EventFile(folder: folder.file("file/logs")) }
    #expect(error.description.hasPrefix("\(folder.file("file/logs"))/events.out.tfevents."))
    #expect(error.description.hasSuffix(": cannot be written: Not a directory; a part of this path is not a folder"))
    #expect(!error.description.contains("\n"))
  }
}
