import LatentKernels

/// What a training step minimises, and the parts of it that people want to follow.
public struct LossTerms {
  /// The loss: one number, averaged over the batch.
  public let total: Variable
  /// Named parts, each one number averaged over the batch, such as `reconstruction` and `kl`.
  public let parts: [(name: String, value: Variable)]

  /// - Parameter parts: their names become columns of tables, and have no commas, equals signs or line breaks
  public init(total: Variable, parts: [(name: String, value: Variable)] = []) {
    require(
      parts.allSatisfy { $0.name.utf8.allSatisfy { ![44, 61, 10].contains($0) } },
      "LossTerms: the names \(parts.map(\.name)) must not have commas, equals signs or line breaks")
    self.total = total
    self.parts = parts
  }
}

/// A model that says what its training is to minimise.
public protocol TrainableModel: Module {
  /// What it is trained on, as a data set hands it out: images, tensors, or a type of one's own.
  associatedtype Batch

  /// The loss of a batch, averaged over its examples. ``Tape/pass`` says whether it is for training.
  func loss(_ batch: Batch, tape: Tape) -> LossTerms
}
