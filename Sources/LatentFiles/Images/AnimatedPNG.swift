import LatentKernels

/// Pictures one after the other in one file, which programs that know no animation show as the first of them
/// (APNG, part of the PNG specification since its third edition).
///
///     var film = AnimatedPNG()
///     for picture in pictures { try film.append(picture) }
///     let bytes = film.encoded(secondsPerFrame: 0.5)
///
/// Each frame is a whole picture of the same size, compressed by libpng.
public struct AnimatedPNG: Sendable, Equatable {
  /// The data of the IHDR chunk, common to all frames.
  private var header: [UInt8] = []
  /// The data of the IDAT chunks of each frame.
  private var frames: [[UInt8]] = []

  public init() {}

  /// The number of frames.
  public var count: Int { frames.count }

  /// Adds a frame at the end.
  ///
  /// - Throws: ``FileError`` where it has not the size and channels of the first
  public mutating func append(_ picture: Picture) throws(FileError) {
    let file = try PNG.encode(picture)
    var (header, data): ([UInt8], [UInt8]) = ([], [])
    for chunk in PNGChunk.all(in: file) {
      if chunk.name == "IHDR" { header = Array(chunk.data) }
      if chunk.name == "IDAT" { data += chunk.data }
    }
    guard frames.isEmpty || header == self.header else {
      throw FileError(
        file: "animation", reason: "a frame of \(picture.width)×\(picture.height) does not fit the first")
    }
    self.header = header
    frames.append(data)
  }

  /// Leaves out all frames but the first ones.
  public mutating func keepFirst(_ count: Int) { frames.removeLast(max(frames.count - max(count, 0), 0)) }

  /// One frame as a picture.
  public func picture(_ index: Int) throws(FileError) -> Picture {
    require(frames.indices.contains(index), "AnimatedPNG: frame \(index) of \(count)")
    return try ImageFile.decode(
      PNGChunk.signature + PNGChunk.encoded("IHDR", header) + PNGChunk.encoded("IDAT", frames[index])
        + PNGChunk.encoded("IEND", []))
  }

  /// The file, which plays for ever.
  ///
  /// - Parameters:
  ///   - secondsPerFrame: how long each frame is seen, to a thousandth of a second
  ///   - lastSeconds: the same of the last frame
  /// - Precondition: There is a frame.
  public func encoded(secondsPerFrame: Double, lastSeconds: Double? = nil) -> [UInt8] {
    require(!frames.isEmpty, "AnimatedPNG.encoded: no frames")
    let size = Array(header.prefix(8))
    var file = PNGChunk.signature + PNGChunk.encoded("IHDR", header)
    file += PNGChunk.encoded("acTL", PNGChunk.bigEndian(UInt32(count)) + PNGChunk.bigEndian(0))
    var sequence: UInt32 = 0
    for (index, data) in frames.enumerated() {
      let seconds = index == count - 1 ? lastSeconds ?? secondsPerFrame : secondsPerFrame
      let thousandths = UInt32(max(0, min(65535, (seconds * 1000).rounded())))
      // Number, size, place, delay as a fraction of two 16-bit numbers, and that the frame replaces all before it.
      let control =
        PNGChunk.bigEndian(sequence) + size + [UInt8](repeating: 0, count: 8)
        + PNGChunk.bigEndian(thousandths << 16 | 1000) + [0, 0]
      file += PNGChunk.encoded("fcTL", control)
      sequence += 1
      if index == 0 {
        file += PNGChunk.encoded("IDAT", data)
      } else {
        file += PNGChunk.encoded("fdAT", PNGChunk.bigEndian(sequence) + data)
        sequence += 1
      }
    }
    return file + PNGChunk.encoded("IEND", [])
  }

  /// The frames of a file that ``encoded(secondsPerFrame:lastSeconds:)`` made; nil for any other, or a damaged one.
  public init?(_ file: [UInt8]) {
    guard file.starts(with: PNGChunk.signature) else { return nil }
    let chunks = PNGChunk.all(in: file)
    guard chunks.last?.name == "IEND", chunks.first?.name == "IHDR", chunks[0].data.count == 13 else { return nil }
    header = Array(chunks[0].data)
    for chunk in chunks {
      switch chunk.name {
      case "fcTL":
        guard chunk.data.count == 26, chunk.data.dropFirst(4).prefix(8).elementsEqual(header.prefix(8)) else {
          return nil
        }
      case "IDAT": frames.append(Array(chunk.data))
      case "fdAT": frames.append(Array(chunk.data.dropFirst(4)))
      default: break
      }
    }
    let isWhole = chunks.count { $0.name == "fcTL" } == frames.count && !frames.isEmpty
    guard isWhole else { return nil }
  }
}
