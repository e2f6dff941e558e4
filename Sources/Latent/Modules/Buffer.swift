import LatentKernels
import Synchronization

/// A tensor that belongs to a model but that no gradient changes, such as a running average: what Keras calls a
/// non-trainable weight and PyTorch a buffer.
///
/// A layer does not change its buffers when it is called. It tells the tape their next values (``Tape/set(_:to:)``), and
/// whoever takes the optimizer's step gives these to the model: the optimizers of this package do. Model files hold
/// buffers beside the parameters.
public struct Buffer: Sendable {
  /// The present value.
  public var value: Tensor
  /// Which buffer this is: the same in every copy of a model.
  private(set) var id: Int
  /// Whether no step changes it: see ``Module/frozen``.
  public internal(set) var isFrozen = false

  private static let nextID = Atomic<Int>(0)

  /// A new buffer that starts with `value`.
  public init(_ value: Tensor) {
    value.element.requireComputing("Buffer: a tensor of the shape \(value.shape)")
    self.value = value
    id = Buffer.nextID.add(1, ordering: .relaxed).oldValue
  }

  /// Makes it another buffer of the same value.
  mutating func renew() { id = Buffer.nextID.add(1, ordering: .relaxed).oldValue }
}

/// The next value of a model's buffer.
public struct BufferUpdate: Sendable {
  let id: Int
  /// What the buffer is to become.
  public package(set) var value: Tensor
}

extension [BufferUpdate] {
  /// The mean of what the shards of a batch make of the same buffers, weighted by their examples.
  ///
  /// The next values are linear in a shard's own statistics, so their mean is what a batch with the shards' mean
  /// statistics makes.
  package init(mergingShards shards: [(updates: [BufferUpdate], examples: Int)]) {
    let total = Double(shards.reduce(0) { $0 + $1.examples })
    self = shards.first?.updates ?? []
    guard !isEmpty, shards.count > 1 else { return }
    require(
      shards.allSatisfy { $0.updates.map(\.id) == map(\.id) }, "the shards of a batch update different buffers")
    for (number, (updates, examples)) in shards.enumerated() {
      for (sum, update) in zip(self, updates) {
        // Into the first shard's memory, which nobody else looks at: a step allocates nothing.
        sum.value.storage.assign(
          update.value.storage, times: Double(examples) / total, adding: number == 0 ? 0 : 1)
      }
    }
  }
}

extension [BufferUpdate] {
  /// Moves the values by a fraction of the way to those of others, of the same buffers.
  mutating func mix(_ others: [BufferUpdate], fraction: Double) {
    for place in indices {
      self[place].value.storage.makeUnique()
      self[place].value.storage.move(toward: others[place].value.storage, by: fraction)
    }
  }
}

extension Module {
  /// Every buffer's path and value, in order.
  public var buffers: [(path: String, value: Tensor)] {
    var result: [(String, Tensor)] = []
    var copy = self
    copy.updateBuffers { result.append(($0, $1.value)) }
    return result
  }

  /// Calls `body` with the path and each buffer, to read or write it.
  public mutating func updateBuffers(_ body: (_ path: String, _ buffer: inout Buffer) -> Void) {
    withoutActuallyEscaping(body) { body in
      var visitor = ParameterVisitor({ _, _ in }, buffers: body)
      visit(&visitor)
    }
  }

  /// Gives the buffers the values that a step found (``Tape/bufferUpdates``).
  public mutating func update(_ updates: [BufferUpdate]) {
    guard !updates.isEmpty else { return }
    var values = Dictionary(updates.map { ($0.id, $0.value) }) { $1 }
    updateBuffers { path, buffer in
      guard let value = values.removeValue(forKey: buffer.id) else { return }
      require(
        value.shape == buffer.value.shape && value.element == buffer.value.element,
        "update: \(value.shape) of \(value.element) for the buffer \(path) \(buffer.value.shape) of \(buffer.value.element)"
          + "; both must be alike"
      )
      buffer.value.storage.makeUnique()
      buffer.value.storage.assign(value.storage)
    }
    require(values.isEmpty, "update: \(values.count) buffers are not shown by the model's visit(_:)")
  }
}
