/// What the layers of a model need to know of the pass that a tape records.
public struct Pass: Sendable {
  /// Whether layers such as `Dropout` and `BatchNorm` do what they do in training.
  public var isTraining: Bool
  /// Steps that the optimizer has taken before this pass.
  public var step: Int
  /// Where randomness comes from; see ``Tape/makeKey()``.
  public var key: RandomKey
  /// A number for each of the B examples, such as its index in the data set; nil numbers them from 0.
  public var examples: [UInt64]?
  /// How the tapes of a batch's shards tell each other what they have found; nil where one tape has the whole batch.
  package var exchange: ShardExchange?

  /// An evaluation, by default.
  public init(
    isTraining: Bool = false, step: Int = 0, key: RandomKey = RandomKey(seed: 0), examples: [UInt64]? = nil
  ) {
    self.isTraining = isTraining
    self.step = step
    self.key = key
    self.examples = examples
  }

  /// Numbers for `count` examples.
  package func examples(count: Int) -> [UInt64] { examples ?? (0..<UInt64(count)).map { $0 } }
}
