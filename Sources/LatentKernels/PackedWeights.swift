import Synchronization

/// Packed forms of weights, each made once, by whoever needs it first, and shared by all that multiply by the same
/// weights: the time steps of a sequence, forward and backward, and the shards of a batch.
///
/// Weights are told apart by where they lie. What is packed holds on to them, so that they stay as they are: call
/// ``removeAll()`` before they are changed in place.
public final class PackedWeights: Sendable {
  private struct Key: Hashable {
    let addresses: [UInt]
    let sizes: [Int]
    let isTransposed: Bool
  }

  private struct Entry {
    let packed: PackedMatrix
    let source: [Storage]
  }

  private let entries = Mutex<[Key: Entry]>([:])
  private let workspace: Workspace

  /// - Parameter workspace: memory for what is packed
  public init(workspace: Workspace? = nil) { self.workspace = workspace ?? Workspace() }

  /// All bytes that were asked of the system.
  public var allocatedBytes: Int { workspace.allocatedBytes }

  /// The matrix, or its transpose.
  public func matrix(_ matrix: Matrix, transposed: Bool = false) -> PackedMatrix {
    packed([matrix], isTransposed: transposed) { [workspace] in
      PackedMatrix(matrix, transposed: transposed, workspace: workspace)
    }
  }

  /// `upper` above `lower`.
  public func stacking(_ upper: Matrix, on lower: Matrix) -> PackedMatrix {
    packed([upper, lower], isTransposed: false) { [workspace] in
      PackedMatrix(stacking: upper, on: lower, workspace: workspace)
    }
  }

  /// Forgets everything; the memory is kept for what is packed next.
  public func removeAll() { entries.withLock { $0.removeAll(keepingCapacity: true) } }

  private func packed(_ parts: [Matrix], isTransposed: Bool, _ pack: @Sendable () -> PackedMatrix) -> PackedMatrix {
    let key = Key(
      addresses: parts.map { UInt(bitPattern: $0.pointer) }, sizes: parts.flatMap { [$0.rows, $0.columns, $0.stride] },
      isTransposed: isTransposed)
    return entries.withLock { entries in
      if let entry = entries[key] { return entry.packed }
      let packed = pack()
      entries[key] = Entry(packed: packed, source: parts.map(\.storage))
      return packed
    }
  }
}
