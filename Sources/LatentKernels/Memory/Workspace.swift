/// Memory that is used over and over: what a training step gives back, the next step takes again.
///
/// A tape takes every intermediate result from its workspace. The first step makes it grow to what a step needs; after
/// that no step of the same sizes allocates (`allocatedBytes` stays the same), which the tests check.
///
/// Blocks come in size classes, four to a doubling, and a request takes a block of its own class only: so the same
/// requests always find the same blocks, whatever order others came in, and batches that differ by an image share them.
public final class Workspace: Sendable {
  /// The free blocks of each class: a list through their first words, so that giving and taking are two moves each.
  private struct State: @unchecked Sendable {
    var free = [UnsafeMutableRawPointer?](repeating: nil, count: 4 * Int.bitWidth)
    var allocatedBytes = 0
  }

  private let state = Locked(State())

  /// An empty workspace.
  public init() {}

  deinit {
    state.withLock { state in
      for var block in state.free {
        while let base = block {
          block = Workspace.next(after: base).pointee
          Memory.free(base)
        }
      }
    }
  }

  /// All bytes that this workspace has ever asked the system for, lent out or not.
  public var allocatedBytes: Int { state.withLock { $0.allocatedBytes } }

  /// Uninitialised memory of at least `bytes` bytes: the free block of their class that came back last, or a new one.
  func lend(bytes: Int) -> Memory {
    let capacity = Workspace.capacity(for: bytes)
    let sizeClass = Workspace.sizeClass(of: capacity)
    let base = state.withLock { state -> UnsafeMutableRawPointer in
      if let base = state.free[sizeClass] {
        state.free[sizeClass] = Workspace.next(after: base).pointee
        return base
      }
      state.allocatedBytes += capacity
      return Memory.allocate(capacity)
    }
    return Memory(base: base, sizeClass: sizeClass, workspace: self)
  }

  /// Makes room for loans of so many bytes, all of them `times` times at the same time.
  func reserve(bytes: [Int], times: Int) {
    // Given back together, when all have been lent.
    withExtendedLifetime((0..<times).map { _ in bytes.map(lend) }) {}
  }

  func takeBack(_ base: UnsafeMutableRawPointer, sizeClass: Int) {
    state.withLock { state in
      Workspace.next(after: base).initialize(to: state.free[sizeClass])
      state.free[sizeClass] = base
    }
  }

  private static func next(after base: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    base.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
  }

  /// Rounds up to one of the sizes 4, 5, 6 and 7 times a power of two, or below 256 bytes to whole cache lines.
  static func capacity(for bytes: Int) -> Int {
    let needed = Memory.roundedUp(bytes)
    let unit = max(Memory.alignment, (1 << (Int.bitWidth - 1 - needed.leadingZeroBitCount)) / 4)
    return (needed + unit - 1) & ~(unit - 1)
  }

  /// A number for each capacity: its highest bit's place and the two bits below.
  private static func sizeClass(of capacity: Int) -> Int {
    let place = Int.bitWidth - 1 - capacity.leadingZeroBitCount
    return 4 * place + (capacity >> (place - 2)) & 3
  }
}
