import CLatentKernels

/// Pictures of bytes, rows from the top and the channels of a pixel side by side: transparency, colours and sizes, in whole
/// numbers, so that they are the same on every machine.
package enum PictureBytes {
  /// The picture on white, where its last channel is 0 for what is not to be seen: [n, channels + 1] becomes [n, channels].
  package static func layOnWhite(_ pixels: inout [UInt8], channels: Int) {
    require(
      channels > 0 && pixels.count.isMultiple(of: channels + 1),
      "PictureBytes.layOnWhite: \(pixels.count) bytes are no pixels of \(channels + 1)")
    let count = pixels.count / (channels + 1)
    pixels.withUnsafeMutableBufferPointer { bytes in
      if let start = bytes.baseAddress { latent_picture_on_white(start, Int64(count), Int64(channels)) }
    }
    pixels.removeLast(count)
  }

  /// The brightness of pixels of red, green and blue: (299 R + 587 G + 114 B) / 1000 (ITU-R BT.601), to the nearest.
  package static func grey(_ rgb: [UInt8]) -> [UInt8] {
    require(rgb.count.isMultiple(of: 3), "PictureBytes.grey: \(rgb.count) bytes are no pixels of 3")
    let count = rgb.count / 3
    return [UInt8](unsafeUninitializedCapacity: count) { grey, filled in
      if count > 0 { latent_picture_grey(rgb, grey.baseAddress!, Int64(count)) }
      filled = count
    }
  }

  /// Grey pixels as red, green and blue.
  package static func rgb(_ grey: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 3 * grey.count) { rgb, filled in
      if !grey.isEmpty { latent_picture_rgb(grey, rgb.baseAddress!, Int64(grey.count)) }
      filled = 3 * grey.count
    }
  }

  /// The picture [height, width, channels] as [rows, columns, channels]: each pixel is the mean of the area that it covers,
  /// to the nearest.
  package static func average(
    _ pixels: [UInt8], height: Int, width: Int, channels: Int, rows: Int, columns: Int
  ) -> [UInt8] {
    require(
      height > 0 && width > 0 && channels > 0 && rows > 0 && columns > 0 && pixels.count == height * width * channels
        && max(height, width, rows, columns) < 1 << 24,
      "PictureBytes.average: \(pixels.count) bytes of \(height)x\(width)x\(channels) to \(rows)x\(columns)")
    var sums = [UInt64](repeating: 0, count: columns * channels)
    return [UInt8](unsafeUninitializedCapacity: rows * columns * channels) { averages, filled in
      latent_picture_average(
        pixels, Int64(height), Int64(width), Int64(channels), averages.baseAddress!, Int64(rows), Int64(columns), &sums)
      filled = rows * columns * channels
    }
  }
}
