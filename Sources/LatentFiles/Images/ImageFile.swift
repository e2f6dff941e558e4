import LatentKernels

/// Pictures in PNG and JPEG files as data: 8-bit grey or colour, of their own size or averaged to another.
///
/// Every number is the same on every machine, and profiles of colours are not looked at: the bytes are the file's. 16 bits
/// become 8 by rounding, palettes colours, transparency lies on white, and grey of a colour is (299 R + 587 G + 114 B) / 1000
/// (ITU-R BT.601). Refused are JPEG in the colours of print and interlaced PNG of 16 bits, which libpng misreads. Pictures aren't turned, whatever a camera says of its own position.
public enum ImageFile {
  /// What a file says of its picture.
  public struct Header: Sendable, Equatable {
    /// Pixels of a row.
    public let width: Int
    /// The number of rows.
    public let height: Int
    /// Whether it is grey; a palette is where all of its colours are.
    public let channels: Picture.Channels
  }

  /// The names' ends of such files, in small letters.
  package static let endings = [".png", ".jpg", ".jpeg"]

  /// Reads what a file says of its picture, and no pixels.
  public static func header(_ path: String) throws(FileError) -> Header {
    // What a camera writes before the picture may be longer.
    let start = try AtomicFile.read(path, from: 0, count: 1 << 16)
    if let header = try? header(of: start, name: path) { return header }
    return try header(of: AtomicFile.read(path), name: path)
  }

  /// Reads the picture in a file.
  ///
  /// - Parameters:
  ///   - channels: grey or colour; as the file is where nil
  ///   - height: rows to average it to; with `width`, or both as in the file
  public static func read(
    _ path: String, as channels: Picture.Channels? = nil, height: Int? = nil, width: Int? = nil
  ) throws(FileError) -> Picture {
    try decode(AtomicFile.read(path), name: path, as: channels, height: height, width: width)
  }

  /// The same of bytes in memory.
  ///
  /// - Parameter name: what errors call it
  public static func decode(
    _ bytes: [UInt8], name: String = "picture", as channels: Picture.Channels? = nil, height: Int? = nil,
    width: Int? = nil
  ) throws(FileError) -> Picture {
    require((height ?? 1) > 0 && (width ?? 1) > 0, "ImageFile.decode: to \(height ?? 0)x\(width ?? 0)")
    let header = try header(of: bytes, name: name)
    let wanted = channels ?? header.channels
    var (pixels, found) =
      isPNG(bytes) ? try PNGPixels.decode(bytes, header, name: name) : try JPEG.decode(bytes, header, name: name)
    if found.isMultiple(of: 2) {
      found -= 1
      PictureBytes.layOnWhite(&pixels, channels: found)
    }
    if found == 3 && wanted == .grey { pixels = PictureBytes.grey(pixels) }
    if found == 1 && wanted == .rgb { pixels = PictureBytes.rgb(pixels) }
    let (rows, columns) = (height ?? header.height, width ?? header.width)
    if rows != header.height || columns != header.width {
      pixels = PictureBytes.average(
        pixels, height: header.height, width: header.width, channels: wanted.rawValue, rows: rows, columns: columns)
    }
    return Picture(width: columns, height: rows, channels: wanted, pixels: pixels)
  }

  /// What the first bytes of a file say.
  package static func header(of bytes: [UInt8], name: String) throws(FileError) -> Header {
    if isPNG(bytes) { return try PNGPixels.header(bytes, name: name) }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return try JPEG.header(bytes, name: name) }
    let fault = Fault("is neither a PNG nor a JPEG file", mayBeForeign: true)
    throw fault.error(in: name, bytes, notA: .text, for: .data)
  }

  private static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: PNGChunk.signature) }
}
