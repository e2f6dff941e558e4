import Foundation
import Latent
import LatentFiles
import TestSupport
import Testing

@testable import LatentData

/// IDX files of every element type, written byte by byte, as a file and in a folder.
@Suite struct IDXElementTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  struct Sample: CustomTestStringConvertible {
    let code: UInt8
    /// Four numbers, the most significant byte first.
    let bytes: [UInt8]
    let values: [Double]
    var testDescription: String { "0x\(String(code, radix: 16))" }
  }

  static let samples = [
    Sample(code: 0x09, bytes: [0x00, 0x7F, 0x80, 0xFF], values: [0, 127, -128, -1]),
    Sample(code: 0x0B, bytes: [0x01, 0x02, 0x7F, 0xFF, 0x80, 0x00, 0xFF, 0xFE], values: [258, 32767, -32768, -2]),
    Sample(
      code: 0x0C, bytes: [0, 0, 1, 2, 0x00, 0x12, 0xD6, 0x87, 0x80, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFD],
      values: [258, 1_234_567, -2_147_483_648, -3]),
    Sample(
      code: 0x0D, bytes: [0x3F, 0x80, 0, 0, 0xC0, 0x20, 0, 0, 0x3D, 0xCC, 0xCC, 0xCD, 0x7F, 0xC0, 0, 0],
      values: [1, -2.5, Double(Float(0.1)), .nan]),
    Sample(
      code: 0x0E,
      bytes: [0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0xC0, 0x04, 0, 0, 0, 0, 0, 0]
        + [0x3F, 0xB9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A, 0x40, 0xC3, 0x88, 0, 0, 0, 0, 0],
      values: [1, -2.5, 0.1, 10000]),
  ]

  private func load(_ path: String, _ place: PixelPlace, _ reading: Reading = Reading()) throws -> AnyDataset {
    var source = try #require(DataSource(path)?.source as? IDXSource)
    source.place = place
    return try source.load(.training, reading)
  }

  /// What is missing is 0 in the values, and not observed.
  private func check(_ data: AnyDataset, _ values: [Double], _ shape: ExampleShape, count: Int) {
    let batch = data.batch(Array(0..<count)[...], in: BatchContext(element: .float64))
    #expect(data.count == count && data.shape == shape && batch.values.shape == [count] + shape.dimensions)
    #expect(batch.values.values == values.map { $0.isNaN ? 0 : $0 })
    if values.contains(where: \.isNaN) { #expect(batch.observed?.values == values.map { $0.isNaN ? 0 : 1 }) }
  }

  @Test(arguments: samples) func everyType(sample: Sample) throws {
    for (sizes, shape) in [
      ([2, 2], ExampleShape.vector(size: 2)), ([1, 2, 2], .series(steps: 2, features: 2)),
      ([2, 1, 1, 2], .image(height: 1, width: 1, channels: 2)),
    ] as [([UInt32], ExampleShape)] {
      let file = idx(type: sample.code, sizes: sizes, elements: sample.bytes)
      for (name, bytes) in [("a.idx", file), ("b.idx.gz", gzip(file)), ("data", file)] {
        try folder.write(bytes, as: name)
        for place in [PixelPlace.memory, .file] {
          check(try load(folder.file(name), place), sample.values, shape, count: Int(sizes[0]))
        }
      }
      for name in [Name.trainImages, "Train-Images.idx\(sizes.count)-double.gz"] {
        let inner = try TemporaryFolder()
        try inner.write(name.hasSuffix("gz") ? gzip(file) : file, as: name)
        try inner.write(idx(sizes: [sizes[0]], elements: (0..<UInt8(sizes[0])).map { 7 + $0 }), as: Name.trainLabels)
        for place in [PixelPlace.memory, .file] {
          let data = try load(inner.path, place)
          check(data, sample.values, shape, count: Int(sizes[0]))
          #expect(data.labels == (0..<UInt8(sizes[0])).map { 7 + $0 } && data.name == inner.path.lastName)
          #expect(data.provenance.contains("\(name) and \(Name.trainLabels)"))
        }
      }
    }
  }

  /// Unsigned bytes are images as ever, of one file too: the same checksum, and the labels that lie beside it.
  @Test func bytes() throws {
    let pixels = elements(4 * 3 * 2)
    try folder.write(idx(sizes: [4, 3, 2], elements: pixels), as: Name.trainImages)
    try folder.write(idx(sizes: [4], elements: [5, 6, 7, 8]), as: Name.trainLabels)
    let whole = try ImageDataset.idx(folder: folder.path)
    let file = try #require(try load(folder.file(Name.trainImages), .bySize).base as? ImageDataset)
    #expect(file.sha256 == whole.sha256 && allPixels(of: file) == pixels && file.labels == [5, 6, 7, 8])
    #expect(try load(folder.file(Name.trainImages), .bySize, Reading(limit: 3)).count == 3)
    try folder.write(idx(sizes: [2, 2, 2, 3], elements: pixels), as: "c.idx")
    let colours = try #require(try load(folder.file("c.idx"), .bySize).base as? ImageDataset)
    #expect(colours.channels == 3 && colours.image(1) == Array(pixels[12...]) && colours.labels == nil)
    // What NumPy's file of the same array is.
    try folder.write(
      NPYFile.encode(StoredArray(shape: [2, 2, 2, 3], elementType: .uint8, bytes: pixels)), as: "c.npy")
    #expect(try #require(DataSource(folder.file("c.npy"))).load().sha256 == colours.sha256)
    // Numbers without rows are vectors of numbers.
    try folder.write(idx(sizes: [2, 2], elements: [0, 1, 2, 255]), as: "v.idx")
    check(try load(folder.file("v.idx"), .memory), [0, 1, 2, 255], .vector(size: 2), count: 2)
  }

  /// With a window, one array is one series.
  @Test func windows() throws {
    try folder.write(idx(type: 0x0B, sizes: [5], elements: [0, 1, 0, 2, 0, 3, 0xFF, 0xFF, 0, 5]), as: "s.idx")
    var reading = Reading()
    reading.series.window = 3
    let windows = try load(folder.file("s.idx"), .bySize, reading)
    check(windows, [1, 2, 3, 2, 3, -1, 3, -1, 5], .series(steps: 3, features: 1), count: 3)
  }

  /// As in QMNIST: whole numbers of 32 bits, the class before other facts of each image.
  @Test func labelsOfOtherTypes() throws {
    try folder.write(idx(sizes: [2, 1, 1], elements: [1, 2]), as: "qmnist-train-images-idx3-ubyte")
    let labels: [UInt8] = [0, 0, 0, 9, 0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 3, 9]
    try folder.write(gzip(idx(type: 0x0C, sizes: [2, 2], elements: labels)), as: "qmnist-train-labels-idx2-int.gz")
    #expect(try load(folder.path, .bySize).labels == [9, 4])
    let bad = folder.file("qmnist-train-labels-idx2-int.gz")
    for (type, bytes) in [(0x0C, [0, 0, 1, 0, 0, 0, 0, 0]), (0x0D, [0x3F, 0x80, 0, 0, 0, 0, 0, 0])]
      as [(UInt8, [UInt8])]
    {
      try folder.write(idx(type: type, sizes: [2], elements: bytes), as: "qmnist-train-labels-idx2-int.gz")
      let message = "'\(bad)' has labels that are no whole numbers from 0 to 255: give others, or none"
      #expect(loadError(folder)?.description == message)
    }
  }

  private func message(_ name: String) -> String {
    do { return "\(try load(folder.file(name), .bySize).count) examples" } catch { return "\(error)" }
  }

  @Test func badFiles() throws {
    try folder.write(idx(type: 0x0E, sizes: [2, 2], elements: [UInt8](repeating: 0, count: 31)), as: "a.idx")
    #expect(message("a.idx").hasSuffix("a.idx' ends after 43 of 44 bytes: the file is cut off, fetch it again"))
    try folder.write(idx(type: 0x0A, sizes: [2, 2], elements: [1, 2, 3, 4]), as: "b.idx")
    #expect(
      message("b.idx").hasSuffix(
        "b.idx' holds elements of IDX type 0x0a; there are 0x08, 0x09, and 0x0b to 0x0e: the file is damaged"))
    try folder.write(idx(type: 0x0C, sizes: [2], elements: [0, 0, 0, 1, 0, 0, 0, 2]), as: "c.idx")
    #expect(message("c.idx").contains("has an array of the shape [2]; give [N, D], [N, T, D]"))
    try folder.write(idx(type: 0x0D, sizes: [1, 1, 1, 1, 1], elements: [0, 0, 0, 0]), as: "d.idx")
    #expect(message("d.idx").contains("has 5 dimensions"))
    try folder.write(idx(type: 0x0E, sizes: [1 << 31, 1 << 30, 1], elements: []), as: "e.idx")
    #expect(message("e.idx").contains("declares 2147483648 x 1073741824 x 1 elements; each size must be"))
    try folder.write(Array("a text".utf8), as: "f")
    #expect(message("f").hasSuffix("f' is no data that are read: give \(DataError.sources)"))
    try folder.write(idx(type: 0x0C, sizes: [2, 1, 1], elements: [0, 0, 0, 1, 0, 0, 0, 2]), as: Name.trainImages)
    #expect(
      loadError(folder)?.description
        == "'\(folder.path)' holds series of 1 steps of 1 features, and this takes images, whose pixels are bytes")
  }
}

extension String {
  fileprivate var lastName: String { URL(filePath: self).lastPathComponent }
}
