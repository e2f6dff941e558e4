import Foundation
import Latent
import LatentFiles
import TestSupport
import Testing

@testable import LatentData

struct ImageFolderTests {
  private static func write(_ picture: Picture, _ path: String) throws {
    try AtomicFile.write(PNG.encode(picture), to: path, isDurable: false)
  }

  private func createFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  private static func shade(_ value: UInt8, width: Int = 3, height: Int = 2) -> Picture {
    Picture(width: width, height: height, pixels: [UInt8](repeating: value, count: width * height))
  }

  private static func load(_ folder: String, _ choose: (inout Reading) -> Void = { _ in }) throws -> ImageDataset {
    var reading = Reading()
    choose(&reading)
    return try #require(ImageFolderSource(folder)).load(.training, reading)
  }

  private static func refusal(_ folder: String) -> String? {
    do { _ = try load(folder) } catch { return "\(error)" }
    return nil
  }

  /// Digits as PNG files are the data set that they are as an IDX file, whichever folder each is in.
  @Test(arguments: [false, true]) func asIDX(inClasses: Bool) throws {
    try withTemporaryFolder { folder in
      let digits = ImageDataset.synthetic(count: 600, seed: 5)
      let (idx, pngs) = (folder + "/idx", folder + "/png")
      try createFolder(idx)
      try createFolder(pngs)
      try digits.withPixels(of: 0..<digits.count) { pixels in
        try AtomicFile.write(
          IDXFile.header(sizes: [600, 28, 28]) + Array(pixels), to: idx + "/" + IDXFile.imagesName("train"))
      }
      for digit in 0..<10 where inClasses { try createFolder(pngs + "/\(digit)") }
      for index in 0..<digits.count {
        let place = inClasses ? "\(pngs)/\(digits.labels![index])/\(index).png" : "\(pngs)/\(index).png"
        try Self.write(Picture(width: 28, height: 28, pixels: digits.image(index)), place)
      }
      #expect(IDXSource(idx) != nil && ImageFolderSource(idx) == nil)
      let (expected, images) = (try #require(DataSource(idx)).loadImages(), try #require(DataSource(pngs)).loadImages())
      #expect(images.sha256 == expected.sha256 && images.shape == expected.shape && images.count == 600)
      #expect(images.labels == (inClasses ? digits.labels : nil))
      #expect(images.classNames == (inClasses ? (0..<10).map(String.init) : nil))
      let some = [0, 599, 300, 7][...]
      #expect(images.batch(some).values.floats == expected.batch(some).values.floats)
    }
  }

  @Test func namesAreInNaturalOrder() throws {
    let names = [
      "10.png", "9.png", "a2b10", "a2b9", "a02b9", "a2", "A", "", "1", "01", "b", "99999999999999999999999", "3x",
    ]
    #expect(
      names.map(NaturalOrder.init).sorted().map(\.name) == [
        "", "01", "1", "3x", "9.png", "10.png", "99999999999999999999999", "A", "a2", "a02b9", "a2b9", "a2b10", "b",
      ])
    try withTemporaryFolder { folder in
      for name in [10, 9, 100, 1] { try Self.write(Self.shade(UInt8(name)), folder + "/image\(name).png") }
      let images = try Self.load(folder)
      #expect((0..<4).map { images.image($0)[0] } == [1, 9, 10, 100] && images.labels == nil)
      #expect(try Self.load(folder) { $0.limit = 2 }.count == 2)
    }
  }

  /// Every part of the set has its share of each class, and what is no picture is counted.
  @Test func classesAreMixed() throws {
    try withTemporaryFolder { folder in
      for (name, count) in [("cat", 6), ("dog", 3), ("none", 0)] {
        try createFolder(folder + "/" + name)
        for index in 0..<count { try Self.write(Self.shade(UInt8(index)), "\(folder)/\(name)/\(name)\(index).PNG") }
      }
      for other in ["/notes.txt", "/cat/Thumbs.db", "/.DS_Store", "/cat/.hidden.png"] {
        try AtomicFile.write([1], to: folder + other)
      }
      let images = try Self.load(folder)
      #expect(images.classNames == ["cat", "dog"] && images.labels == [0, 1, 0, 0, 1, 0, 0, 1, 0])
      #expect((0..<9).map { images.image($0)[0] } == [0, 0, 1, 2, 1, 3, 4, 2, 5])
      #expect(images[0..<3].classNames == ["cat", "dog"])
      #expect(images.provenance.contains("; 2 other files are passed over"), "\(images.provenance)")
    }
  }

  @Test func coloursAndSizes() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.shade(10), folder + "/1.png")
      #expect(try Self.load(folder).channels == 1)
      let colours = Picture(width: 3, height: 2, channels: .rgb, pixels: (0..<18).map { UInt8($0) })
      try Self.write(colours, folder + "/2.png")
      #expect(try Self.load(folder).image(0) == [UInt8](repeating: 10, count: 18))
      #expect(try Self.load(folder).image(1) == colours.pixels)
      #expect(try Self.load(folder) { $0.images.colour = .grey }.image(1) == [1, 4, 7, 10, 13, 16])
      try Self.write(Self.shade(20, width: 4), folder + "/3.png")
      #expect(
        Self.refusal(folder)
          == "'\(folder)' has images of unlike sizes, 2x3 ('1.png') and 2x4 ('3.png'): give one that all are averaged to, "
          + "such as 2x3")
      let averaged = try Self.load(folder) {
        $0.images.size = ImageReading.Size(height: 1, width: 1)
        $0.images.colour = .grey
      }
      #expect((0..<3).map { averaged.image($0) } == [[10], [9], [20]])
    }
  }

  @Test func parts() throws {
    try withTemporaryFolder { folder in
      for (part, shade) in [("train", 1), ("test", 2)] {
        try createFolder(folder + "/" + part)
        try createFolder(folder + "/\(part)/a")
        try Self.write(Self.shade(UInt8(shade)), "\(folder)/\(part)/a/0.png")
      }
      let source = try #require(ImageFolderSource(folder))
      #expect(try source.load(.training).image(0)[0] == 1 && source.load(.test).image(0)[0] == 2)
      #expect(try source.load(.test).classNames == ["a"])
    }
  }

  @Test func whatIsWrongIsNamed() throws {
    try withTemporaryFolder { folder in
      #expect(ImageFolderSource(folder) == nil && ImageFolderSource(folder + "/x") == nil)
      try createFolder(folder + "/cat")
      try Self.write(Self.shade(1), folder + "/cat/1.png")
      try Self.write(Self.shade(1), folder + "/2.png")
      #expect(
        Self.refusal(folder)
          == "'\(folder)' has pictures beside folders of pictures, such as '2.png' and 'cat'; put each into the folder of its class"
      )
      try AtomicFile.write([1, 2, 3], to: folder + "/cat/3.jpg")
      #expect(Self.refusal(folder + "/cat") == "'\(folder)/cat/3.jpg' is neither a PNG nor a JPEG file")
    }
  }
}
