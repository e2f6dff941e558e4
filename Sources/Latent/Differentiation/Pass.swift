/// What the layers of a model need to know of the pass that a tape records.
///
///     Pass()                                              // evaluates
///     Pass(isTraining: true)                              // trains a model without noise
///     Pass(isTraining: true, step: step, key: key)        // trains, and draws other noise in each step
///
/// What draws noise, such as `Dropout` in training and ``Tape/normal(_:element:)``, needs a pass with a key and a step, and stops where
/// it has none: it would draw the same in each step.
public struct Pass: Sendable {
  /// Whether layers such as `Dropout` and `BatchNorm` do what they do in training.
  public var isTraining: Bool
  /// Steps that the optimizer has taken before this pass.
  public var step: Int
  /// Where randomness comes from, see ``Tape/makeKey()``; nil where nothing is drawn.
  public var key: RandomKey?
  /// A number for each of the B examples, such as its index in the data set; nil numbers them from 0.
  public var examples: [UInt64]?
  /// How the tapes of a batch's shards tell each other what they have found; nil where one tape has the whole batch.
  package var exchange: ShardExchange?

  /// A pass that draws nothing; an evaluation, by default.
  public init(isTraining: Bool = false, step: Int = 0, examples: [UInt64]? = nil) {
    (self.isTraining, self.step, self.examples) = (isTraining, step, examples)
  }

  /// A pass in which noise is drawn. The same key and step give the same noise again.
  ///
  /// - Parameters:
  ///   - step: the steps taken so far, such as `optimizer.step`
  ///   - key: of the whole run or of the epoch, such as `RandomKey(seed: 0)`
  public init(isTraining: Bool = false, step: Int, key: RandomKey, examples: [UInt64]? = nil) {
    self.init(isTraining: isTraining, step: step, examples: examples)
    self.key = key
  }

  /// Numbers for `count` examples.
  package func examples(count: Int) -> [UInt64] { examples ?? (0..<UInt64(count)).map { $0 } }

  /// With a key of its own where it has none: for a function that is computed again and again and is to draw the same.
  package var repeatable: Pass {
    var pass = self
    pass.key = key ?? RandomKey(seed: 0)
    return pass
  }
}
