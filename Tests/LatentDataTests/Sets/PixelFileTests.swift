import Foundation
import Latent
import LatentFiles
import LatentKernels
import TestSupport
import Testing

@testable import LatentData

/// Images that stay in their file are the same as images in memory.
@Suite("Images in a file")
struct PixelFileTests {
  private let folder: TemporaryFolder
  private let pixels = elements(40 * 5 * 3)
  private var images: [UInt8] { idx(sizes: [40, 5, 3], elements: pixels) }
  private var imagesFile: String { folder.file(Name.trainImages) }

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(images, as: Name.trainImages)
    try folder.write(idx(sizes: [40], elements: elements(40, from: 7)), as: Name.trainLabels)
  }

  private func load(_ place: PixelPlace) throws -> ImageDataset { try .idx(folder: folder.path, place: place) }

  private func isInFile(_ data: ImageDataset) -> Bool {
    if case .file = data.storage { true } else { false }
  }

  /// Neighbours, a gap, backwards, the same one twice, none, the ends.
  private static let batches = [
    Array(0..<40), [3, 4, 5, 9, 10, 2], [7, 6, 5], [8, 8, 9, 9], [], [0], [39], [39, 0, 1], [20, 21, 20, 21],
  ]

  @Test(arguments: [nil, Binarization.threshold, .stochastic], [ElementType.float32, .float64])
  func batchesAreTheSame(binarization: Binarization?, element: ElementType) throws {
    let (memory, file) = (try load(.memory).binarized(binarization), try load(.file).binarized(binarization))
    #expect(try isInFile(file) && !isInFile(memory) && !isInFile(load(.bySize)))
    let windows: [(ImageDataset) -> ImageDataset] = [
      { $0 }, { $0.reshaped(height: 3, width: 5) }, { $0.split(validationFraction: 0.3).validation },
      { $0.dropFirst(7).prefix(20).dropFirst(1) },
    ]
    for window in windows {
      let (memory, file) = (window(memory), window(file))
      #expect(file.count == memory.count && allPixels(of: file) == allPixels(of: memory))
      #expect(file.image(3) == memory.image(3) && file.labels == memory.labels)
      for batch in Self.batches.map({ $0.filter { $0 < file.count } }) {
        let context = BatchContext(noiseKey: RandomKey(seed: 3), element: element, workspace: Workspace())
        let (a, b) = (memory.batch(batch[...], in: context), file.batch(batch[...], in: context))
        #expect(bits(a.values) == bits(b.values) && a.values.shape == b.values.shape)
        #expect(b.values.element == element && a.labels == b.labels && a.streams == b.streams)
        #expect(memory.originals(batch).floats == file.originals(batch).floats)
      }
    }
  }

  private func bits(_ tensor: Tensor) -> [UInt8] { tensor.storage.withUnsafeBytes { Array($0) } }

  @Test func whatIsSaidOfThemIsTheSame() throws {
    let (memory, file) = (try load(.memory), try load(.file))
    #expect(file.sha256 == memory.sha256 && file.provenance == memory.provenance && file.name == memory.name)
    #expect("\(file)" == "\(memory)" && file.labels == memory.labels)
  }

  /// Longer than what is read at once.
  @Test func manyPieces() throws {
    var pixels = elements(10_007)
    while pixels.count < 5 << 19 { pixels += pixels }
    try folder.write(idx(sizes: [UInt32(pixels.count / 10_007), 10_007, 1], elements: pixels), as: Name.testImages)
    let (memory, file) = try (
      ImageDataset.idx(folder: folder.path, part: .test, place: .memory),
      ImageDataset.idx(folder: folder.path, part: .test, place: .file)
    )
    #expect(isInFile(file) && file.sha256 == memory.sha256 && allPixels(of: file) == pixels)
  }

  /// From the second batch on, nothing is allocated.
  @Test func batchesAllocateNothing() throws {
    let (data, workspace) = (try load(.file), Workspace())
    var bytes: [Int] = []
    for batch in [[1, 2, 3, 9], [4, 0, 8, 8], [5, 6, 7, 8]] {
      _ = data.batch(batch[...], in: BatchContext(workspace: workspace))
      bytes.append(workspace.allocatedBytes)
    }
    #expect(bytes[0] > 0 && bytes == [bytes[0], bytes[0], bytes[0]])
  }

  /// A hint, which changes nothing and stops nothing.
  @Test func fetchingAhead() throws {
    for data in [try load(.memory), try load(.file), try load(.file).dropFirst(3)] {
      let before = data.batch([3, 4, 9]).values.floats
      data.prefetch([3, 4, 9])
      data.prefetch([])
      AnyDataset(data).prefetch([36, 0])
      #expect(data.batch([3, 4, 9]).values.floats == before)
    }
  }

  /// The same verdict on what is in a file, wherever its pixels would be: cut off, too long, and each bit of the header.
  @Test func errorsAreTheSame() throws {
    let cut =
      (0..<16).map { Array(images.prefix($0)) } + stride(from: 16, to: 616, by: 37).map { Array(images.prefix($0)) }
    let flipped = (0..<16 * 8).map { bit in
      var file = images
      file[bit / 8] ^= 1 << UInt8(bit % 8)
      return file
    }
    for (number, file) in (cut + [images + [0], images + images] + flipped).enumerated() {
      try folder.write(file, as: Name.trainImages)
      let (memory, file) = (error(.memory), error(.file))
      #expect(memory == file && memory != nil, "file \(number)")
    }
  }

  private func error(_ place: PixelPlace) -> DataError? {
    do throws(DataError) {
      _ = try ImageDataset.idx(folder: folder.path, place: place)
      return nil
    } catch { return error }
  }

  @Test func compressedFilesAreUnpacked() throws {
    try folder.write(gzip(images), as: Name.trainImages)
    #expect(try isInFile(load(.file)) && !isInFile(load(.bySize)) && allPixels(of: load(.file)) == pixels)
  }

  /// What was opened is what is read, whatever becomes of the name.
  @Test func anotherFileOfItsNameChangesNothing() throws {
    let data = try load(.file)
    try FileManager.default.removeItem(atPath: imagesFile)
    try folder.write([UInt8](repeating: 0, count: images.count), as: Name.trainImages)
    #expect(allPixels(of: data) == pixels)
  }

  /// Each damage of an open file is an error of reading, and stops a batch with one line.
  @Test func aFileThatIsWrittenToStops() async throws {
    await #expect(processExitsWith: .success) {
      let damages: [(String, (FileHandle) throws -> Void)] = [
        ("cut", { try $0.truncate(atOffset: 300) }), ("emptied", { try $0.truncate(atOffset: 0) }),
        ("longer", { try $0.write(contentsOf: [1]) }),
        (
          "written to",
          {
            try $0.seek(toOffset: 20)
            try $0.write(contentsOf: [1])
          }
        ),
      ]
      for (name, damage) in damages {
        let folder = try TemporaryFolder()
        try folder.write(idx(sizes: [40, 5, 3], elements: elements(600)), as: Name.trainImages)
        // Of before: a file that was made and written to within one tick of the clock would have the same time.
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: folder.file(Name.trainImages))
        let data = try ImageDataset.idx(folder: folder.path, place: .file)
        _ = data.batch([0, 39])
        let handle = try #require(FileHandle(forUpdatingAtPath: folder.file(Name.trainImages)))
        try handle.seekToEnd()
        try damage(handle)
        for indices in [[0], [39], [3, 4, 5]] {
          expectStop("'\(folder.file(Name.trainImages))' was written to while it was in use", name) {
            _ = data.batch(indices[...])
          }
        }
        expectStop("was written to while it was in use", name) { _ = data.image(0) }
        expectStop("was written to while it was in use", name) { _ = data.originals([1, 2]) }
      }
    }
  }

  @Test func indicesOutsideStop() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      try folder.write(idx(sizes: [40, 5, 3], elements: elements(600)), as: Name.trainImages)
      for place in [PixelPlace.memory, .file] {
        let data = try ImageDataset.idx(folder: folder.path, place: place)
        for (data, index) in [(data, 40), (data, -1), (data.prefix(3), 3), (data.dropFirst(3), -1)] {
          expectStop("images", "\(place) \(index)") { _ = data.batch([index]) }
        }
      }
    }
  }
}

/// Images in a `.npy` file.
extension PixelFileTests {
  private func load(_ name: String, _ place: PixelPlace, limit: Int? = nil) throws -> any Dataset {
    var source = try #require(NumPySource(folder.file(name)))
    source.place = place
    return try source.load(.training, limit: limit, seed: 0).base
  }

  @Test(arguments: [[40, 5, 3], [8, 5, 5, 3]], [nil, 3])
  func numPyImages(shape: [Int], limit: Int?) throws {
    try folder.write(NPYFile.encode(StoredArray(shape: shape, elementType: .uint8, bytes: pixels)), as: "a.npy")
    let memory = try #require(try load("a.npy", .memory, limit: limit) as? ImageDataset)
    let file = try #require(try load("a.npy", .file, limit: limit) as? ImageDataset)
    #expect(isInFile(file) && !isInFile(memory) && file.shape == memory.shape && file.count == limit ?? shape[0])
    #expect(file.sha256 == memory.sha256 && file.provenance == memory.provenance && file.name == memory.name)
    #expect(allPixels(of: file) == Array(pixels.prefix(allPixels(of: memory).count)))
    #expect(file.batch([2, 0, 1]).values.floats == memory.batch([2, 0, 1]).values.floats)
  }

  /// What can't stay in the file is in memory, and what is wrong is said in the same words.
  @Test func otherNumPyFiles() throws {
    let bytes = StoredArray(shape: [40, 5, 3], elementType: .uint8, bytes: pixels)
    try folder.write(NPYFile.encode(bytes, fortranOrder: true), as: "fortran.npy")
    try folder.write(NPYFile.encode(StoredArray(shape: [2, 2, 1], floats: [1, 2, 3, 4])), as: "floats.npy")
    try folder.write(
      NPYFile.encode(StoredArray(shape: [2, 2], elementType: .uint8, bytes: [1, 2, 3, 4])), as: "vectors.npy")
    let fortran = try #require(try load("fortran.npy", .file) as? ImageDataset)
    #expect(!isInFile(fortran) && allPixels(of: fortran) == pixels)
    for name in ["floats.npy", "vectors.npy"] {
      #expect(try load(name, .file) is FileDataset && load(name, .memory) is TensorDataset)
    }
    for (name, content) in [
      ("cut.npy", Array(NPYFile.encode(bytes).dropLast())), ("no.npy", [1, 2, 3]), ("head.npy", [0x93]),
      ("empty.npy", NPYFile.encode(StoredArray(shape: [0, 2, 2], elementType: .uint8, bytes: []))),
    ] {
      try folder.write(content, as: name)
      let errors = [PixelPlace.memory, .file].map { place in
        do { return "\(try load(name, place))" } catch { return "\(error)" }
      }
      #expect(errors[0] == errors[1] && errors[0].contains(name) && !errors[0].contains("in memory"))
    }
  }
}
