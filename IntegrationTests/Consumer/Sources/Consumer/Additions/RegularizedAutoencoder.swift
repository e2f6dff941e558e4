import Latent
import LatentVAE

/// A regularised auto-encoder (Ghosh et al. 2020): the reconstruction from the mean, and the squared length of the mean, with
/// a weight, in the place of a divergence.
struct RegularizedAutoencoder: Objective {
  var weight: Double

  static let kind = ObjectiveKind("regularized", title: "regularised auto-encoder") { record, likelihood in
    "\(likelihood.title) + \(record["weight"] ?? 0) |z|^2 / 2"
  } make: { record in
    RegularizedAutoencoder(weight: record["weight"] ?? 0)
  }

  var record: ObjectiveRecord { ObjectiveRecord(Self.kind, ["weight": weight]) }

  func loss(of pass: LatentPass) -> LossTerms {
    let reconstruction = pass.reconstruction(from: pass.mean)
    let length = (0.5 * pass.mean.squared()).sum(axes: [-1]).mean()
    return LossTerms(
      total: reconstruction + weight * length, parts: [("reconstruction", reconstruction), ("length", length)])
  }
}
