import Latent
import LatentFiles
import LatentKernels
import TestSupport
import Testing

@Suite("npy files") struct NPYFileTests {
  @Test func filesOfNumPyAreReadAndWrittenByteForByte() throws {
    for file in NumPyFixtures.files {
      let path = NumPyFixtures.path(file.file + ".npy")
      let read = try NPYFile(contentsOf: path)
      #expect(read.array == file.array && read.name == path, "\(file.file)")
      let written = NPYFile.encode(file.array, fortranOrder: file.fortran, bigEndian: file.big)
      #expect(try written == NumPyFixtures.bytes(file.file + ".npy"), "\(file.file)")
    }
    for version in ["version2_f4", "version3_f4"] {
      let read = try NPYFile(contentsOf: NumPyFixtures.path(version + ".npy"))
      #expect(read.array == NumPyFixtures.numbers(.float32, [2, 3]), "\(version)")
    }
  }

  @Test func valuesOfEachKind() throws {
    let file = try NPYFile(contentsOf: NumPyFixtures.path("fortran_u1.npy"))
    let numbers = 0..<24
    #expect(file.floats == numbers.map { Float($0) } && file.doubles == numbers.map { Double($0) })
    #expect(try file.integers == numbers.map { Int64($0) })
    #expect(file.shape == [2, 3, 4] && file.elementType == .uint8)
    #expect(file.tensor.shape == [2, 3, 4] && file.tensor.element == .float32)
    #expect(file.tensor.values == numbers.map { Double($0) })
    let half = try NPYFile(contentsOf: NumPyFixtures.path("big_f2.npy"))
    #expect(half.floats == [0, 1, 2, 3, 4, 5])
    #expect(throws: FileError(file: half.name, reason: "holds F16, not integers")) { try half.integers }
  }

  /// The index that NumPy's order means, element by element.
  @Test func fortranOrderOfEachShape() throws {
    for shape in [[3, 1, 4], [1, 1], [5, 7], [2, 2, 2, 2, 3], [4, 1, 1, 3], [6], []] {
      for type in [StoredElementType.uint8, .uint16, .int32, .int64] {
        let array = NumPyFixtures.numbers(type, shape)
        let bytes = NPYFile.encode(array, fortranOrder: true)
        #expect(try NPYFile(bytes: bytes).array == array, "\(type) \(shape)")
        // The place of each row-major element where the first index varies fastest.
        var expected = [Int64](repeating: -1, count: array.count)
        for place in 0..<array.count {
          var (rest, column, stride) = (place, 0, array.count)
          for length in shape.reversed() {
            stride /= length
            column += rest % length * stride
            rest /= length
          }
          expected[column] = Int64(place)
        }
        let stored = StoredArray(shape: shape, elementType: type, bytes: bytes.suffix(array.bytes.count))
        #expect(stored.integers == expected, "\(type) \(shape)")
      }
    }
  }

  @Test func theElementsBeginAtAMultipleOf64() throws {
    for rank in 0...64 {
      let bytes = NPYFile.encode(NumPyFixtures.numbers(.uint8, [Int](repeating: 1, count: rank)))
      #expect(bytes.count % 64 == 1)
      #expect(try NPYFile(bytes: bytes).shape.count == rank)
    }
  }

  @Test func filesOnDisk() throws {
    let folder = try TemporaryFolder()
    let array = StoredArray(Tensor([1, 2.5, -3, 4], shape: [2, 2]), as: .float16)
    try NPYFile.write(array, fortranOrder: true, bigEndian: true, to: folder.file("a.npy"))
    #expect(try NPYFile(contentsOf: folder.file("a.npy")).array == array)
    let missing = FileError(
      file: "/no/such/file", reason: "cannot be written: No such file or directory; create its folder first")
    #expect(throws: missing) { try NPYFile.write(array, to: "/no/such/file") }
    let unreadable = FileError(
      file: folder.path, reason: "cannot be read: Is a directory; this is a folder, name a file in it")
    #expect(throws: unreadable) { try NPYFile(contentsOf: folder.path) }
  }

  @Test func whatNumPyDoesNotHaveStopsTheProgram() async {
    await #expect(processExitsWith: .success) {
      expectStop("npy: NumPy has no type for BF16; store it as F32, or in a safetensors file", "bfloat16") {
        _ = NPYFile.encode(StoredArray(Tensor([1], shape: [1], element: .bfloat16)))
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = NPYFile.encode(StoredArray(shape: [Int](repeating: 1, count: 65), floats: [1]))
    }
  }
}
