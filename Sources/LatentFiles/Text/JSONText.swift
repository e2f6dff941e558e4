import LatentKernels

/// How JSON (RFC 8259) writes what needs care.
package enum JSONText {
  /// A string in quotes, with the escapes that the standard demands and no others.
  package static func quoted(_ string: String) -> String {
    var (string, result) = (string, "\"")
    string.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        // Most text needs no escape, and pictures in it are long.
        let plain = DelimitedText.countUnescaped(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: rest)))
        result += String(decoding: rest.prefix(plain), as: UTF8.self)
        rest = rest.dropFirst(plain)
        if let byte = rest.popFirst() { result += escaped(byte) }
      }
    }
    return result + "\""
  }

  private static func escaped(_ byte: UInt8) -> String {
    switch UnicodeScalar(byte) {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\u{8}": return "\\b"
    case "\u{c}": return "\\f"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let digits = String(byte, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}
