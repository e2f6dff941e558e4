import Foundation
import Latent

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
  /// The processor's family, by which programs differ.
  let architecture: String
  /// A checksum of the program's file, the same in all processes of an architecture; empty where it is not known.
  let build: String
  let share: MachineShare

  /// This process.
  ///
  /// - Parameter isOneOfSeveral: whether others will want to know its build
  init(program: String, isOneOfSeveral: Bool = false) {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    id = getpid()
    var link = [CChar](repeating: 0, count: 256)
    let count = readlink("/proc/self/ns/pid", &link, link.count - 1)
    let space = link.prefix(max(count, 0)).map(UInt8.init(bitPattern:))
    self.space = String(decoding: space, as: UTF8.self) + Peer.machine
    self.program = program
    architecture = Peer.architecture
    build = isOneOfSeveral ? Peer.build : ""
    share = MachineShare()
  }

  /// Why the two can't work together; nil where they can.
  func difference(from first: Peer) -> String? {
    if program != first.program { return "runs another program than rank 0: \(program), not \(first.program)" }
    if architecture == first.architecture, build != first.build, !build.isEmpty, !first.build.isEmpty {
      return
        "runs another build of \(program) than rank 0 (checksum \(build), not \(first.build)): give all hosts the same file"
    }
    return nil
  }

  /// Whether its number means the same process here.
  func isNeighbour(of other: Peer) -> Bool { host == other.host && space == other.space }

  /// Whether it has ended, of a neighbour.
  var isGone: Bool { kill(id, 0) != 0 && errno == ESRCH }

  private static var build: String {
    guard let file = try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/exe"), options: .alwaysMapped) else {
      return ""
    }
    let digits = String(file.withUnsafeBytes { Checksum.xxh64($0) }, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static var architecture: String {
    var system = utsname()
    guard uname(&system) == 0 else { return "" }
    return withUnsafeBytes(of: system.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// Another one on each machine, and after each start of it.
  private static var machine: String {
    guard let file = fopen("/proc/sys/kernel/random/boot_id", "r") else { return "" }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 64)
    return fgets(&text, 64, file) == nil
      ? "" : String(decoding: text.prefix { $0 > 32 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
