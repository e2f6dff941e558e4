import LatentKernels

/// NumPy's names for types of elements.
enum NPYElementType {
  /// As NumPy writes them, without the byte order. bfloat16 has none.
  static let codes: [StoredElementType: String] = [
    .bool: "b1", .int8: "i1", .int16: "i2", .int32: "i4", .int64: "i8", .uint8: "u1", .uint16: "u2", .uint32: "u4",
    .uint64: "u8", .float16: "f2", .float32: "f4", .float64: "f8",
  ]

  /// Others that NumPy reads, behind a byte order: those of C on Linux.
  private static let letters: [String: StoredElementType] = [
    "?": .bool, "b": .int8, "h": .int16, "i": .int32, "l": .int64, "q": .int64, "B": .uint8, "H": .uint16, "I": .uint32,
    "L": .uint64, "Q": .uint64, "e": .float16, "f": .float32, "d": .float64,
  ]

  /// Others that it reads without one.
  private static let names: [String: StoredElementType] = [
    "bool": .bool, "int8": .int8, "int16": .int16, "int32": .int32, "int64": .int64, "uint8": .uint8, "uint16": .uint16,
    "uint32": .uint32, "uint64": .uint64, "float16": .float16, "float32": .float32, "float64": .float64,
    "int": .int64, "float": .float64, "half": .float16, "single": .float32, "double": .float64,
  ]

  /// The type of a header's `descr`, and whether its elements are big-endian. Without a byte order they are not, which is
  /// how nearly all machines would read them.
  static func read(_ name: String) throws(Fault) -> (element: StoredElementType, isBigEndian: Bool) {
    let order: Character? = name.first.flatMap { "<>=|".contains($0) ? $0 : nil }
    let code = String(order == nil ? name[...] : name.dropFirst())
    if code == "O" { throw Fault("holds Python objects (type O), which are never read; save it as numbers") }
    let type = codes.first { $0.value == code }?.key ?? letters[code] ?? (order == nil ? names[code] : nil)
    guard let type else {
      throw code.hasPrefix("V")
        ? Fault("holds records (a structured type); save each field as an array of its own")
        : Fault(
          "has elements of type \(quotedName(name)), which is not read: save it as numbers, such as "
            + "float32")
    }
    return (type, order == ">")
  }
}
