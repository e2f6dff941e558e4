/// The last line of a command that has gone well: what people do with its result.
///
///     next: vae-train doctor --model runs/first
package enum NextStep {
  /// Prints the line.
  package static func say(_ text: String) { Console.print(line(text)) }

  /// The line.
  package static func line(_ text: String) -> String { "next: \(text)" }

  /// A path as a shell takes it.
  package static func shell(_ path: String) -> String {
    let isPlain =
      !path.isEmpty
      && path.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: ","):
          true
        default: byte >= 0x80
        }
      }
    return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
  }
}
