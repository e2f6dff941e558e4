import Latent

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Machine {
  /// The version of the Swift standard library that this process runs with, major and minor: `6.3`.
  package static let swiftVersion = "\(_SwiftStdlibVersion.current)".split(separator: ".").prefix(2).joined(
    separator: ".")

  package static let ownMemory = "this machine has"

  /// The memory that this process may have, in bytes, and who says so: the machine, or a smaller limit of a container or of
  /// `ulimit`.
  package static let memory: (bytes: Int, source: String) = {
    let machine = (bytes: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)), source: ownMemory)
    let container = memoryQuota.map { (bytes: $0, source: "this process's control group allows") }
    let limit = Shortage.limit.map { (bytes: $0.bytes, source: "\($0.command) allows") }
    return [machine, container, limit].compactMap(\.self).min { $0.bytes < $1.bytes } ?? machine
  }()

  /// The name of this program.
  static var programName: String {
    let path = CommandLine.arguments.first ?? ""
    return path.split(separator: "/").last.map(String.init) ?? "unknown"
  }

  /// The working folder.
  static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }
}
