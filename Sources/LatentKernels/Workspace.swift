import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory that is used over and over: what a training step gives back, the next step takes again.
///
/// A worker's tape takes every intermediate result from its workspace. The first step makes it grow to what a step
/// needs; after that no step allocates (`allocatedBytes` stays the same), which the tests check.
public final class Workspace: Sendable {
  private struct Block: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let capacity: Int
  }

  private struct State {
    var free: [Block] = []  // by capacity, smallest first
    var allocatedBytes = 0
  }

  private let state = Mutex(State())

  /// An empty workspace.
  public init() {}

  deinit {
    state.withLock { state in
      for block in state.free { free(block.base) }
    }
  }

  /// All bytes that this workspace has ever asked the system for, lent out or not.
  public var allocatedBytes: Int { state.withLock { $0.allocatedBytes } }

  /// Uninitialised memory of at least `bytes` bytes: the smallest free block that holds them, or a new one.
  func lend(bytes: Int) -> Memory {
    let needed = Memory.roundedUp(bytes)
    let block = state.withLock { state -> Block in
      // A much larger block stays free for the large request that will come for it in this step too.
      if let index = state.free.firstIndex(where: { $0.capacity >= needed }), state.free[index].capacity / 4 <= needed {
        return state.free.remove(at: index)
      }
      state.allocatedBytes += needed
      return Block(base: Memory.allocate(needed), capacity: needed)
    }
    return Memory(base: block.base, capacity: block.capacity, workspace: self)
  }

  func takeBack(_ base: UnsafeMutableRawPointer, capacity: Int) {
    state.withLock { state in
      let index = state.free.firstIndex(where: { $0.capacity >= capacity }) ?? state.free.endIndex
      state.free.insert(Block(base: base, capacity: capacity), at: index)
    }
  }
}
