import Foundation
import LatentFiles
import TestSupport
import Testing

@Suite struct PictureErrorTests {
  let picture = Picture(width: 1, height: 1, pixels: [0])

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func missingFolder() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/no/such/a.png"
      #expect(
        message { try PNG.write(picture, to: path) }
          == "\(path): cannot be written: No such file or directory; create its folder first")
      #expect(
        message { _ = try ImageFile.read(path) } == "\(path): cannot be read: No such file or directory; check the path"
      )
    }
  }

  @Test func folderInPlaceOfAFileAndFileInPlaceOfAFolder() throws {
    try withTemporaryFolder { folder in
      #expect(
        message { try PNG.write(picture, to: folder) }
          == "\(folder): cannot be written: Is a directory; this is a folder, name a file in it")
      _ = FileManager.default.createFile(atPath: folder + "/file", contents: nil)
      #expect(message { try PNG.write(picture, to: folder + "/file/a.png") }.contains("Not a directory"))
    }
  }

  @Test func longName() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/" + String(repeating: "x", count: 300)
      #expect(
        message { try PNG.write(picture, to: path) }
          == "\(path): cannot be written: File name too long; choose a shorter name")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty, "the temporary file is gone")
      let longest = folder + "/" + String(repeating: "x", count: 255)
      #expect(message { try PNG.write(picture, to: longest) } == "no error")
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func fullDisk() {
    #expect(
      message { try PNG.write(picture, to: "/dev/full") }
        == "/dev/full: cannot be written: No space left on device; free some space or choose another disk")
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  /// The system's own folder for this refuses even the superuser.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self"))) func unwritableFolder() {
    let text = message { try PNG.write(picture, to: "/proc/self/a.png") }
    #expect(text.hasPrefix("/proc/self/a.png: cannot be written: "))
    #expect(text.split(whereSeparator: \.isNewline).count == 1)
  }

  @Test(.enabled(if: getuid() != 0)) func folderWithoutPermission() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
      #expect(
        message { try PNG.write(picture, to: folder + "/a.png") }
          == "\(folder)/a.png: cannot be written: Permission denied; choose a folder that you can write to")
    }
  }

  @Test func brokenFiles() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.png"
      let whole = try PNG.encode(Picture(width: 9, height: 9, pixels: (0..<81).map { UInt8($0) }))
      var damaged = whole
      damaged[18] ^= 0x40  // the width in the header, under its checksum
      let pieces: [[UInt8]] = [[], Array("GIF89a, not a PNG file".utf8), Array(whole.prefix(20)), damaged]
      for bytes in pieces {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let text = message { _ = try ImageFile.read(path) }
        #expect(text.hasPrefix("\(path): ") && text.count > path.count + 20 && !text.contains("\n"))
        #expect(message { _ = try ImageFile.decode(bytes) }.hasPrefix("picture: "))
      }
    }
  }

  @Test func pathWithLineBreakStaysOneLine() {
    #expect(
      message { try PNG.write(picture, to: "/no/a\nb.png") }
        == "/no/a?b.png: cannot be written: No such file or directory; create its folder first")
  }
}
