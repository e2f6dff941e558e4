/// What a training step minimises, and the parts of it that people want to follow.
public struct LossTerms {
  /// The loss: one number, averaged over the batch.
  public let total: Variable
  /// Named parts, each one number averaged over the batch, such as `reconstruction` and `kl`.
  public let parts: [(name: String, value: Variable)]

  public init(total: Variable, parts: [(name: String, value: Variable)] = []) {
    self.total = total
    self.parts = parts
  }
}
