import LatentKernels

/// What a training step minimises, and the parts of it that people want to follow.
public struct LossTerms {
  /// The loss: one number, averaged over the batch.
  public let total: Variable
  /// Named parts, each one number averaged over the batch, such as `reconstruction` and `kl`.
  public let parts: [(name: String, value: Variable)]
  /// What early stopping and the like go by where `total` does not compare between epochs, because what it is made of
  /// changes with the steps: one number averaged over the batch. Nil where they go by `total`.
  public let monitored: Variable?

  /// - Parameters:
  ///   - parts: in any order; a batch may have parts that others have not, and counts in the means of its own parts alone.
  ///     Each has a name of its own.
  ///   - monitored: what `total` will be once it changes no more with the steps; nil where it does not change
  public init(total: Variable, parts: [(name: String, value: Variable)] = [], monitored: Variable? = nil) {
    require(
      parts.indices.allSatisfy { index in !parts[..<index].contains { $0.name == parts[index].name } },
      "LossTerms: two parts of the loss have one name: \(parts.map(\.name))")
    self.total = total
    self.parts = parts
    self.monitored = monitored
  }
}

/// A model that says what its training is to minimise.
public protocol TrainableModel: Module {
  /// What it is trained on, as a data set hands it out: images, tensors, or your own type.
  associatedtype Batch

  /// The loss of a batch, averaged over its examples. ``Tape/pass`` says whether it is for training.
  func loss(_ batch: Batch, tape: Tape) -> LossTerms
}
