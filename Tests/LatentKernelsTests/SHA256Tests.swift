import Foundation
import LatentKernels
import TestSupport
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  private func digest(_ bytes: [UInt8], usesInstructions: Bool = true) -> String {
    var hash = SHA256(usesInstructions: usesInstructions)
    hash.update(bytes)
    return hash.hexDigest()
  }

  /// The examples of NIST's "Secure Hash Algorithm Test Vectors" for FIPS 180-4.
  @Test(
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
      (
        String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func publishedVectors(message: String, expected: String) {
    #expect(digest(Array(message.utf8)) == expected)
    #expect(digest(Array(message.utf8), usesInstructions: false) == expected)
  }

  /// The digest of the digests of 131 messages; the expected value is from Python's hashlib:
  ///
  ///     h = hashlib.sha256()
  ///     for n in range(131): h.update(hashlib.sha256(bytes((7*i+3) % 256 for i in range(n))).digest())
  @Test(arguments: [true, false]) func everyLengthAroundTheBlockSize(usesInstructions: Bool) {
    var all = SHA256(usesInstructions: usesInstructions)
    for count in 0...130 {
      var hash = SHA256(usesInstructions: usesInstructions)
      hash.update((0..<count).map { UInt8((7 * $0 + 3) % 256) })
      all.update(hash.digest())
    }
    #expect(all.hexDigest() == "b3d31aa6b4f0810cff11dc15fd1017d7ba047ad10e757b0e36ed68897e6d1851")
  }

  @Test func piecesOfAnySizeGiveTheSameDigest() {
    let message = (0..<1000).map { UInt8($0 * $0 % 251) }
    let whole = digest(message)
    for size in [1, 3, 63, 64, 65, 127, 128, 129, 999] {
      var hash = SHA256()
      for start in stride(from: 0, to: message.count, by: size) {
        hash.update(Array(message[start..<min(start + size, message.count)]))
      }
      #expect(hash.hexDigest() == whole, "pieces of \(size)")
    }
  }

  @Test func theDigestSoFarDoesNotEndTheMessage() {
    var hash = SHA256()
    hash.update(Array("ab".utf8))
    #expect(hash.hexDigest() == digest(Array("ab".utf8)))
    hash.update(Array("c".utf8))
    #expect(hash.hexDigest() == digest(Array("abc".utf8)))
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sha256sum")))
  func agreesWithTheSystemOnALargeFile() throws {
    let random = try #require(FileHandle(forReadingAtPath: "/dev/urandom"))
    let bytes = Array(try #require(try random.read(upToCount: 5_000_003)))
    try #require(bytes.count == 5_000_003)
    let file = FileManager.default.temporaryDirectory.appending(path: "latent-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/sha256sum")
    process.arguments = [file.path]
    let text = String(decoding: try ChildProcess.output(of: process), as: UTF8.self)
    #expect(text.prefix(64) == digest(bytes))
  }
}
