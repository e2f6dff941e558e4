import LatentKernels

/// What stands before the elements of a `.npy` file: NumPy's format
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
///
/// A magic string, two bytes of version, the little-endian length of a Python dictionary (two bytes in version 1, four
/// in 2 and 3), and the dictionary, in Latin-1 or, in version 3, UTF-8.
struct NPYHeader: Equatable {
  var elementType: StoredElementType
  var isBigEndian = false
  var isFortranOrder = false
  var shape: [Int]

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// NumPy's bound on the number of dimensions.
  static let dimensionLimit = 64

  /// Reads a header, and says where the elements are that follow. What comes after them, such as another array, is not
  /// looked at, as by NumPy.
  ///
  /// - Parameters:
  ///   - file: the file, or its first bytes
  ///   - following: bytes of the file that come after these
  static func read(
    _ file: ArraySlice<UInt8>, following: Int = 0
  ) throws(Fault) -> (header: NPYHeader, data: ArraySlice<UInt8>) {
    guard file.starts(with: magic) else {
      throw Fault("does not begin with NumPy's magic string: this is not an .npy file", mayBeForeign: true)
    }
    let lengthStart = file.startIndex + magic.count + 2
    guard file.endIndex >= lengthStart else {
      throw Fault(
        "the header should have 2 bytes but only \(file.count - magic.count) follow: the file is cut "
          + "off")
    }
    let (major, minor) = (file[lengthStart - 2], file[lengthStart - 1])
    guard (1...3).contains(major), minor == 0 else {
      throw Fault("has version \(major).\(minor) of the format; 1.0, 2.0 and 3.0 are read")
    }
    let lengthSize = major == 1 ? 2 : 4
    let afterLength = file[lengthStart...].dropFirst(lengthSize)
    guard afterLength.startIndex == lengthStart + lengthSize else {
      throw Fault(
        "the header should have \(lengthSize) bytes but only \(file.endIndex - lengthStart) follow: "
          + "the file is cut off")
    }
    let length = file[lengthStart..<afterLength.startIndex].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= afterLength.count else {
      throw Fault(
        "the header should have \(length) bytes but only \(afterLength.count) follow: the file is "
          + "cut off")
    }
    let text = afterLength.prefix(length)
    // Versions 1 and 2 are in Latin-1, in which any byte is a character.
    guard major < 3 || String(validating: text, as: UTF8.self) != nil else {
      throw Fault("the header is not UTF-8, as version 3 of the format demands")
    }
    let header = try NPYHeader(dictionary: PythonLiteral(text, isPython3: major == 3))
    let data = afterLength.dropFirst(length)
    guard let byteCount = header.elementType.byteCount(shape: header.shape) else {
      throw Fault("the shape \(header.shape) takes more bytes than can be counted")
    }
    guard byteCount <= data.count + following else {
      throw Fault(
        "takes \(byteCount) bytes by its shape and type but has \(data.count): the file is cut off "
          + "or damaged")
    }
    return (header, data.prefix(byteCount))
  }

  init(_ elementType: StoredElementType, shape: [Int], isFortranOrder: Bool, isBigEndian: Bool) {
    self.elementType = elementType
    self.shape = shape
    self.isBigEndian = isBigEndian
    self.isFortranOrder = isFortranOrder
  }

  /// Parses the dictionary: `descr`, `fortran_order` and `shape`, in any order; of two of one key the last one counts.
  private init(dictionary: PythonLiteral) throws(Fault) {
    var text = dictionary
    var type: (element: StoredElementType, isBigEndian: Bool)?
    var fortran: Bool?
    var dimensions: [Int]?
    try text.expect("{")
    while let key = try text.nextKey(isFirst: type == nil && fortran == nil && dimensions == nil) {
      switch key {
      case "descr":
        // A list of fields, or a pair of a type and a shape.
        if text.isNext("[") || text.isNext("(") {
          throw Fault("holds records (a structured type); save each field as an array of its own")
        }
        type = try NPYElementType.read(try text.string())
      case "fortran_order": fortran = try text.boolean()
      case "shape": dimensions = try text.integers(limit: Self.dimensionLimit)
      default: throw Fault("the header has the unknown key \(quotedName(key))")
      }
    }
    try text.expectEnd()
    guard let type else { throw Fault("the header has no key \"descr\"") }
    guard let fortran else { throw Fault("the header has no key \"fortran_order\"") }
    guard let dimensions else { throw Fault("the header has no key \"shape\"") }
    self.init(type.element, shape: dimensions, isFortranOrder: fortran, isBigEndian: type.isBigEndian)
  }

  /// The header's bytes, as NumPy writes them: in version 1, whose 65,535 bytes always suffice for a type without fields
  /// and at most 64 dimensions; padded so that the elements begin at a multiple of 64 bytes.
  var bytes: [UInt8] {
    require(
      shape.count <= Self.dimensionLimit, "npy: \(shape.count) dimensions; NumPy has at most \(Self.dimensionLimit)")
    guard let code = NPYElementType.codes[elementType] else {
      fatalError("npy: NumPy has no type for \(elementType); store it as F32, or in a safetensors file")
    }
    let order = elementType.byteCount == 1 ? "|" : isBigEndian ? ">" : "<"
    let dimensions = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text =
      "{'descr': '\(order)\(code)', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': (\(dimensions)), }"
    // Room for the dimension that grows to have any 64-bit number.
    if let growing = isFortranOrder ? shape.last : shape.first {
      text += String(repeating: " ", count: 21 - String(growing).utf8.count)
    }
    let unpadded = Self.magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: 64 - unpadded % 64) + "\n"
    let length = UInt16(text.utf8.count)
    return Self.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}
