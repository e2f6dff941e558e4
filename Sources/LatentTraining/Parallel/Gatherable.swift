import Latent

/// A value that one process can give to the others of a ``GradientSum``: what ``DataParallel/map(_:batchSize:in:_:)`` makes
/// of a batch.
///
/// Tensors, numbers, texts and arrays of them are such values. A `Codable` type of your own becomes one by saying so:
///
///     struct Distance: Codable, Gatherable { var image: Int, value: Double }
///
/// Any other writes its parts and reads them in the same order:
///
///     struct Codes: Gatherable {
///       let mean: Tensor, logVariance: Tensor
///
///       func write(to message: inout ShardMessage) {
///         mean.write(to: &message)
///         logVariance.write(to: &message)
///       }
///
///       init(from message: inout ShardMessage) {
///         mean = Tensor(from: &message)
///         logVariance = Tensor(from: &message)
///       }
///     }
public protocol Gatherable: Sendable {
  /// Appends the value to a message.
  func write(to message: inout ShardMessage)
  /// Reads the value, with the same bits.
  init(from message: inout ShardMessage)
}

extension Gatherable where Self: Codable {
  /// Appends the value as JSON.
  public func write(to message: inout ShardMessage) { message.append(CheckpointJSON.text(self)) }

  /// Reads the value from JSON, in which each number comes back as it was.
  public init(from message: inout ShardMessage) {
    guard let value = CheckpointJSON.value(Self.self, message.text()) else { message.stop() }
    self = value
  }
}

extension Tensor: Gatherable {
  /// Appends element type, shape and elements.
  public func write(to message: inout ShardMessage) {
    message.append(element.description)
    shape.write(to: &message)
    message.append(storage)
  }

  /// Reads element type, shape and elements.
  public init(from message: inout ShardMessage) {
    let name = message.text()
    guard let element = ElementType.allCases.first(where: { $0.description == name }) else { message.stop() }
    let shape = [Int](from: &message)
    let storage = message.storage(element)
    guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == storage.count else { message.stop() }
    self.init(storage, shape: shape)
  }
}

extension Array: Gatherable where Element: Gatherable {
  /// Appends the count and then each element.
  public func write(to message: inout ShardMessage) {
    message.append(UInt64(count))
    for element in self { element.write(to: &message) }
  }

  /// Reads the count and then each element.
  public init(from message: inout ShardMessage) { self = (0..<message.count()).map { _ in Element(from: &message) } }
}

extension Int: Gatherable {
  public func write(to message: inout ShardMessage) { message.append(UInt64(bitPattern: Int64(self))) }
  public init(from message: inout ShardMessage) { self = Int(Int64(bitPattern: message.number())) }
}

extension UInt8: Gatherable {
  public func write(to message: inout ShardMessage) { message.append(UInt64(self)) }
  public init(from message: inout ShardMessage) { self = UInt8(truncatingIfNeeded: message.number()) }
}

extension Double: Gatherable {
  public func write(to message: inout ShardMessage) { message.append(bitPattern) }
  public init(from message: inout ShardMessage) { self = Double(bitPattern: message.number()) }
}

extension Float: Gatherable {
  public func write(to message: inout ShardMessage) { message.append(UInt64(bitPattern)) }
  public init(from message: inout ShardMessage) {
    self = Float(bitPattern: UInt32(truncatingIfNeeded: message.number()))
  }
}

extension Bool: Gatherable {
  public func write(to message: inout ShardMessage) { message.append(self ? 1 : 0) }
  public init(from message: inout ShardMessage) { self = message.number() != 0 }
}

extension String: Gatherable {
  public func write(to message: inout ShardMessage) { message.append(self) }
  public init(from message: inout ShardMessage) { self = message.text() }
}

extension GradientSum {
  /// What the processes have written of all shards.
  ///
  /// - Parameters:
  ///   - own: of each shard of `cut[process]`, in order
  ///   - lane: of the thread that calls it, where it is profiled
  func gather(_ own: [ShardMessage], over cut: ShardCut, _ lane: ProfileLane?) -> [ShardMessage] {
    let all = gather(own.map(\.bytes), over: cut, lane)
    require(all.count == cut.shards, "\(Self.self): \(all.count) messages of \(cut.shards) shards")
    return all.map { ShardMessage($0, as: own[0].name) }
  }
}
