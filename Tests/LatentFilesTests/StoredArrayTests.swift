import Latent
import LatentFiles
import LatentKernels
import Testing

@Suite struct StoredArrayTests {
  /// Numbers that every type has.
  private let small: [Double] = [0, 1, 1, 0]

  @Test(arguments: StoredElementType.allCases) func everyTypeFromEveryValue(type: StoredElementType) {
    let shape = [2, 2]
    let arrays = [
      StoredArray(shape: shape, floats: small.map(Float.init), as: type),
      StoredArray(shape: shape, doubles: small, as: type),
      StoredArray(shape: shape, integers: small.map(Int64.init), as: type),
      StoredArray(Tensor(small, shape: shape), as: type),
      StoredArray(Tensor(small, shape: shape, element: .float64), as: type),
      StoredArray(Tensor(small, shape: shape, element: .bfloat16), as: type),
    ]
    for array in arrays {
      #expect(array == arrays[0])
      #expect(array.elementType == type && array.shape == shape && array.count == 4)
      #expect(array.bytes.count == 4 * type.byteCount)
      #expect(array.doubles == small && array.floats == small.map(Float.init))
      #expect(array.integers == (type.isInteger ? small.map(Int64.init) : nil))
      #expect(array.tensor.values == small && array.tensor.shape == shape)
      #expect(array.tensor.element == (type == .float64 ? .float64 : .float32))
      for element in ElementType.allCases {
        let tensor = array.tensor(as: element)
        #expect(tensor.values == small && tensor.shape == shape && tensor.element == element)
      }
    }
  }

  @Test func aTensorIsStoredAsItIs() {
    let single = StoredArray(Tensor([1, -2, 0.1], shape: [3]))
    #expect(single == StoredArray(shape: [3], floats: [1, -2, 0.1]))
    let double = StoredArray(Tensor([1, -2, 0.1], shape: [3, 1], element: .float64))
    #expect(double == StoredArray(shape: [3, 1], doubles: [1, -2, 0.1]))
    #expect(StoredArray(Tensor([0.1], shape: [], element: .float64), as: .float32).floats == [0.1])
    #expect(StoredArray(Tensor([], shape: [2, 0]), as: .uint8).bytes.isEmpty)
    let half = StoredArray(Tensor([1, -2, 0.1], shape: [3], element: .bfloat16))
    #expect(half == StoredArray(shape: [3], floats: [1, -2, 0.1], as: .bfloat16))
  }

  /// What is read as bfloat16 is rounded as a whole, though it is read a piece at a time.
  @Test func manyElementsBecomeBFloat16() {
    let numbers = (0..<10_001).map { Int64($0) * 123_457 - 600_000_000 }
    for type in [StoredElementType.int32, .int64, .float32, .float64] {
      let kept = StoredArray(shape: [73, 137], integers: numbers, as: type).tensor(as: .bfloat16)
      let floats = StoredArray(
        shape: [73, 137], integers: type == .float32 ? numbers.map { Int64(Float($0)) } : numbers)
      #expect(
        kept.shape == [73, 137]
          && kept.values == StoredArray(shape: [10_001], doubles: floats.doubles, as: .bfloat16).doubles)
    }
  }

  @Test func theEndsOfTheIntegerTypes() {
    func ends<T: FixedWidthInteger & Sendable>(_ stored: T.Type, _ type: StoredElementType) {
      let values = [Int64(T.min), Int64(T.max)]
      let array = StoredArray(shape: [2], integers: values, as: type)
      #expect(array.integers == values, "\(type)")
      #expect(array.bytes == [T.min, T.max].flatMap { value in withUnsafeBytes(of: value) { Array($0) } })
      #expect(StoredArray(shape: [2], doubles: values.map(Double.init), as: type) == array)
    }
    ends(UInt8.self, .uint8)
    ends(Int8.self, .int8)
    ends(UInt16.self, .uint16)
    ends(Int16.self, .int16)
    ends(UInt32.self, .uint32)
    ends(Int32.self, .int32)
    let extremes: [Int64] = [.min, .max, -1]
    #expect(StoredArray(shape: [3], integers: extremes).integers == extremes)
    #expect(StoredArray(shape: [3], integers: extremes, as: .uint64).integers == extremes)
    #expect(StoredArray(shape: [1], doubles: [-0x1p63], as: .int64).integers == [.min])
    #expect(StoredArray(shape: [1], doubles: [0x1p64 - 0x1p11], as: .uint64).doubles == [0x1p64 - 0x1p11])
  }

  @Test func whatIsNoNumberOfAnIntegerTypeStopsTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = StoredArray(shape: [1], floats: [0.5], as: .uint8) }
    await #expect(processExitsWith: .failure) { _ = StoredArray(shape: [1], floats: [256], as: .uint8) }
    await #expect(processExitsWith: .failure) { _ = StoredArray(shape: [2], doubles: [0, -1], as: .uint64) }
    await #expect(processExitsWith: .failure) { _ = StoredArray(shape: [1], doubles: [0x1p63], as: .int64) }
    await #expect(processExitsWith: .failure) { _ = StoredArray(shape: [1], floats: [.nan], as: .int32) }
    await #expect(processExitsWith: .failure) { _ = StoredArray(shape: [1], integers: [2], as: .bool) }
    await #expect(processExitsWith: .failure) { _ = StoredArray(shape: [1], integers: [-129], as: .int8) }
    await #expect(processExitsWith: .failure) { _ = StoredArray(shape: [2], floats: [1]) }
    await #expect(processExitsWith: .failure) { _ = StoredArray(shape: [-1, -1], floats: [1]) }
  }

  @Test func integersRoundOnceToSixteenBits() {
    // 2^62 + 2^54 is halfway between two numbers of bfloat16, and the ones added are lost in a float64.
    let halfway = Int64(1) << 62 + Int64(1) << 54
    let array = StoredArray(shape: [4], integers: [halfway - 1, halfway, halfway + 1, -halfway - 1], as: .bfloat16)
    #expect(array.doubles == [0x1p62, 0x1p62, 0x1p62 + 0x1p55, -0x1p62 - 0x1p55])
  }
}
