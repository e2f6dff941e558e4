internal import CPNG
import LatentKernels

/// Writes PNG files, through libpng's simplified interface; ``ImageFile`` reads them.
public enum PNG {
  /// The PNG file of `picture`, as bytes.
  public static func encode(_ picture: Picture) throws(FileError) -> [UInt8] {
    try encode(picture, name: "picture")
  }

  /// Writes `picture` to `path`, whole or not at all: a temporary file in the same folder is renamed.
  public static func write(_ picture: Picture, to path: String) throws(FileError) {
    try AtomicFile.write(encode(picture, name: path), to: path)
  }

  private static func encode(_ picture: Picture, name: String) throws(FileError) -> [UInt8] {
    var image = emptyImage()
    defer { png_image_free(&image) }
    guard let width = UInt32(exactly: picture.width), let height = UInt32(exactly: picture.height) else {
      throw FileError(file: name, reason: "\(picture.width)×\(picture.height) is too large for a PNG file")
    }
    image.width = width
    image.height = height
    image.format = format(picture.channels)
    // Enough for pixels that do not compress at all; if it is not, libpng says how much is, and the second try fits.
    var capacity = picture.pixels.count + picture.pixels.count / 8 + picture.height + 1024
    while true {
      Shortage.checkArray(bytes: capacity)
      var (size, isWritten) = (capacity, false)
      let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        isWritten = png_image_write_to_memory(&image, buffer.baseAddress, &size, 0, picture.pixels, 0, nil) != 0
        count = isWritten ? size : 0
      }
      if isWritten { return bytes }
      guard size > capacity else { throw FileError(file: name, reason: "cannot be encoded: \(message(of: image))") }
      capacity = size
    }
  }

  static func emptyImage() -> png_image {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    return image
  }

  private static func format(_ channels: Picture.Channels) -> UInt32 {
    channels == .grey ? UInt32(PNG_FORMAT_GRAY) : UInt32(PNG_FORMAT_RGB)
  }

  /// libpng's own words: a C string in a fixed array of 64 characters.
  static func message(of image: png_image) -> String {
    withUnsafeBytes(of: image.message) { text in
      String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
