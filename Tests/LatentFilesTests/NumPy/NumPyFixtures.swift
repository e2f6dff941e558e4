import Foundation
import LatentFiles
import LatentKernels

/// The files that NumPy wrote: see Written/generate.py.
enum NumPyFixtures {
  private static let folder = (Bundle.module.resourceURL ?? Bundle.module.bundleURL).appendingPathComponent("Written")

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  static func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// 0, 1, 2, ..., 127, 0, ... row-major, or whether they are odd.
  static func numbers(_ type: StoredElementType, _ shape: [Int]) -> StoredArray {
    let count = shape.reduce(1, *)
    return StoredArray(
      shape: shape, integers: (0..<count).map { Int64($0 % (type == .bool ? 2 : 128)) }, as: type)
  }

  /// A `.npy` file with numbers, what it holds and how it is written.
  struct File {
    let file: String
    let array: StoredArray
    var fortran = false
    var big = false
  }

  private static let types: KeyValuePairs<String, StoredElementType> = [
    "b1": .bool, "i1": .int8, "u1": .uint8, "i2": .int16, "u2": .uint16, "i4": .int32, "u4": .uint32, "i8": .int64,
    "u8": .uint64, "f2": .float16, "f4": .float32, "f8": .float64,
  ]

  static let files: [File] = {
    var files: [File] = []
    for (code, type) in types {
      files.append(File(file: "c_\(code)", array: numbers(type, [2, 3])))
      if ["i2", "u4", "i8", "f2", "f4", "f8"].contains(code) {
        files.append(File(file: "big_\(code)", array: numbers(type, [2, 3]), big: true))
      }
      if ["u1", "f2", "f4", "f8"].contains(code) {
        files.append(File(file: "fortran_\(code)", array: numbers(type, [2, 3, 4]), fortran: true))
      }
    }
    files.append(File(file: "fortran_big_f8", array: numbers(.float64, [2, 3, 4]), fortran: true, big: true))
    files.append(File(file: "fortran_row_f4", array: numbers(.float32, [1, 5, 1]), fortran: true))
    files.append(File(file: "scalar_f4", array: numbers(.float32, []), fortran: true))
    files.append(File(file: "vector_f4", array: numbers(.float32, [7]), fortran: true))
    files.append(File(file: "empty_f8", array: numbers(.float64, [2, 0, 3]), fortran: true))
    return files
  }()

  /// What the `.npz` files hold.
  static let named: [(name: String, array: StoredArray)] = [
    ("a", numbers(.float32, [2, 3])), ("größe/重み", numbers(.int64, [4])), ("scalar", numbers(.float64, [])),
    ("none", numbers(.uint8, [0])),
  ]
}

/// The bytes of a `.npy` file with this header text.
func npyBytes(_ header: String, version: UInt8 = 1, data: [UInt8] = []) -> [UInt8] {
  let text = Array(header.utf8)
  let length = [UInt8(text.count & 0xFF), UInt8(text.count >> 8 & 0xFF)] + (version == 1 ? [] : [0, 0])
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data
}
