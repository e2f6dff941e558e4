import Latent

/// The evidence lower bound with a number of nats for nothing in each latent dimension (Kingma et al. 2016, section 4.1, with
/// a group for each dimension):
///
///     -log p(x|z) + beta sum over Z of max(nats, KL of the dimension, averaged over the batch)
public struct FreeBits: Objective, Equatable {
  /// What a dimension may cost for nothing.
  public var nats: Double
  /// The weight of the divergence.
  public var weight: DivergenceWeight

  public init(_ nats: Double, weight: DivergenceWeight = DivergenceWeight()) {
    require(nats >= 0, "FreeBits: \(nats) nats; at least 0")
    (self.nats, self.weight) = (nats, weight)
  }

  public var record: ObjectiveRecord {
    ObjectiveRecord(.freeBits, weight.numbers.merging(["free_bits": nats]) { $1 })
  }

  public func isChanging(in pass: Pass) -> Bool { weight.isChanging(in: pass) }

  public func loss(of pass: LatentPass) -> LossTerms {
    let reconstruction = pass.reconstruction(from: pass.sample())
    let kl = pass.divergence()
    let each = pass.divergences()
    let least = pass.tape.constant(Tensor([nats], shape: [], element: each.tensor.element))
    return weight.loss(reconstruction, kl: kl, penalty: Variable.maximum(each, least).sum(), in: pass)
  }
}

extension ObjectiveKind {
  /// ``FreeBits``
  public static let freeBits = ObjectiveKind(
    "free-bits", title: "bound with free bits",
    numbers: DivergenceWeight.numbers + [
      Number(
        "free_bits", "Nats of KL divergence that each latent dimension may have at no cost.", in: "nats",
        isRequired: true)
    ]
  ) { record, likelihood in
    "\(likelihood.title) summed over the pixels + \(DivergenceWeight.words(record))KL above "
      + "\(record["free_bits"] ?? 0) nats a dimension\(DivergenceWeight.growth(record))"
  } make: { record in
    FreeBits(record["free_bits"] ?? 0, weight: DivergenceWeight(record))
  }
}
