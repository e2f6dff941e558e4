@testable import LatentFiles

/// A PNG file of any kind with samples that follow a rule, written plainly: no filters, nothing compressed.
struct SamplePNG {
  let width: Int
  let height: Int
  /// 0 grey, 2 colours, 3 palette, 4 grey and transparency, 6 colours and transparency.
  let colourType: Int
  /// Bits of a sample.
  let depth: Int

  private var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colourType]! }

  private func sample(_ x: Int, _ y: Int, _ channel: Int) -> Int {
    var mixed = x * 5003 + y * 12_007
    mixed += channel * 30_011
    mixed += x * y * 977
    return mixed % (1 << depth)
  }

  private var palette: [UInt8] {
    var colours: [UInt8] = []
    for colour in 0..<(1 << min(depth, 8)) { colours += [UInt8(colour), UInt8(255 - colour), UInt8(colour / 2)] }
    return colours
  }

  /// 8 bits of a sample.
  private func byte(_ sample: Int) -> UInt8 {
    let most = (1 << depth) - 1
    return UInt8((2 * sample * 255 + most) / (2 * most))
  }

  /// What is to be read: on white, where there is transparency.
  var expected: [UInt8] {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        if colourType == 3 {
          pixels += palette[3 * sample(x, y, 0)..<3 * sample(x, y, 0) + 3]
          continue
        }
        let bytes = (0..<channels).map { Int(byte(sample(x, y, $0))) }
        let cover = channels.isMultiple(of: 2) ? bytes.last! : 255
        for value in channels.isMultiple(of: 2) ? bytes.dropLast() : bytes[...] {
          let mixed: Int = value * cover + 255 * (255 - cover)
          pixels.append(UInt8((mixed + 127) / 255))
        }
      }
    }
    return pixels
  }

  func encoded(interlaced: Bool) -> [UInt8] {
    // Adam7: the first column and row of each pass, and the steps from one to the next.
    let passes: [(Int, Int, Int, Int)] =
      interlaced
      ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
      : [(0, 0, 1, 1)]
    var rows: [UInt8] = []
    for (left, top, right, down) in passes where left < width {
      for y in stride(from: top, to: height, by: down) {
        rows.append(0)
        var (bits, filled) = (0, 0)
        for x in stride(from: left, to: width, by: right) {
          for channel in 0..<channels {
            let value = sample(x, y, channel)
            if depth == 16 { rows.append(UInt8(value >> 8)) }
            if depth >= 8 {
              rows.append(UInt8(value & 255))
            } else {
              (bits, filled) = (bits << depth | value, filled + depth)
              if filled == 8 { rows.append(UInt8(bits)) }
              if filled == 8 { (bits, filled) = (0, 0) }
            }
          }
        }
        if filled > 0 { rows.append(UInt8(bits << (8 - filled))) }
      }
    }
    // zlib's frame (RFC 1950) around one stored block.
    let length = [UInt8(rows.count & 255), UInt8(rows.count >> 8)]
    var (a, b) = (1, 0)
    for byte in rows { (a, b) = ((a + Int(byte)) % 65_521, (b + a + Int(byte)) % 65_521) }
    var data: [UInt8] = [0x78, 0x01, 1]
    data += length
    data += length.map { ~$0 }
    data += rows
    data += PNGChunk.bigEndian(UInt32(b << 16 | a))
    var header = PNGChunk.bigEndian(UInt32(width)) + PNGChunk.bigEndian(UInt32(height))
    header += [UInt8(depth), UInt8(colourType), 0, 0, interlaced ? 1 : 0]
    var file = PNGChunk.signature + PNGChunk.encoded("IHDR", header)
    // Says that the numbers are of light, which is not looked at.
    file += PNGChunk.encoded("gAMA", PNGChunk.bigEndian(100_000))
    if colourType == 3 { file += PNGChunk.encoded("PLTE", palette) }
    return file + PNGChunk.encoded("IDAT", data) + PNGChunk.encoded("IEND", [])
  }
}
