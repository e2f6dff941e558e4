import Latent
import LatentFiles
import LatentKernels

/// The path of a folder of pictures, PNG or JPEG (``LatentFiles/ImageFile``).
///
/// Pictures in folders of it are labelled: each folder is a class, of its name. Folders `train` and `test` have the two parts;
/// without them, both parts are the same pictures. Names are in natural order, 9.png before 10.png; pictures of several
/// classes are mixed evenly, or in the order of their numbers where all names are numbers. Hidden files and files of other
/// kinds are passed over, and provenance counts them.
///
/// Images are grey where all pictures are, or as `reading.images.colour` says. All have the same size, or are averaged to
/// `reading.images.size`.
public struct ImageFolderSource: ExampleSource {
  public static let usage = "a folder of PNG or JPEG images"
  /// Whether pixels are in memory or in a scratch file on the disk.
  public var place = PixelPlace.bySize
  private let folder: String

  /// A folder that has pictures, in it or in folders of it, and no IDX files.
  public init?(_ text: String) {
    guard FileKind(path: text) == .folder, !ImageDataset.hasImages(folder: text), ImageFolder.hasPictures(text) else {
      return nil
    }
    folder = text
  }

  public var description: String { folder }

  public var path: String? { folder }

  public func load(_ part: DatasetPart, _ reading: Reading) throws(DataError) -> ImageDataset {
    let parts = part == .training ? ["/train"] : ["/test", "/train"]
    let source = parts.map { folder + $0 }.first(where: ImageFolder.hasPictures) ?? folder
    guard let pictures = try ImageFolder(source) else {
      throw .anotherFormat(path: source, help: "has no PNG or JPEG images any more")
    }
    let count = min(reading.limit ?? .max, pictures.files.count)
    let files = Array(pictures.files.prefix(count))
    let headers = try Self.each(of: files, "looking at images") { path throws(FileError) in try ImageFile.header(path) }
    let size: ImageReading.Size
    if let wanted = reading.images.size { size = wanted } else { size = try commonSize(headers, files) }
    let channels: Picture.Channels =
      switch reading.images.colour {
      case .grey: .grey
      case .rgb: .rgb
      case nil: headers.allSatisfy { $0.channels == .grey } ? .grey : .rgb
      }
    var origin = "read from \(quoted(source))"
    if pictures.ignored > 0 {
      origin += "; \(pictures.ignored) other \(pictures.ignored == 1 ? "file is" : "files are") passed over"
    }
    if count < pictures.files.count { origin += limitNote(count) }
    return try ImageDataset(
      name: lastName(of: folder), origin: origin, count: count, height: size.height, width: size.width,
      channels: channels.rawValue, labels: pictures.labels?.prefix(count).map { UInt8($0) },
      classNames: pictures.classNames
    ) { hash throws(DataError) in
      let bytes = count * size.height * size.width * channels.rawValue
      if place.keepsInFile(bytes: bytes) {
        let scratch = try ScratchFile()
        try Self.read(files, size, channels) { pixels, start throws(DataError) in
          try scratch.write(UnsafeRawBufferPointer(pixels), at: start)
        }
        return try scratch.pixels(count: bytes, hash: &hash)
      }
      let pixels = try Self.pixels(of: files, size, channels)
      hash.update(UnsafeRawBufferPointer(pixels.bytes))
      return .memory(pixels)
    }
  }

  /// The size that all pictures have.
  private func commonSize(
    _ headers: [ImageFile.Header], _ files: [String]
  ) throws(DataError) -> ImageReading.Size {
    let first = headers[0]
    if let other = headers.firstIndex(where: { $0.width != first.width || $0.height != first.height }) {
      func named(_ index: Int) -> String {
        "\(headers[index].height)x\(headers[index].width) (\(quoted(lastName(of: files[index]))))"
      }
      throw .anotherFormat(
        path: folder,
        help: "has images of unlike sizes, \(named(0)) and \(named(other)): give one that all are averaged to, "
          + "such as \(first.height)x\(first.width)")
    }
    return ImageReading.Size(height: first.height, width: first.width)
  }

  /// All pixels of the pictures, which as many threads read as are free.
  private static func pixels(
    of files: [String], _ size: ImageReading.Size, _ channels: Picture.Channels
  ) throws(DataError) -> PixelMemory {
    let bytes = size.height * size.width * channels.rawValue
    var failure: DataError?
    let memory = PixelMemory(count: files.count * bytes) { memory in
      nonisolated(unsafe) let start = memory.baseAddress!
      do throws(DataError) {
        try read(files, size, channels) { pixels, place in
          (start + place).initialize(from: pixels.baseAddress!, count: pixels.count)
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    return memory
  }

  /// Calls `write` with the pixels of each picture and the place of their first byte among all, on as many threads as are free.
  private static func read(
    _ files: [String], _ size: ImageReading.Size, _ channels: Picture.Channels,
    _ write: @Sendable (UnsafeBufferPointer<UInt8>, Int) throws(DataError) -> Void
  ) throws(DataError) {
    let bytes = size.height * size.width * channels.rawValue
    _ = try each(of: files.indices, "reading images") { index throws(FileError) in
      let picture = try ImageFile.read(files[index], as: channels, height: size.height, width: size.width)
      do throws(DataError) {
        try picture.pixels.withUnsafeBufferPointer { pixels throws(DataError) in try write(pixels, index * bytes) }
      } catch { throw FileError(file: files[index], reason: "\(error)") }
    }
  }

  /// What `body` gives for each element, on as many threads as are free.
  ///
  /// - Throws: the error of the first that has one
  private static func each<Elements: RandomAccessCollection & Sendable, Result: Sendable>(
    of elements: Elements, _ what: String, _ body: @Sendable (Elements.Element) throws(FileError) -> Result
  ) throws(DataError) -> [Result] where Elements.Index == Int {
    // Few enough that an error ends them soon, and enough that all threads have work.
    let step = 256
    var results: [Result] = []
    results.reserveCapacity(elements.count)
    let work = LongWork(what, total: elements.count)
    for first in stride(from: 0, to: elements.count, by: step) {
      let count = min(step, elements.count - first)
      let found = Locked([Swift.Result<Result, FileError>?](repeating: nil, count: count))
      Threads.run(tasks: count) { task in
        let result: Swift.Result<Result, FileError>
        do throws(FileError) {
          result = .success(try body(elements[elements.startIndex + first + task]))
        } catch { result = .failure(error) }
        found.withLock { $0[task] = result }
      }
      for result in found.withLock({ $0 }) {
        switch result! {
        case .success(let value): results.append(value)
        case .failure(let error): throw .anotherFormat(path: error.file, help: error.reason)
        }
      }
      work.advance(to: first + count)
    }
    return results
  }
}
