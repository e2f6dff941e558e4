import Latent
import LatentData
import LatentTraining

/// What is counted by the tokens of texts.
public struct TokenMeasures: Sendable, Equatable {
  /// Tokens of a text, on average: those that are known, without what lines are filled up with.
  public let perText: Double
  /// The share of them that is decoded from the means as it was.
  public let accuracy: Double

  /// What some texts add.
  struct Part: Gatherable, Sendable {
    private(set) var known = 0.0, right = 0.0

    init() {}

    init(of decoded: Tensor, against batch: ExampleBatch) {
      let tape = Tape()
      let isRight = tape.constant(decoded.reshaped(to: batch.values.shape)) .== tape.constant(batch.values)
      known = batch.observed.map { tape.constant($0).sum().tensor.scalar } ?? Double(batch.values.count)
      right = (batch.observed.map { isRight * tape.constant($0) } ?? isRight).sum().tensor.scalar
    }

    mutating func add(_ other: Part) {
      known += other.known
      right += other.right
    }

    func write(to message: inout ShardMessage) {
      known.write(to: &message)
      right.write(to: &message)
    }

    init(from message: inout ShardMessage) { (known, right) = (Double(from: &message), Double(from: &message)) }
  }

  /// Nil of examples that are no texts.
  init?(_ all: Part, of example: ExampleShape, texts: Int) {
    guard case .text = example, all.known > 0 else { return nil }
    (perText, accuracy) = (all.known / Double(texts), all.right / all.known)
  }
}
