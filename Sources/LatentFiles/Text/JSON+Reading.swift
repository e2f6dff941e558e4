extension JSON {
  /// Reads a document, and nothing but what RFC 8259 allows; nil for any other text, for one that says the same key twice,
  /// and for one with more than 100 values inside of each other.
  public init?(_ bytes: [UInt8]) {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var reader = JSONReader(bytes)
    guard let value = try? reader.value(levels: 100), (try? reader.expectEnd()) != nil else { return nil }
    self = value
  }

  /// The member of an object with this name.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
}

extension JSONReader {
  /// Takes any value.
  ///
  /// - Parameter levels: of values inside of each other, at most
  fileprivate mutating func value(levels: Int) throws(Fault) -> JSON {
    guard levels > 0 else { throw fault("fewer levels of nesting") }
    if take("{") { return .object(try members(levels: levels - 1)) }
    if take("[") {
      var values: [JSON] = []
      while !take("]") {
        if !values.isEmpty && !take(",") { throw fault("',' or ']'") }
        values.append(try value(levels: levels - 1))
      }
      return .array(values)
    }
    let start = position
    switch peek() {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"):
      try expectWord("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try expectWord("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try expectWord("null")
      return .null
    default: try skipNumber()
    }
    let digits = String(decoding: text[start..<position], as: UTF8.self)
    return Int(digits).map { .integer($0) } ?? .number(Double(digits)!)
  }

  private mutating func members(levels: Int) throws(Fault) -> [JSON.Member] {
    var members: [JSON.Member] = []
    var names: Set<String> = []
    while let name = try nextKey(isFirst: members.isEmpty) {
      guard names.insert(name).inserted else { throw fault("another key than \(quotedName(name))") }
      members.append(JSON.Member(name, try value(levels: levels)))
    }
    return members
  }
}
