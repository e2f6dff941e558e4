internal import CJPEG
import LatentKernels

/// JPEG files, through libjpeg-turbo's TurboJPEG.
enum JPEG {
  static func header(_ bytes: [UInt8], name: String) throws(FileError) -> ImageFile.Header {
    try withDecoder(name) { decoder throws(FileError) in try read(bytes, decoder, name) }
  }

  /// The pixels, and the channels of each: 1 grey, 3 of colours.
  static func decode(
    _ bytes: [UInt8], _ header: ImageFile.Header, name: String
  ) throws(FileError) -> (pixels: [UInt8], channels: Int) {
    // An empty block of 16 × 16 pixels has two bits at least, or none where a progressive file counts the empty ones.
    guard header.width <= 2048 * bytes.count / header.height else {
      throw FileError(
        file: name, reason: "says that it has \(header.width)×\(header.height) pixels, more than its bytes can hold")
    }
    return try withDecoder(name) { decoder throws(FileError) in
      _ = try read(bytes, decoder, name)
      let channels = header.channels.rawValue
      let size = header.width * header.height * channels
      Shortage.checkArray(bytes: size)
      var pixels = [UInt8](repeating: 0, count: size)
      let code = tjDecompress2(
        decoder, bytes, UInt(bytes.count), &pixels, Int32(header.width), 0, Int32(header.height),
        Int32((header.channels == .grey ? TJPF_GRAY : TJPF_RGB).rawValue), TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
      if code != 0 {
        let message = message(decoder)
        // Bytes that do not belong there are common and do no harm; what is missing or wrong was made up.
        if !message.contains("extraneous bytes") {
          throw FileError(file: name, reason: "is a damaged JPEG file (\(message)); fetch it again")
        }
      }
      return (pixels, channels)
    }
  }

  private static func read(
    _ bytes: [UInt8], _ decoder: tjhandle, _ name: String
  ) throws(FileError) -> ImageFile.Header {
    var (width, height, sampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
    guard tjDecompressHeader3(decoder, bytes, UInt(bytes.count), &width, &height, &sampling, &colours) == 0,
      width > 0, height > 0
    else {
      throw FileError(file: name, reason: "is a JPEG file that cannot be read (\(message(decoder))); fetch it again")
    }
    if colours == TJCS_CMYK.rawValue || colours == TJCS_YCCK.rawValue {
      throw FileError(file: name, reason: "is a JPEG file in the colours of print (CMYK); save it in RGB")
    }
    return ImageFile.Header(
      width: Int(width), height: Int(height), channels: colours == TJCS_GRAY.rawValue ? .grey : .rgb)
  }

  private static func message(_ decoder: tjhandle) -> String {
    oneLine(String(cString: tjGetErrorStr2(decoder)))
  }

  private static func withDecoder<Result>(
    _ name: String, _ body: (tjhandle) throws(FileError) -> Result
  ) throws(FileError) -> Result {
    guard let decoder = tjInitDecompress() else { Shortage.stop("out of memory: no decoder for \(oneLine(name))") }
    defer { tjDestroy(decoder) }
    return try body(decoder)
  }
}
