import Latent
import LatentData
import LatentFiles
import LatentKernels

extension FuzzTarget {
  private static let imagesSeed = IDXFile.header(sizes: [3, 2, 2]) + (0..<12).map { UInt8($0 * 20) }
  private static let labelsSeed = IDXFile.header(sizes: [5]) + [3, 1, 4, 1, 5]
  private static let floatsSeed: [UInt8] = [0, 0, 0x0D, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x3F, 0x80, 0, 0, 0x7F, 0xC0, 0, 0]

  private static func readIDX(_ bytes: [UInt8]) {
    for kind in IDXFile.Kind.allCases {
      guard let file = try? IDXFile(bytes: bytes, name: "fuzz", kind: kind) else { continue }
      promise(kind.dimensions.contains(file.sizes.count), "idx: \(file.sizes.count) sizes of \(kind)")
      use(file.array)
    }
  }

  /// IDX files of images and labels, plain (and compressed, where the first bytes say so).
  static let images = FuzzTarget(
    name: "idx", seeds: { [imagesSeed, labelsSeed, floatsSeed] },
    words: ["\0\0\u{8}\u{3}", "\0\0\u{8}\u{1}", "\0\0\u{B}\u{2}", "\0\0\u{E}\u{1}", "\u{1f}"],
    run: readIDX)

  /// The same compressed by gzip, in one member and in two.
  static let compressedImages = FuzzTarget(
    name: "idx-gz",
    seeds: {
      let zeros = IDXFile.header(sizes: [1, 100, 100]) + [UInt8](repeating: 0, count: 10_000)
      return [
        gzip(imagesSeed), gzip(labelsSeed), gzip(zeros), gzip(Array(imagesSeed[..<9])) + gzip(Array(imagesSeed[9...])),
      ]
    },
    words: ["\u{1f}"],
    // What they inflate to is a thousand times as long, and hashed.
    longest: 1 << 9, run: readIDX)

  /// Safetensors files: what is read is written again, and must be the same.
  static let safetensors = FuzzTarget(
    name: "safetensors",
    seeds: {
      let all = StoredElementType.allCases.map {
        SafetensorsTensor($0.name, shape: [2], integers: [0, 1], as: $0)
      }
      let tensor = SafetensorsTensor("layer/kernel", shape: [2, 3], floats: [1, -2, 3.5, .infinity, -0.0, .nan])
      return [
        SafetensorsFile.encode([]), SafetensorsFile.encode([tensor], metadata: ["a": "b\n", "\u{1}é": "🧠"]),
        SafetensorsFile.encode(all + [SafetensorsTensor("none", shape: [0, 4], floats: [])]),
      ]
    },
    words: [
      "\"dtype\":", "\"shape\":[", "\"data_offsets\":[", "__metadata__", "F32", "BF16", "BOOL", "\\u0041",
      "\\ud83e\\udde0",
      "9223372036854775807", "{}", "[]",
    ],
    run: { bytes in
      guard let file = try? SafetensorsFile(bytes: bytes) else { return }
      var tensors: [SafetensorsTensor] = []
      for entry in file.tensors {
        guard let array = try? file.array(entry.name) else { fatalError("safetensors: \(entry.name) is not found") }
        use(array)
        tensors.append(SafetensorsTensor(entry.name, array))
      }
      guard let again = try? SafetensorsFile(bytes: SafetensorsFile.encode(tensors, metadata: file.metadata)) else {
        fatalError("safetensors: what was read cannot be written")
      }
      promise(again.metadata == file.metadata, "safetensors: other metadata")
      promise(Set(again.tensors.map(\.name)) == Set(tensors.map(\.name)), "safetensors: other names")
      for tensor in tensors { promise((try? again.array(tensor.name)) == tensor.array, "safetensors: \(tensor.name)") }
    })

  /// `.npy` files, in the same way.
  static let npy = FuzzTarget(
    name: "npy",
    seeds: {
      let array = StoredArray(shape: [2, 3], integers: [0, 1, 2, 3, 4, 5], as: .float32)
      return [
        NPYFile.encode(array), NPYFile.encode(array, fortranOrder: true, bigEndian: true),
        NPYFile.encode(StoredArray(shape: [], integers: [1], as: .bool)),
      ]
    },
    words: [
      "'descr': ", "'<f4'", "'>i8'", "'|O'", "'fortran_order': True", "'shape': (", "(3,)", ", ", "}", "\u{1}\0v\0",
    ],
    run: { bytes in
      guard let file = try? NPYFile(bytes: bytes) else { return }
      use(file.array)
      for (fortran, big) in [(false, false), (true, true)] {
        let again = try? NPYFile(bytes: NPYFile.encode(file.array, fortranOrder: fortran, bigEndian: big))
        promise(again?.array == file.array, "npy: what was read cannot be written")
      }
    })

  /// `.npz` files, in the same way.
  static let npz = FuzzTarget(
    name: "npz",
    seeds: {
      let arrays = [
        (name: "a", array: StoredArray(shape: [3], floats: [1, 2, 3])),
        (name: "größe/b", array: StoredArray(shape: [2, 2], integers: [1, 2, 3, 4], as: .uint8)),
      ]
      let zeros = StoredArray(shape: [20_000], elementType: .uint8, bytes: [UInt8](repeating: 0, count: 20_000))
      return [
        NPZFile.encode(arrays), NPZFile.encode(arrays, compressed: true),
        NPZFile.encode([("zeros", zeros)], compressed: true), NPZFile.encode([]),
      ]
    },
    words: ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", "PK\u{7}\u{8}", ".npy"],
    run: { bytes in
      guard let file = try? NPZFile(bytes: bytes, largestInflated: 1 << 24) else { return }
      var arrays: [(name: String, array: StoredArray)] = []
      for name in file.names {
        guard let array = try? file.array(name) else { continue }
        use(array)
        arrays.append((name, array))
      }
      for compressed in [false, true] {
        guard let again = try? NPZFile(bytes: NPZFile.encode(arrays, compressed: compressed)) else {
          fatalError("npz: what was read cannot be written")
        }
        promise(again.names == arrays.map(\.name), "npz: other names")
        for (name, array) in arrays { promise((try? again.array(name)) == array, "npz: \(name)") }
      }
    })

  private static func use(_ array: StoredArray) {
    promise(array.floats.count == array.count && array.doubles.count == array.count, "other values")
    promise(array.integers?.count ?? array.count == array.count, "other integers")
    promise(array.tensor.shape == array.shape, "another shape")
  }

  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    let trailer = [RawDeflate.checksum(bytes[...]), UInt32(bytes.count)]
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + RawDeflate.deflate(bytes)
      + trailer.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
  }
}
