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

  /// The memory that this process may have, in bytes: the machine's, or less where a container or `ulimit` limits it.
  package static let memoryBytes = min(
    sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)), memoryQuota ?? .max, Shortage.limit?.bytes ?? .max)
}
