#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A block of bytes, aligned to a cache line, that frees itself or goes back to the workspace that it came from.
///
/// Its contents are shared by whoever holds it; ``Storage`` and the tensors above it give it value semantics.
public final class Memory: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  private let sizeClass: Int
  private let workspace: Workspace?

  /// Blocks start on a cache line; large ones on a page that the system may make huge.
  static let alignment = 64

  /// Uninitialised memory of at least `bytes` bytes, from the system.
  init(bytes: Int) {
    base = Memory.allocate(Memory.roundedUp(bytes))
    sizeClass = 0
    workspace = nil
  }

  /// A block that `workspace` lends out.
  init(base: UnsafeMutableRawPointer, sizeClass: Int, workspace: Workspace) {
    self.base = base
    self.sizeClass = sizeClass
    self.workspace = workspace
  }

  deinit {
    if let workspace { workspace.takeBack(base, sizeClass: sizeClass) } else { Memory.free(base) }
  }

  static func roundedUp(_ bytes: Int) -> Int { max(alignment, (bytes + alignment - 1) & ~(alignment - 1)) }

  static func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
    var pointer: UnsafeMutableRawPointer?
    let hugePage = 1 << 21
    let isLarge = capacity >= hugePage
    guard posix_memalign(&pointer, isLarge ? hugePage : alignment, capacity) == 0, let pointer else {
      Shortage.stop(bytes: capacity)
    }
    if capacity >= Shortage.large { Shortage.checkMemory() }
    #if os(Linux)
      if isLarge { madvise(pointer, capacity, MADV_HUGEPAGE) }
    #endif
    return pointer
  }

  static func free(_ base: UnsafeMutableRawPointer) {
    #if canImport(Glibc)
      Glibc.free(base)
    #else
      Darwin.free(base)
    #endif
  }
}
