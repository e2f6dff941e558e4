import Foundation
import Latent
import LatentFiles
import LatentKernels
import TestSupport
import Testing

@testable import LatentData

/// Arrays, pictures and compressed files that stay on the disk give what they give in memory.
struct FileDatasetTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func values(_ count: Int) -> [Double] {
    (0..<count).map { (place: Int) -> Double in
      let mixed: Int = (place * 37) % 101
      return Double(mixed) / 8 - 3
    }
  }

  private func loaded(_ place: PixelPlace, _ path: String, _ reading: Reading = Reading()) throws -> AnyDataset {
    if path.hasSuffix(".npy") {
      var source = try #require(NumPySource(path))
      source.place = place
      return try source.load(.training, reading)
    }
    var source = try #require(SafetensorsSource(path))
    source.place = place
    return try source.load(.training, reading)
  }

  private static func same(_ a: some Dataset, _ b: some Dataset) {
    #expect(a.count == b.count && a.shape == b.shape && a.labels == b.labels && a.name == b.name)
    #expect(a.sha256 == b.sha256)
    let order = [3, 0, 1, 2, 2, a.count - 1]
    for element in ElementType.computing {
      let context = BatchContext(element: element)
      let (x, y) = (a.batch(order[...], in: context), b.batch(order[...], in: context))
      #expect(x.values.shape == y.values.shape && x.values.element == y.values.element)
      #expect(x.values.values == y.values.values)
      // Where nothing is missing, a batch need not say so.
      #expect((x.observed?.values ?? y.observed?.values.map { _ in 1 }) == (y.observed?.values ?? x.observed?.values))
      #expect(x.labels == y.labels && x.streams == y.streams)
    }
  }

  @Test(arguments: [StoredElementType.float64, .float32, .float16, .int16])
  func numbers(type: StoredElementType) throws {
    let whole = type.isInteger
    for (number, shape) in [[30, 4], [30, 5, 3], [30, 4, 2, 3]].enumerated() {
      var values = Self.values(shape.reduce(1, *)).map { whole ? $0.rounded() : $0 }
      if number == 1 && !whole { values[40] = .nan }
      let array = StoredArray(shape: shape, doubles: values, as: type)
      let npy = folder.file("x.npy")
      try NPYFile.write(array, to: npy)
      let tensors = folder.file("x.safetensors")
      try SafetensorsFile.write(
        [
          SafetensorsTensor("x", array),
          SafetensorsTensor("labels", shape: [30], integers: (0..<30).map { Int64($0 % 9) }),
        ], to: tensors)
      for path in [npy, tensors] {
        let (memory, file) = (try loaded(.memory, path), try loaded(.file, path))
        #expect(memory.base is TensorDataset && file.base is FileDataset)
        Self.same(memory, file)
        Self.same(memory[5..<25], file[5..<25])
        Self.same(memory.chosen([9, 4, 29, 8, 1]), file.chosen([9, 4, 29, 8, 1]))
        Self.same(try loaded(.memory, path, Reading(limit: 7)), try loaded(.file, path, Reading(limit: 7)))
        let (a, b) = (try #require(memory.base as? TensorDataset), try #require(file.base as? FileDataset))
        for kind in Scaling.Kind.allCases {
          let (x, y) = (a[0..<20].fitted(kind), b[0..<20].fitted(kind))
          #expect(x == y)
          Self.same(a.scaled(by: x), b.scaled(by: y))
        }
      }
    }
  }

  /// A window over one series needs its rows, and bytes are images.
  @Test func whatElseAnArrayIs() throws {
    let path = folder.file("x.npy")
    try NPYFile.write(StoredArray(shape: [40, 2], doubles: Self.values(80)), to: path)
    var reading = Reading()
    reading.series.window = 8
    #expect(try loaded(.file, path, reading).base is SeriesDataset)
    // Series of as many steps are windows already.
    try NPYFile.write(StoredArray(shape: [6, 8, 2], doubles: Self.values(96)), to: path)
    #expect(try loaded(.file, path, reading).base is FileDataset)
    Self.same(try loaded(.memory, path, reading), try loaded(.file, path))
    reading.series.window = 4
    for place in PixelPlace.allCases { #expect(throws: DataError.self) { try loaded(place, path, reading) } }
    let tensors = folder.file("i.safetensors")
    try SafetensorsFile.write(
      [SafetensorsTensor("x", shape: [6, 4, 5, 3], elementType: .uint8, bytes: (0..<360).map { UInt8($0 % 256) })],
      to: tensors)
    let (memory, file) = (try loaded(.memory, tensors), try loaded(.file, tensors))
    #expect(memory.base is ImageDataset && file.base is ImageDataset)
    Self.same(memory, file)
  }

  /// What is unpacked lies in a file without a name.
  @Test func pictures() throws {
    for number in 0..<9 {
      let picture = Picture(
        width: 5, height: 4, channels: .rgb, pixels: (0..<60).map { UInt8(($0 * (number + 3)) % 256) })
      try PNG.write(picture, to: folder.file("\(number).png"))
    }
    func images(_ place: PixelPlace) throws -> ImageDataset {
      var source = try #require(ImageFolderSource(folder.path))
      source.place = place
      return try source.load(.training, Reading())
    }
    let (memory, file) = (try images(.memory), try images(.file))
    guard case .file = file.storage else { return #expect(Bool(false), "the pixels are in memory") }
    Self.same(memory, file)
  }

  @Test func compressedImages() throws {
    let bytes = idx(sizes: [40, 5, 3], elements: elements(600))
    try folder.write(bytes, as: Name.trainImages)
    let plain = try ImageDataset.idx(folder: folder.path, place: .memory)
    try run("gzip", folder.file(Name.trainImages))
    let file = try ImageDataset.idx(folder: folder.path, place: .file)
    guard case .file = file.storage else { return #expect(Bool(false), "the pixels are in memory") }
    Self.same(plain, file)
    // Cut off, and with other bytes.
    let path = folder.file(Name.trainImages + ".gz")
    let gzip = try Data(contentsOf: URL(fileURLWithPath: path))
    try gzip.dropLast(20).write(to: URL(fileURLWithPath: path))
    #expect(throws: DataError.self) { try ImageDataset.idx(folder: folder.path, place: .file) }
  }

  private func run(_ tool: String, _ argument: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool, argument]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
