import LatentKernels
import Testing

@testable import LatentFiles

@Suite struct SafetensorsConversionTests {
  /// One stored number of each type, and its value.
  static let samples: [(type: StoredElementType, bytes: [UInt8], value: Double)] = [
    (.bool, [1], 1), (.uint8, [200], 200), (.int8, [200], -56), (.int16, [0xFE, 0xFF], -2),
    (.uint16, [0xFE, 0xFF], 65534), (.float16, [0x00, 0xC5], -5), (.bfloat16, [0x80, 0xBF], -1),
    (.int32, [0, 0, 0, 0x80], -2_147_483_648), (.uint32, [0, 0, 0, 0x80], 2_147_483_648),
    (.float32, [0, 0, 0x40, 0x40], 3), (.float64, [0, 0, 0, 0, 0, 0, 0x04, 0xC0], -2.5),
    (.int64, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], -1), (.uint64, [0, 0, 0, 0, 0, 0, 0, 0x40], 0x1p62),
  ]

  @Test func everyTypeConverts() throws {
    #expect(Self.samples.map(\.type) == StoredElementType.allCases)
    // One file of all of them: the later ones are not aligned in memory.
    let tensors = Self.samples.map {
      SafetensorsTensor($0.type.name, shape: [2], elementType: $0.type, bytes: $0.bytes + $0.bytes)
    }
    let file = try SafetensorsFile(bytes: SafetensorsFile.encode(tensors))
    for (type, _, value) in Self.samples {
      #expect(try file.doubles(type.name) == [value, value], "\(type)")
      #expect(try file.floats(type.name) == [Float(value), Float(value)], "\(type)")
      switch type {
      case .float16, .bfloat16, .float32, .float64:
        let reason = "tensor \"\(type.name)\" holds \(type), not integers"
        #expect(throws: FileError(file: file.name, reason: reason)) { try file.integers(type.name) }
      default: #expect(try file.integers(type.name) == [Int64(value), Int64(value)], "\(type)")
      }
    }
  }

  @Test func misalignedDataIsRead() throws {
    let header = #"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#
    for padding in 0..<8 {
      let bytes = safetensorsBytes(header: header + String(repeating: " ", count: padding), dataByteCount: 8)
      #expect(try SafetensorsFile(bytes: bytes).doubles("a") == [Double(bitPattern: 0x0706_0504_0302_0100)])
    }
  }

  @Test func roundingIsToNearest() throws {
    let file = try SafetensorsFile(
      bytes: SafetensorsFile.encode([
        SafetensorsTensor("d", shape: [3], doubles: [1 + 0x1p-24 + 0x1p-40, 1e300, 0x1p-150]),
        SafetensorsTensor("i", shape: [1], integers: [0x20_0000_0000_0003]),
        SafetensorsTensor("u", shape: [1], elementType: .uint64, bytes: [UInt8](repeating: 255, count: 8)),
      ]))
    #expect(try file.floats("d") == [1 + 0x1p-23, .infinity, 0])
    #expect(try file.doubles("i") == [0x20_0000_0000_0004])
    #expect(try file.doubles("u") == [0x1p64])
    #expect(try file.integers("u").map(UInt64.init(bitPattern:)) == [.max])
  }
}
