import Latent

/// The importance-weighted bound of K samples (Burda, Grosse & Salakhutdinov 2016), negative, in nats per example:
///
///     -log 1/K sum_k w_k,   w_k = p(x|z_k) p(z_k) / q(z_k|x),   z_k = mean + exp(logVariance / 2) noise_k
///     log p(z) - log q(z|x) = sum (logVariance + noise^2 - z^2) / 2 over the Z dimensions
///
/// With one sample it is an estimate of the evidence lower bound.
public struct ImportanceWeightedBound: Objective, Equatable {
  /// K
  public var samples: Int

  public init(samples: Int) {
    require(samples >= 1, "ImportanceWeightedBound: \(samples) samples; at least 1")
    self.samples = samples
  }

  public var record: ObjectiveRecord { ObjectiveRecord(.importanceWeightedBound, ["samples": Double(samples)]) }
  public var bound: String? { "importance-weighted bound" }

  public func loss(of pass: LatentPass) -> LossTerms {
    let tape = pass.tape
    let stack = [pass.mean.shape[0], samples, pass.mean.shape[1]]
    let (z, priorRatio) = tape.scoped("sampling") { () -> (Variable, Variable) in
      let noise = tape.constant(pass.noise.reshaped(to: stack))
      let logVariances = pass.logVariance.expanded(at: 1)
      let z = pass.mean.expanded(at: 1) + (0.5 * logVariances).exp() * noise
      return (z, 0.5 * (logVariances + noise.squared() - z.squared()).sum(axes: [-1]))
    }
    let reconstructions = pass.reconstructions(from: z)
    let logWeights = priorRatio - reconstructions  // [B, K]
    let count = tape.constant(Tensor([Double(samples)], shape: [], element: pass.x.element))
    let bound = logWeights.logSumExp(axes: [1]) - count.log()
    return LossTerms(
      total: -bound.mean(), parts: [("reconstruction", reconstructions.mean()), ("kl", pass.divergence())])
  }
}

extension ObjectiveKind {
  /// ``ImportanceWeightedBound``
  public static let importanceWeightedBound = ObjectiveKind(
    "importance-weighted", title: "importance-weighted bound",
    numbers: [
      Number(
        "samples", "Samples of z for each image; more than one gives the importance-weighted bound.", in: "samples",
        .count,
        isRequired: true)
    ]
  ) { record, likelihood in
    "importance-weighted bound of \(Int(record["samples"] ?? 1)) samples, \(likelihood.title)"
  } make: { record in
    ImportanceWeightedBound(samples: Int(record["samples"] ?? 1))
  }
}
