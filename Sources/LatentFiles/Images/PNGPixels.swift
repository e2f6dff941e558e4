internal import CPNG
import LatentKernels

/// The bytes of a PNG file's pixels, of whatever kind and depth, through libpng's simplified interface.
enum PNGPixels {
  /// What the first chunks say.
  static func header(_ bytes: [UInt8], name: String) throws(FileError) -> ImageFile.Header {
    let start = PNGChunk.signature.count
    guard bytes.count >= start + 21, bytes[start + 4..<start + 8].elementsEqual("IHDR".utf8) else {
      throw FileError(file: name, reason: "is a PNG file that has no header; fetch it again")
    }
    let (width, height) = (PNGChunk.number(bytes[(start + 8)...]), PNGChunk.number(bytes[(start + 12)...]))
    guard (1..<1 << 24).contains(width), (1..<1 << 24).contains(height) else {
      throw FileError(file: name, reason: "is a PNG file of \(width)×\(height), which is damaged or too large")
    }
    if bytes[start + 16] == 16 && bytes[start + 20] != 0 {
      // libpng 1.6.39 takes rows of a pass for rows of the picture where it makes 8 bits of 16.
      throw FileError(
        file: name, reason: "is an interlaced PNG file of 16 bits, which libpng misreads; save it without interlacing")
    }
    let isGrey: Bool
    switch bytes[start + 17] {
    case 0, 4: isGrey = true
    case 3: isGrey = hasGreyPalette(bytes)
    default: isGrey = false
    }
    return ImageFile.Header(width: width, height: height, channels: isGrey ? .grey : .rgb)
  }

  private static func hasGreyPalette(_ bytes: [UInt8]) -> Bool {
    guard let palette = PNGChunk.all(in: bytes).first(where: { $0.name == "PLTE" })?.data else { return false }
    let colours = Array(palette)
    return (0..<colours.count / 3).allSatisfy { colour in
      let (red, green, blue) = (colours[3 * colour], colours[3 * colour + 1], colours[3 * colour + 2])
      return red == green && green == blue
    }
  }

  /// The pixels, and the channels of each: 1 grey, 3 of colours, and one more where some may not be seen.
  static func decode(
    _ bytes: [UInt8], _ header: ImageFile.Header, name: String
  ) throws(FileError) -> (pixels: [UInt8], channels: Int) {
    let chunks = PNGChunk.all(in: bytes)
    guard chunks.last?.name == "IEND" else {
      throw FileError(file: name, reason: "is a PNG file that is damaged or cut off; fetch it again")
    }
    // Deflate makes no more than 1032 bytes of one, and a pixel has a bit at least.
    let most = 8 * 1032 * (bytes.count + 1)
    guard header.width <= most / header.height else {
      throw FileError(
        file: name, reason: "says that it has \(header.width)×\(header.height) pixels, more than its bytes can hold")
    }
    // What says how a screen shows colours is left out, and what is no picture.
    let kept = chunks.filter { ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].contains($0.name) }
    let file = PNGChunk.signature + kept.flatMap { PNGChunk.encoded($0.name, Array($0.data)) }
    // libpng keeps the address of the bytes between its two calls.
    let result: Result<([UInt8], Int), FileError> = file.withUnsafeBytes { memory in
      var image = PNG.emptyImage()
      defer { png_image_free(&image) }
      func failure() -> FileError { FileError(file: name, reason: "cannot be read: \(PNG.message(of: image))") }
      guard png_image_begin_read_from_memory(&image, memory.baseAddress, memory.count) != 0 else {
        return .failure(failure())
      }
      let isColour = image.format & UInt32(PNG_FORMAT_FLAG_COLOR) != 0
      let isTransparent = image.format & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0
      image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
      image.format =
        UInt32(isColour ? PNG_FORMAT_FLAG_COLOR : 0) | UInt32(isTransparent ? PNG_FORMAT_FLAG_ALPHA : 0)
      let channels = (isColour ? 3 : 1) + (isTransparent ? 1 : 0)
      let size = Int(image.width) * Int(image.height) * channels
      Shortage.checkArray(bytes: size)
      var pixels = [UInt8](repeating: 0, count: size)
      guard png_image_finish_read(&image, nil, &pixels, 0, nil) != 0 else { return .failure(failure()) }
      return .success((pixels, channels))
    }
    return try result.get()
  }
}
