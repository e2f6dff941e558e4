import Latent

/// What the training of a variational auto-encoder minimises.
///
///     EvidenceLowerBound()                                    // the bound itself
///     EvidenceLowerBound(beta: 4)                             // beta-VAE
///     EvidenceLowerBound(warmUpSteps: 2000)                   // KL warm-up
///     FreeBits(0.1)
///     Capacity(nats: 25, steps: 10_000, weight: 100)
///     ImportanceWeightedBound(samples: 50)
///
/// An objective of your own is one type: ``loss(of:)`` makes the loss of what the encoder has found. To be chosen by name and
/// to travel in records it says its ``record`` and its kind stands in ``ObjectiveKind/all``.
///
/// What is a mean over examples may be taken of the pass's own examples. What is a function of a batch's mean that is not
/// linear, such as max(mean, 1), takes the whole batch's, ``Latent/Variable/batchMean()``: a batch may be cut into shards.
///
/// Evaluation takes what changes in training as it is at its end, so that validation losses of all epochs compare. In
/// training, that is the loss's ``Latent/LossTerms/monitored``, which early stopping goes by without a validation part.
public protocol Objective: Sendable {
  /// What it is called, with its numbers; times are in steps.
  var record: ObjectiveRecord { get }
  /// K, the latent points that it draws for each example: the noise of a batch is [B, K Z].
  var samples: Int { get }
  /// The bound of -log p(x) that the loss is, where the likelihood is in nats, as people call it: `−ELBO`. Nil where it is
  /// none.
  var bound: String? { get }
  /// Whether this pass minimises something else than later ones: totals of different epochs do not compare then.
  func isChanging(in pass: Pass) -> Bool
  /// The loss, averaged over the examples, with parts for people to follow: those of the library are `reconstruction` and
  /// `kl`.
  func loss(of pass: LatentPass) -> LossTerms
}

extension Objective {
  /// Its type's name, without numbers.
  public var record: ObjectiveRecord { ObjectiveRecord(ObjectiveKind(of: self), [:]) }
  /// One point for each example.
  public var samples: Int { 1 }
  /// No bound.
  public var bound: String? { nil }
  /// Always the same.
  public func isChanging(in pass: Pass) -> Bool { false }
}

extension Pass {
  /// What there is in this pass of something that grows from 0 to 1 over so many steps of training; 1 in evaluation.
  public func progress(over steps: Int) -> Double {
    isTraining && steps > 0 ? min(1, Double(step) / Double(steps)) : 1
  }
}
