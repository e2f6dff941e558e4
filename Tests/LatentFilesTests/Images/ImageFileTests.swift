import Foundation
import TestSupport
import Testing

@testable import LatentFiles

struct ImageFileTests {
  private static func path(_ name: String) -> String {
    (Bundle.module.resourceURL ?? Bundle.module.bundleURL).appendingPathComponent("Pictures").path + "/" + name
  }

  /// What Pillow reads: see `Pictures/generate.py`.
  @Test(arguments: [
    ("grey.jpg", 1), ("colour.jpg", 3), ("progressive.jpg", 3), ("palette4.png", 3), ("grey16.png", 1),
    ("grey1.png", 1),
    ("cover.png", 3),
  ])
  func asPillow(name: String, channels: Int) throws {
    let picture = try ImageFile.read(Self.path(name))
    let stem = name.prefix { $0 != "." }
    let expected = try AtomicFile.read(Self.path("\(stem).18x13x\(channels).bytes"))
    #expect(picture.width == 18 && picture.height == 13 && picture.channels.rawValue == channels)
    // Of transparency Pillow rounds otherwise.
    let worst = zip(picture.pixels, expected).map { abs(Int($0) - Int($1)) }.max()!
    #expect(worst <= (name == "cover.png" ? 1 : 0))
    let header = try ImageFile.header(Self.path(name))
    #expect(header == ImageFile.Header(width: 18, height: 13, channels: picture.channels))
  }

  @Test func printColoursAreRefused() {
    #expect(
      throws: FileError(
        file: Self.path("cmyk.jpg"), reason: "is a JPEG file in the colours of print (CMYK); save it in RGB")
    ) { try ImageFile.read(Self.path("cmyk.jpg")) }
  }

  /// Cut anywhere, a file is refused in one line.
  @Test(arguments: ["colour.jpg", "progressive.jpg", "palette4.png", "grey16.png"])
  func filesThatAreCutOff(name: String) throws {
    let bytes = try AtomicFile.read(Self.path(name))
    var read: [Int] = []
    for count in 0..<bytes.count - 2 {
      do throws(FileError) {
        _ = try ImageFile.decode(Array(bytes[..<count]), name: name)
        read.append(count)
      } catch { #expect(error.description.hasPrefix(name + ": ") && !error.description.contains("\n")) }
    }
    #expect(read.isEmpty, "\(name) of \(bytes.count) bytes")
  }

  @Test func otherFiles() {
    #expect(throws: FileError(file: "a", reason: "is neither a PNG nor a JPEG file")) {
      try ImageFile.decode([1, 2, 3], name: "a")
    }
  }

  /// A file of a few bytes takes no memory for what it says that it has.
  @Test func sizesThatAreNotThere() throws {
    var png = try PNG.encode(Picture(width: 2, height: 2, pixels: [1, 2, 3, 4]))
    let header = PNGChunk.encoded("IHDR", PNGChunk.bigEndian(1 << 20) + PNGChunk.bigEndian(1 << 20) + [8, 0, 0, 0, 0])
    png.replaceSubrange(8..<8 + header.count, with: header)
    let error = #expect(throws: FileError.self) { try ImageFile.decode(png, name: "large.png") }
    #expect(error?.reason == "says that it has 1048576×1048576 pixels, more than its bytes can hold")
  }

  @Test func greyOfColoursAndColoursOfGrey() throws {
    let colours = try PNG.encode(
      Picture(width: 3, height: 1, channels: .rgb, pixels: [255, 0, 0, 0, 255, 0, 10, 20, 30]))
    #expect(try ImageFile.decode(colours, as: .grey).pixels == [76, 150, 18])
    let grey = try PNG.encode(Picture(width: 2, height: 1, pixels: [7, 9]))
    #expect(try ImageFile.decode(grey, as: .rgb).pixels == [7, 7, 7, 9, 9, 9])
  }

  /// Every kind and depth of PNG, plain and interlaced, against the samples that were written.
  @Test(arguments: [false, true]) func kindsOfPNG(interlaced: Bool) throws {
    for (colourType, depths) in [
      (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]),
    ] {
      for depth in depths {
        let png = SamplePNG(width: 11, height: 9, colourType: colourType, depth: depth)
        if interlaced && depth == 16 {
          let error = #expect(throws: FileError.self) { try ImageFile.decode(png.encoded(interlaced: true)) }
          #expect(error?.reason.contains("is an interlaced PNG file of 16 bits") == true)
          continue
        }
        let picture = try ImageFile.decode(
          png.encoded(interlaced: interlaced), name: "type \(colourType), \(depth) bits")
        #expect(picture.pixels == png.expected, "type \(colourType), \(depth) bits")
      }
    }
  }

  /// Means of areas, against sums over a finer grid that has both sizes' borders.
  @Test(arguments: [(7, 5, 3, 2), (6, 4, 3, 2), (3, 2, 7, 5), (5, 5, 5, 3), (9, 1, 1, 4), (28, 28, 14, 9)])
  func averages(height: Int, width: Int, rows: Int, columns: Int) throws {
    for channels in [1, 3] {
      let pixels = (0..<height * width * channels).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ $0 / 3) }
      let file = try PNG.encode(
        Picture(width: width, height: height, channels: channels == 1 ? .grey : .rgb, pixels: pixels))
      let picture = try ImageFile.decode(file, height: rows, width: columns)
      for row in 0..<rows {
        for column in 0..<columns {
          for channel in 0..<channels {
            // Each pixel is rows × columns points, each area height × width of them.
            var sum = 0
            for y in row * height..<(row + 1) * height {
              for x in column * width..<(column + 1) * width {
                sum += Int(pixels[(y / rows * width + x / columns) * channels + channel])
              }
            }
            let mean = Int((Double(sum) / Double(height * width) + 0.5).rounded(.down))
            #expect(picture[column, row][picture[column, row].startIndex + channel] == UInt8(mean))
          }
        }
      }
    }
  }
}
