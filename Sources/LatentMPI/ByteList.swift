/// Several messages in one.
package enum ByteList {
  package static func joined(_ list: [[UInt8]]) -> [UInt8] {
    list.reduce(into: []) { bytes, item in
      withUnsafeBytes(of: UInt64(item.count).littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: item)
    }
  }

  /// Nil where the bytes are no list.
  package static func split(_ bytes: [UInt8]) -> [[UInt8]]? {
    var (list, rest) = ([[UInt8]](), bytes[...])
    while !rest.isEmpty {
      guard rest.count >= 8 else { return nil }
      let count = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      rest = rest.dropFirst(8)
      guard count <= rest.count else { return nil }
      list.append(Array(rest.prefix(Int(count))))
      rest = rest.dropFirst(Int(count))
    }
    return list
  }
}
