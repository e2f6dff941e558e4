#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the processes tell each other about themselves when they meet.
struct Peer: Sendable, Codable {
  let host: String
  /// Of the process, on its host.
  let id: Int32
  /// Where its number means a process: another container has numbers of its own.
  let space: String
  /// Of the program and library, which all must share.
  let program: String

  /// This process.
  init(program: String) {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    id = getpid()
    var link = [CChar](repeating: 0, count: 256)
    let count = readlink("/proc/self/ns/pid", &link, link.count - 1)
    let space = link.prefix(max(count, 0)).map(UInt8.init(bitPattern:))
    self.space = String(decoding: space, as: UTF8.self) + Peer.machine
    self.program = program
  }

  /// Whether its number means the same process here.
  func isNeighbour(of other: Peer) -> Bool { host == other.host && space == other.space }

  /// Whether it has ended, of a neighbour.
  var isGone: Bool { kill(id, 0) != 0 && errno == ESRCH }

  /// Another one on each machine, and after each start of it.
  private static var machine: String {
    guard let file = fopen("/proc/sys/kernel/random/boot_id", "r") else { return "" }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 64)
    return fgets(&text, 64, file) == nil
      ? "" : String(decoding: text.prefix { $0 > 32 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
