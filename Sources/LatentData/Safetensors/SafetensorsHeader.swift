import LatentKernels

/// The header of a safetensors file, in the order of the tensors' bytes.
struct SafetensorsHeader {
  var metadata: [String: String] = [:]
  var tensors: [SafetensorsFile.Entry] = []

  /// Parses the header's JSON. What it says about bytes is checked by `check(dataByteCount:)`.
  init(json: [UInt8]) throws(SafetensorsFault) {
    guard json.first == UInt8(ascii: "{") else { throw .headerStart }
    guard String(validating: json, as: UTF8.self) != nil else { throw .headerEncoding }
    var text = SafetensorsJSON(json)
    var names = Set<String>()
    try text.expect("{")
    while let name = try text.nextKey(isFirst: names.isEmpty) {
      guard names.insert(name).inserted else { throw .duplicateName(name) }
      if name == "__metadata__" {
        metadata = try Self.metadata(from: &text)
      } else {
        tensors.append(try Self.tensor(named: name, from: &text))
      }
    }
    try text.expectPadding()
    // The format lets the header list tensors in any order; Swift's sort is stable, so empty ones keep theirs.
    tensors.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
  }

  /// Checks that each tensor has the size its shape asks for, and that together they cover the data without a gap.
  func check(dataByteCount: Int) throws(SafetensorsFault) {
    var end = 0
    for tensor in tensors {
      guard tensor.byteRange.lowerBound == end else {
        throw .misplaced(
          tensor: tensor.name, begin: tensor.byteRange.lowerBound, end: tensor.byteRange.upperBound, expected: end)
      }
      guard let size = tensor.elementType.byteCount(shape: tensor.shape) else {
        throw .shapeTooLarge(tensor: tensor.name)
      }
      guard tensor.byteRange.count == size else {
        throw .wrongSize(tensor: tensor.name, expected: size, actual: tensor.byteRange.count)
      }
      end = tensor.byteRange.upperBound
    }
    guard end == dataByteCount else { throw .uncovered(described: end, stored: dataByteCount) }
  }

  private static func metadata(from text: inout SafetensorsJSON) throws(SafetensorsFault) -> [String: String] {
    var metadata: [String: String] = [:]
    try text.expect("{")
    while let key = try text.nextKey(isFirst: metadata.isEmpty) {
      guard metadata.updateValue(try text.string(), forKey: key) == nil else { throw .duplicateName(key) }
    }
    return metadata
  }

  private static func tensor(
    named name: String, from text: inout SafetensorsJSON
  ) throws(SafetensorsFault) -> SafetensorsFile.Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try text.expect("{")
    while let key = try text.nextKey(isFirst: type == nil && shape == nil && offsets == nil) {
      switch key {
      case "dtype" where type == nil: type = try text.string()
      case "shape" where shape == nil: shape = try text.integers()
      case "data_offsets" where offsets == nil: offsets = try text.integers(count: 2)
      default: throw .unexpectedField(tensor: name, field: key)
      }
    }
    guard let type else { throw .missingField(tensor: name, field: "dtype") }
    guard let shape else { throw .missingField(tensor: name, field: "shape") }
    guard let offsets else { throw .missingField(tensor: name, field: "data_offsets") }
    guard let elementType = StoredElementType(name: type) else { throw .unknownType(tensor: name, type: type) }
    guard offsets[0] <= offsets[1] else {
      throw .misplaced(tensor: name, begin: offsets[0], end: offsets[1], expected: offsets[0])
    }
    return SafetensorsFile.Entry(
      name: name, elementType: elementType, shape: shape, byteRange: offsets[0]..<offsets[1])
  }
}
