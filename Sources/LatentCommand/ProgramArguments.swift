#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The program's command line.
package enum ProgramArguments {
  /// Stops the program where an argument is not UTF-8: Swift would replace its bytes, and another file than the named one
  /// would be read or made.
  package static func check() {
    for case let argument? in UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
      .dropFirst()
    where String(validatingCString: argument) == nil {
      Console.error(
        "Error: the argument \(escaped(argument)) is not UTF-8: give the file or folder a name that is, or a link of such "
          + "a name")
      exit(Failure.usage)
    }
  }

  /// The text in quotes, with what is not ASCII as shells take it: `$'a\xff'`.
  static func escaped(_ text: UnsafePointer<CChar>) -> String {
    let bytes = UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
    let body = bytes.map { byte -> String in
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(Unicode.Scalar(byte))
      case 0x20..<0x7F: String(Unicode.Scalar(byte))
      default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return "$'" + body.joined() + "'"
  }
}
