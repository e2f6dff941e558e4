import CLatentKernels
import Synchronization

/// Packed forms of weights, each made once and shared by all that multiply by the same weights: the time steps of a
/// sequence, forward and backward, and the shards of a batch. Workers that need the same one at the same time, as all do
/// when a step begins, pack it together.
///
/// Weights are told apart by where they lie. What is packed holds on to them, so that they stay as they are: call
/// ``removeAll()`` before they are changed in place.
public final class PackedWeights: Sendable {
  private struct Key: Hashable {
    let addresses: [UInt]
    let sizes: [Int]
    let isTransposed: Bool
    let precision: Precision
  }

  /// What the products by these weights multiply, and with them all products of a step.
  public let precision: Precision

  private let entries = Locked<[Key: Packing]>([:])
  private let workspace: Workspace

  /// - Parameters:
  ///   - precision: what products multiply
  ///   - workspace: memory for what is packed
  public init(precision: Precision = .full, workspace: Workspace? = nil) {
    self.precision = precision
    self.workspace = workspace ?? Workspace()
  }

  /// All bytes that were asked of the system.
  public var allocatedBytes: Int { workspace.allocatedBytes }

  /// The matrix, or its transpose.
  ///
  /// - Parameter precision: where it is not that of the step's other products
  public func matrix(_ matrix: Matrix, transposed: Bool = false, precision: Precision? = nil) -> PackedMatrix {
    packed([matrix], transposed: transposed, precision)
  }

  /// `upper` above `lower`.
  public func stacking(_ upper: Matrix, on lower: Matrix) -> PackedMatrix { packed([upper, lower], transposed: false) }

  /// The transposes of the parts on top of each other.
  func stackingTransposes(_ parts: [Matrix], precision: Precision) -> PackedMatrix {
    packed(parts, transposed: true, precision)
  }

  /// Forgets everything; the memory is kept for what is packed next.
  public func removeAll() { entries.withLock { $0.removeAll(keepingCapacity: true) } }

  private func packed(_ parts: [Matrix], transposed: Bool, _ given: Precision? = nil) -> PackedMatrix {
    let precision = given ?? precision
    let key = Key(
      addresses: parts.map { UInt(bitPattern: $0.pointer) }, sizes: parts.flatMap { [$0.rows, $0.columns, $0.stride] },
      isTransposed: transposed, precision: precision)
    let packing = entries.withLock { entries in
      if let packing = entries[key] { return packing }
      let packing = Packing(parts, transposed: transposed, precision: precision, workspace: workspace)
      entries[key] = packing
      return packing
    }
    if packing.pieces > 1 { Threads.run(tasks: min(packing.pieces, Threads.count)) { _ in _ = packing.finished() } }
    return packing.finished()
  }
}

/// A matrix that is being packed, a few panels at a time, by all who wait for it.
private final class Packing: Sendable {
  private let packed: PackedMatrix
  private let source: [Matrix]
  private let isTransposed: Bool
  private let piece: Int
  let pieces: Int
  private let next = Atomic<Int>(0)
  private let done = Atomic<Int>(0)

  init(_ parts: [Matrix], transposed: Bool, precision: Precision, workspace: Workspace) {
    packed = PackedMatrix(
      uninitializedFor: parts, transposed: transposed, precision: precision, workspace: workspace)
    source = parts
    isTransposed = transposed
    // Some 64 kB: enough to be worth taking.
    let panel = packed.panelWidth
    piece = panel * max(1, (1 << 16) / max(1, packed.rows * panel * packed.packed.element.size))
    pieces = (packed.columns + piece - 1) / piece
  }

  /// The packed matrix, once every piece of it is there.
  func finished() -> PackedMatrix {
    while done.load(ordering: .acquiring) < pieces {
      let index = next.load(ordering: .relaxed) < pieces ? next.add(1, ordering: .relaxed).oldValue : pieces
      if index < pieces {
        let columns = index * piece..<min((index + 1) * piece, packed.columns)
        packed.pack(source, transposed: isTransposed, columns: columns)
        done.add(1, ordering: .releasing)
      } else {
        latent_spin_pause()
      }
    }
    return packed
  }
}
