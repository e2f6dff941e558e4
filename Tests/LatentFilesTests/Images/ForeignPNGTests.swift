import Foundation
import LatentFiles
import Testing

// The files below come from this Python 3 script, which uses no picture library:
//
//     import base64, struct, zlib
//     def png(width, height, depth, kind, rows, *extra):
//         def chunk(name, data):
//             return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
//         head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
//         raw = b"".join(b"\0" + bytes(row) for row in rows)
//         file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunk(n, d) for n, d in extra)
//         return base64.b64encode(file + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")).decode()
//     print(png(2, 2, 8, 2, [[255, 0, 0, 0, 255, 0], [0, 0, 255, 1, 2, 3]]))
//     print(png(3, 1, 8, 0, [[0, 77, 255]]))
//     print(png(2, 1, 8, 3, [[1, 0]], (b"PLTE", bytes([9, 8, 7, 200, 100, 50]))))
//     print(png(2, 1, 8, 6, [[10, 20, 30, 255, 10, 20, 30, 0]]))

/// Files that another encoder wrote: what is wrong in the same way in `encode` and `decode` shows here.
@Suite struct ForeignPNGTests {
  private func decoded(_ base64: String) throws -> Picture {
    try ImageFile.decode(Array(try #require(Data(base64Encoded: base64))))
  }

  @Test func redGreenBlue() throws {
    let file =
      "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAE0lEQVR4nGP4z8DAAMIM/xmZmAEZ/gMEeZtQqAAAAABJRU5ErkJg"
      + "gg=="
    #expect(
      try decoded(file)
        == Picture(width: 2, height: 2, channels: .rgb, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3]))
  }

  @Test func grey() throws {
    let file =
      "iVBORw0KGgoAAAANSUhEUgAAAAMAAAABCAAAAAA+i0toAAAADElEQVR4nGNg8P0PAAGdAU2K0fFtAAAAAElFTkSuQmCC"
      + ""
    #expect(try decoded(file) == Picture(width: 3, height: 1, pixels: [0, 77, 255]))
  }

  @Test func palette() throws {
    let file =
      "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAMAAADD/I+4AAAABlBMVEUJCAfIZDJ5NaOkAAAAC0lEQVR4nGNgZAAAAAUAAtFmM3gA"
      + "AAAASUVORK5CYII="
    #expect(try decoded(file) == Picture(width: 2, height: 1, channels: .rgb, pixels: [200, 100, 50, 9, 8, 7]))
  }

  @Test func transparencyLiesOnWhite() throws {
    let file =
      "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAD0lEQVR4nGPgEpH7D8QMAAc0AXhgM8M3AAAAAElFTkSuQmCC"
      + ""
    #expect(try decoded(file) == Picture(width: 2, height: 1, channels: .rgb, pixels: [10, 20, 30, 255, 255, 255]))
  }
}
