import Foundation
import LatentFiles
import TestSupport
import Testing

@Suite struct PNGTests {
  /// Every grey value, in an odd width so that a wrong row stride shows.
  static let grey = Picture(width: 17, height: 31, pixels: (0..<17 * 31).map { UInt8($0 * 7 % 256) })
  static let colors = Picture(
    width: 5, height: 9, channels: .rgb, pixels: (0..<5 * 9 * 3).map { UInt8($0 * 37 % 256) })

  @Test(arguments: [grey, colors]) func decodesToTheSamePixels(picture: Picture) throws {
    #expect(try ImageFile.decode(PNG.encode(picture)) == picture)
  }

  @Test func noiseThatDoesNotCompressIsKept() throws {
    var state: UInt64 = 88_172_645_463_325_252  // Marsaglia's xorshift64
    let pixels = (0..<200 * 100 * 3).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state)
    }
    let picture = Picture(width: 200, height: 100, channels: .rgb, pixels: pixels)
    #expect(try ImageFile.decode(PNG.encode(picture)) == picture)
    let pixel = Picture(width: 1, height: 1, pixels: [200])
    #expect(try ImageFile.decode(PNG.encode(pixel)) == pixel)
  }

  @Test func headerIsThatOfThePNGStandard() throws {
    // Signature, then IHDR: width and height big-endian, bit depth, colour type (0 grey, 2 RGB).
    let greyFile = try PNG.encode(Self.grey)
    #expect(greyFile.prefix(8) == [137, 80, 78, 71, 13, 10, 26, 10])
    #expect(greyFile[16..<26] == [0, 0, 0, 17, 0, 0, 0, 31, 8, 0])
    #expect(try PNG.encode(Self.colors)[16..<26] == [0, 0, 0, 5, 0, 0, 0, 9, 8, 2])
  }

  @Test func subscriptFindsPixels() {
    let expected: Int = (2 * 17 + 3) * 7 % 256
    #expect(Self.grey[3, 2] == [UInt8(expected)])
    #expect(Array(Self.colors[4, 8]) == Self.colors.pixels.suffix(3))
  }

  @Test func filesAreWrittenWholeAndReplaced() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.png"
      try PNG.write(Self.colors, to: path)
      try PNG.write(Self.grey, to: path)
      #expect(try ImageFile.read(path) == Self.grey)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.png"])
      // As any new file of this user: not private as those of `mkstemp`.
      let plain = folder + "/plain"
      _ = FileManager.default.createFile(atPath: plain, contents: nil)
      let modes = try [path, plain].map {
        try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int
      }
      #expect(modes[0] == modes[1])
    }
  }

  @Test func symbolicLinkStaysALink() throws {
    try withTemporaryFolder { folder in
      let (link, target) = (folder + "/link.png", folder + "/target.png")
      try PNG.write(Self.grey, to: target)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
      try PNG.write(Self.colors, to: link)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
      #expect(try ImageFile.read(target) == Self.colors)
    }
  }

  /// Other programs read the files as well, where they are installed.
  @Test func otherDecodersAgree() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.png"
      try PNG.write(Self.grey, to: path)
      let script = """
        import sys; from PIL import Image
        image = Image.open(sys.argv[1])
        print(image.mode, image.size, list(image.getdata()))
        """
      if let text = try ChildProcess.output(of: "python3", ["-c", script, path]) {
        #expect(text == "L (17, 31) \(Self.grey.pixels)\n")
      }
      if let text = try ChildProcess.output(of: "pngtopnm", ["-plain", path]) {
        #expect(text.split { $0.isWhitespace } == ["P2", "17", "31", "255"] + Self.grey.pixels.map { "\($0)" })
      }
    }
  }
}
