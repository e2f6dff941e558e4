import Latent
import LatentKernels
import TestSupport
import Testing

@testable import LatentFiles

@Suite("npz files") struct NPZFileTests {
  @Test(arguments: ["savez", "savez_compressed", "pipe", "pipe_compressed"])
  func filesOfNumPy(name: String) throws {
    let file = try NPZFile(contentsOf: NumPyFixtures.path(name + ".npz"))
    #expect(file.names == NumPyFixtures.named.map(\.name))
    for (name, array) in NumPyFixtures.named {
      #expect(try file.array(name) == array)
      #expect(try file.floats(name) == array.floats && file.doubles(name) == array.doubles)
      #expect(try file.tensor(name).values == array.doubles && file.tensor(name).shape == array.shape)
    }
    #expect(try file.integers("größe/重み") == [0, 1, 2, 3])
    #expect(throws: FileError(file: file.name, reason: "array \"a\": holds F32, not integers")) {
      try file.integers("a")
    }
    #expect(throws: FileError(file: file.name, reason: "has no array \"b\"")) { try file.array("b") }
  }

  @Test func whatNumPyWritesByteForByte() throws {
    #expect(try NPZFile.encode(NumPyFixtures.named) == NumPyFixtures.bytes("savez.npz"))
    #expect(try NPZFile.encode([]) == NumPyFixtures.bytes("savez_empty.npz"))
    #expect(try NPZFile(contentsOf: NumPyFixtures.path("savez_empty.npz")).names == [])
  }

  @Test(arguments: [false, true]) func everythingComesBack(compressed: Bool) throws {
    let large = StoredArray(shape: [300, 1000], floats: (0..<300_000).map { Float($0 % 1000) })
    let arrays = NumPyFixtures.named + [("large", large), ("../../etc/passwd", NumPyFixtures.numbers(.bool, [2]))]
    let bytes = NPZFile.encode(arrays, compressed: compressed)
    #expect(bytes == NPZFile.encode(arrays, compressed: compressed))
    #expect((bytes.count < large.bytes.count) == compressed)
    let file = try NPZFile(bytes: bytes)
    #expect(file.names == arrays.map(\.name))
    for (name, array) in arrays { #expect(try file.array(name) == array) }
  }

  @Test func filesOnDisk() throws {
    let folder = try TemporaryFolder()
    try NPZFile.write(NumPyFixtures.named, compressed: true, to: folder.file("a.npz"))
    #expect(try NPZFile(contentsOf: folder.file("a.npz")).array("a") == NumPyFixtures.named[0].array)
    let missing = FileError(
      file: "/no/such/file", reason: "cannot be written: No such file or directory; create its folder first")
    #expect(throws: missing) { try NPZFile.write([], to: "/no/such/file") }
    let unreadable = FileError(
      file: "/no/such/file", reason: "cannot be read: No such file or directory; check the path")
    #expect(throws: unreadable) { try NPZFile(contentsOf: "/no/such/file") }
  }

  /// What archives beyond 2 GiB and 65,535 entries have, at a smaller limit.
  @Test func numbersOf64Bits() throws {
    var archive = ZipWriter(limit: 200)
    let contents = (0..<3).map { NPYFile.encode(NumPyFixtures.numbers(.uint8, [100 * $0])) }
    for (index, content) in contents.enumerated() { archive.add("\(index).npy", content, isDeflated: index == 2) }
    archive.finish()
    let file = try NPZFile(bytes: archive.bytes)
    for index in 0..<3 { #expect(try file.array("\(index)") == NumPyFixtures.numbers(.uint8, [100 * index])) }
  }

  @Test func moreEntriesThan16BitsCount() throws {
    var archive = ZipWriter()
    for index in 0..<65_536 { archive.add("\(index).npy", [], isDeflated: false) }
    archive.add("last.npy", NPYFile.encode(NumPyFixtures.named[0].array), isDeflated: false)
    archive.finish()
    let file = try NPZFile(bytes: archive.bytes)
    #expect(file.names.count == 65_537)
    #expect(try file.array("last") == NumPyFixtures.named[0].array)
  }

  @Test func twoArraysOfOneNameStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let array = StoredArray(shape: [1], floats: [1])
      _ = NPZFile.encode([("a", array), ("a", array)])
    }
  }
}
