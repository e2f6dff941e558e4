import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory that is used over and over: what a training step gives back, the next step takes again.
///
/// A tape takes every intermediate result from its workspace. The first step makes it grow to what a step needs; after
/// that no step of the same sizes allocates (`allocatedBytes` stays the same), which the tests check.
///
/// Blocks come in size classes, four to a doubling, and a request takes a block of its own class only: so the same
/// requests always find the same blocks, whatever order others came in, and batches that differ by an image share them.
public final class Workspace: Sendable {
  private struct Block: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let capacity: Int
  }

  private struct State {
    var free: [[Block]] = Array(repeating: [], count: 4 * Int.bitWidth)  // by class; the last one given back goes first
    var allocatedBytes = 0
  }

  private let state = Mutex(State())

  /// An empty workspace.
  public init() {}

  deinit {
    state.withLock { state in
      for block in state.free.joined() { free(block.base) }
    }
  }

  /// All bytes that this workspace has ever asked the system for, lent out or not.
  public var allocatedBytes: Int { state.withLock { $0.allocatedBytes } }

  /// Uninitialised memory of at least `bytes` bytes: a free block of their class, or a new one.
  func lend(bytes: Int) -> Memory {
    let capacity = Workspace.capacity(for: bytes)
    let block = state.withLock { state -> Block in
      if let block = state.free[Workspace.sizeClass(of: capacity)].popLast() { return block }
      state.allocatedBytes += capacity
      return Block(base: Memory.allocate(capacity), capacity: capacity)
    }
    return Memory(base: block.base, capacity: capacity, workspace: self)
  }

  func takeBack(_ base: UnsafeMutableRawPointer, capacity: Int) {
    state.withLock { $0.free[Workspace.sizeClass(of: capacity)].append(Block(base: base, capacity: capacity)) }
  }

  /// Rounds up to one of the sizes 4, 5, 6 and 7 times a power of two, or below 256 bytes to whole cache lines.
  static func capacity(for bytes: Int) -> Int {
    let needed = Memory.roundedUp(bytes)
    let unit = max(Memory.alignment, (1 << (Int.bitWidth - 1 - needed.leadingZeroBitCount)) / 4)
    return (needed + unit - 1) / unit * unit
  }

  /// A number for each capacity: its highest bit's place and the two bits below.
  private static func sizeClass(of capacity: Int) -> Int {
    let place = Int.bitWidth - 1 - capacity.leadingZeroBitCount
    return 4 * place + (capacity >> (place - 2)) & 3
  }
}
