import CLatentKernels

/// Memory for the pairs that a mixed product of tall matrices puts together: 2 MB, as many times as such products run at once. They are
/// kept, and are not of a workspace: a batch has more shards, with a workspace each, than threads that multiply.
enum PairsRoom {
  /// Memory that nobody uses.
  private struct Room: @unchecked Sendable {
    let pairs: UnsafeMutablePointer<UInt32>

    init() {
      let bytes = Int(LATENT_PAIRS_ROOM) * MemoryLayout<UInt32>.stride
      pairs = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64).assumingMemoryBound(to: UInt32.self)
    }
  }

  private static let free = Locked<[Room]>([])

  /// Calls `body` with memory that is its own until it returns.
  static func use(_ body: (UnsafeMutablePointer<UInt32>) -> Void) {
    let room = free.withLock { $0.popLast() } ?? Room()
    body(room.pairs)
    free.withLock { $0.append(room) }
  }
}
