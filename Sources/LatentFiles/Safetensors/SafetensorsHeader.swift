import LatentKernels

/// The header of a safetensors file, in the order of the tensors' bytes.
struct SafetensorsHeader {
  var metadata: [String: String] = [:]
  var tensors: [SafetensorsFile.Entry] = []

  /// Parses the header's JSON, as leniently and as strictly as the reference implementation. What it says about bytes is
  /// checked by `check(dataByteCount:)`.
  init(json: [UInt8]) throws(Fault) {
    guard String(validating: json, as: UTF8.self) != nil else {
      throw Fault("the header is not valid UTF-8", mayBeForeign: true)
    }
    var text = JSONReader(json)
    guard text.isNext("{") else {
      throw Fault("the header does not begin with '{': this is not a safetensors file", mayBeForeign: true)
    }
    var described: [String: Description] = [:]
    var (isFirst, hasMetadata) = (true, false)
    try text.expect("{")
    while let name = try text.nextKey(isFirst: isFirst) {
      isFirst = false
      guard name == "__metadata__" else {
        // Of two tensors of one name the last one counts. Names that are only the same for Swift, such as an é of one
        // character and of two, are names of two tensors, which can't be told apart here.
        let earlier = described.updateValue(try Self.description(of: name, from: &text), forKey: name)
        guard earlier.map({ $0.name.utf8.elementsEqual(name.utf8) }) != false else {
          throw Fault("the name \(quotedName(name)) appears twice in the header")
        }
        continue
      }
      guard !hasMetadata else { throw Fault("the name \(quotedName(name)) appears twice in the header") }
      hasMetadata = true
      metadata = try Self.metadata(from: &text)
    }
    try text.expectEnd()
    tensors = try described.values.map { each throws(Fault) in try each.entry }
    // The format lets the header list tensors in any order. Empty ones in one place are in the order of their names.
    tensors.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound, $0.name)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound, $1.name)
    }
  }

  /// Checks that each tensor has the size its shape asks for, and that together they cover the data without a gap.
  func check(dataByteCount: Int) throws(Fault) {
    var end = 0
    for tensor in tensors {
      guard tensor.byteRange.lowerBound == end else {
        throw Fault(
          "tensor \(quotedName(tensor.name)) is at bytes \(tensor.byteRange.lowerBound) to "
            + "\(tensor.byteRange.upperBound) but should begin at \(end)")
      }
      guard let size = tensor.elementType.byteCount(shape: tensor.shape) else {
        throw Fault("the shape of tensor \(quotedName(tensor.name)) has too many elements to count")
      }
      guard tensor.byteRange.count == size else {
        throw Fault(
          "tensor \(quotedName(tensor.name)) takes \(size) bytes by its shape and type but has "
            + "\(tensor.byteRange.count)")
      }
      end = tensor.byteRange.upperBound
    }
    guard end == dataByteCount else {
      throw Fault(
        "the header describes \(end) bytes of tensors but \(dataByteCount) are stored: the file is "
          + "cut off or damaged")
    }
  }

  private static func metadata(from text: inout JSONReader) throws(Fault) -> [String: String] {
    var metadata: [String: String] = [:]
    if try text.takeNull() { return metadata }
    try text.expect("{")
    // Of two values of a key the last one counts.
    while let key = try text.nextKey(isFirst: metadata.isEmpty) { metadata[key] = try text.string() }
    return metadata
  }

  /// What the header says about a tensor, not yet checked: of two of one name the first may say anything.
  private struct Description {
    let name: String
    let type: StoredElementType
    let shape: [Int]
    let offsets: (begin: Int, end: Int)

    var entry: SafetensorsFile.Entry {
      get throws(Fault) {
        guard offsets.begin <= offsets.end else {
          throw Fault(
            "tensor \(quotedName(name)) is at bytes \(offsets.begin) to \(offsets.end) but should begin "
              + "at \(offsets.begin)")
        }
        return SafetensorsFile.Entry(
          name: name, elementType: type, shape: shape, byteRange: offsets.begin..<offsets.end)
      }
    }
  }

  private static func description(
    of name: String, from text: inout JSONReader
  ) throws(Fault) -> Description {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    var isFirst = true
    try text.expect("{")
    while let key = try text.nextKey(isFirst: isFirst) {
      isFirst = false
      switch key {
      case "dtype" where type == nil: type = try text.string()
      case "shape" where shape == nil: shape = try text.integers()
      case "data_offsets" where offsets == nil: offsets = try text.integers(count: 2)
      case "dtype", "shape", "data_offsets":
        throw Fault("tensor \(quotedName(name)) has the field \(quotedName(key)) twice")
      default: try text.skipValue(depth: 2)
      }
    }
    guard let type else { throw Fault("tensor \(quotedName(name)) has no field \"dtype\"") }
    guard let shape else { throw Fault("tensor \(quotedName(name)) has no field \"shape\"") }
    guard let offsets else { throw Fault("tensor \(quotedName(name)) has no field \"data_offsets\"") }
    guard let elementType = StoredElementType(name: type) else {
      throw Fault(
        "tensor \(quotedName(name)) has elements of type \(quotedName(type)), which is not read: store it as "
          + "\(StoredElementType.float32.name) or another of "
          + StoredElementType.allCases.map(\.name).joined(separator: ", "))
    }
    return Description(name: name, type: elementType, shape: shape, offsets: (offsets[0], offsets[1]))
  }
}
