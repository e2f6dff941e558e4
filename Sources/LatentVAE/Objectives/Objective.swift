import Latent

/// What the training of a variational auto-encoder minimises, from the parts of the evidence lower bound.
///
///     Objective()                                              // the bound itself
///     Objective(beta: 4)                                       // beta-VAE
///     Objective(warmUpSteps: 2000)                             // KL warm-up
///     Objective(constraint: .freeBits(0.1))
///     Objective(beta: 100, constraint: .capacity(nats: 25, steps: 10_000))
///     Objective(samples: 50)                                   // importance-weighted bound
///
/// Evaluation takes what warm-up and capacity come to at their end, so that validation losses of all epochs compare. In
/// training, that is the loss's ``Latent/LossTerms/monitored``, which early stopping goes by without a validation part.
public struct Objective: Sendable, Equatable {
  /// What stands for the divergence in the loss.
  public enum Constraint: Sendable, Equatable {
    /// KL itself.
    case none
    /// The sum over latent dimensions of max(nats, KL of the dimension, averaged over the batch): a dimension may cost so
    /// many nats for nothing (Kingma et al. 2016, section 4.1, with a group for each dimension).
    case freeBits(Double)
    /// |KL - C| with C growing linearly from 0 to `nats` over `steps` steps; beta is its weight, gamma (Burgess et al.
    /// 2018).
    case capacity(nats: Double, steps: Int)
  }

  /// The weight of the divergence (Higgins et al. 2017).
  public var beta: Double
  /// Steps over which the weight grows linearly from 0 to beta (Bowman et al. 2016; Sønderby et al. 2016).
  public var warmUpSteps: Int
  /// What stands for the divergence.
  public var constraint: Constraint
  /// K: with more than one, the importance-weighted bound of K samples of z (Burda, Grosse & Salakhutdinov 2016).
  public var samples: Int

  public init(beta: Double = 1, warmUpSteps: Int = 0, constraint: Constraint = .none, samples: Int = 1) {
    require(
      beta >= 0 && warmUpSteps >= 0 && samples >= 1,
      "Objective: beta \(beta), \(warmUpSteps) warm-up steps and \(samples) samples; at least 0, 0 and 1")
    require(
      samples == 1 || (beta == 1 && warmUpSteps == 0 && constraint == .none),
      "Objective: the bound of \(samples) samples has no weight, warm-up or constraint of the divergence")
    self.beta = beta
    self.warmUpSteps = warmUpSteps
    self.constraint = constraint
    self.samples = samples
  }

  /// beta, or what there is of it in this pass.
  public func weight(in pass: Pass) -> Double { beta * progress(pass, steps: warmUpSteps) }

  /// The divergence, or what the constraint makes of it: one number in nats per example. What is not linear in the batch's
  /// mean is taken of the whole batch's, of which a shard's tape has a part (``Latent/Variable/batchMean()``).
  ///
  /// - Parameters:
  ///   - divergence: KL(q || N(0, I)), averaged over the batch
  ///   - mean: [B, Z]
  ///   - logVariance: [B, Z]
  func penalty(_ divergence: Variable, mean: Variable, logVariance: Variable) -> Variable {
    switch constraint {
    case .none: return divergence
    case .freeBits(let nats):
      let each = 0.5 * (mean.squared() + logVariance.exp() - logVariance - 1).batchMean()
      let least = each.tape.constant(Tensor([nats], shape: [], element: each.tensor.element))
      return Variable.maximum(each, least).sum()
    case .capacity(let nats, let steps):
      let divergence = divergence.averagedOverShards(examples: mean.shape[0])
      return (divergence - nats * progress(divergence.tape.pass, steps: steps)).abs()
    }
  }

  /// What ``penalty(_:mean:logVariance:)`` comes to at the end of ``Constraint/capacity(nats:steps:)``.
  ///
  /// - Parameter examples: those of this tape
  func finalPenalty(_ penalty: Variable, _ divergence: Variable, examples: Int) -> Variable {
    guard case .capacity(let nats, _) = constraint else { return penalty }
    return (divergence.averagedOverShards(examples: examples) - nats).abs()
  }

  /// Whether this pass minimises something else than later ones: totals of different epochs do not compare then.
  func isChanging(in pass: Pass) -> Bool {
    if case .capacity(_, let steps) = constraint, progress(pass, steps: steps) < 1 { return true }
    return progress(pass, steps: warmUpSteps) < 1
  }

  private func progress(_ pass: Pass, steps: Int) -> Double {
    pass.isTraining && steps > 0 ? min(1, Double(pass.step) / Double(steps)) : 1
  }
}
