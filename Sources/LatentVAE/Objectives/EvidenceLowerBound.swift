import Latent

/// The negative evidence lower bound (Kingma & Welling 2014), with a weight of the divergence:
///
///     -log p(x|z) + beta KL(q(z|x) || N(0, I))
///
/// A weight other than 1 makes it the objective of a beta-VAE (Higgins et al. 2017), which is no bound any more.
public struct EvidenceLowerBound: Objective, Equatable {
  /// The weight of the divergence.
  public var weight: DivergenceWeight

  /// - Parameters:
  ///   - beta: the weight of the divergence
  ///   - warmUpSteps: steps over which the weight grows from 0
  public init(beta: Double = 1, warmUpSteps: Int = 0) { weight = DivergenceWeight(beta, warmUpSteps: warmUpSteps) }

  public var record: ObjectiveRecord { ObjectiveRecord(.evidenceLowerBound, weight.numbers) }
  public var bound: String? { weight.beta == 1 ? "−ELBO" : nil }
  public func isChanging(in pass: Pass) -> Bool { weight.isChanging(in: pass) }

  public func loss(of pass: LatentPass) -> LossTerms {
    let reconstruction = pass.reconstruction(from: pass.sample())
    let kl = pass.divergence()
    return weight.loss(reconstruction, kl: kl, penalty: kl, in: pass)
  }
}

/// The weight that an objective gives the divergence: beta, to which it grows linearly from 0 over the first steps (Bowman et
/// al. 2016; Sønderby et al. 2016).
public struct DivergenceWeight: Sendable, Equatable {
  /// The weight at its end.
  public var beta: Double
  /// Steps over which it grows.
  public var warmUpSteps: Int

  public init(_ beta: Double = 1, warmUpSteps: Int = 0) {
    require(
      beta >= 0 && warmUpSteps >= 0, "DivergenceWeight: beta \(beta), \(warmUpSteps) warm-up steps; at least 0 of each")
    (self.beta, self.warmUpSteps) = (beta, warmUpSteps)
  }

  /// Whether it still grows in this pass.
  func isChanging(in pass: Pass) -> Bool { pass.progress(over: warmUpSteps) < 1 }

  /// reconstruction + weight * penalty.
  ///
  /// - Parameters:
  ///   - penalty: what stands for the divergence
  ///   - atEnd: what it will be once it changes no more; nil where it does not change
  func loss(
    _ reconstruction: Variable, kl: Variable, penalty: Variable, atEnd: Variable? = nil, in pass: LatentPass
  ) -> LossTerms {
    let now = pass.tape.pass
    return LossTerms(
      total: reconstruction + (beta * now.progress(over: warmUpSteps)) * penalty,
      parts: [("reconstruction", reconstruction), ("kl", kl)],
      monitored: atEnd != nil || isChanging(in: now) ? reconstruction + beta * (atEnd ?? penalty) : nil)
  }

  /// As records have it.
  var numbers: [String: Double] {
    ["beta": beta].merging(warmUpSteps > 0 ? ["kl_warm_up": Double(warmUpSteps)] : [:]) { $1 }
  }

  init(_ record: ObjectiveRecord) {
    self.init(record["beta"] ?? 1, warmUpSteps: record.steps("kl_warm_up"))
  }

  /// `4 ` before what it weighs; nothing for 1.
  static func words(_ record: ObjectiveRecord) -> String {
    record["beta"].map { $0 == 1 ? "" : ObjectiveRecord.words($0) + " " } ?? ""
  }

  /// `, its weight growing for 10 epochs`
  static func growth(_ record: ObjectiveRecord) -> String {
    record.time("kl_warm_up").map { ", its weight growing for \($0)" } ?? ""
  }

  /// What every objective with such a weight is given.
  static let numbers = [
    ObjectiveKind.Number("beta", "Weight of the KL divergence.", in: "weight", .nonNegative, usual: 1),
    ObjectiveKind.Number(
      "kl_warm_up", "Epochs over which the weight of the KL divergence grows from 0.", in: "epochs", isTime: true),
  ]
}

extension ObjectiveKind {
  /// ``EvidenceLowerBound``
  public static let evidenceLowerBound = ObjectiveKind(
    "elbo", title: "evidence lower bound", numbers: DivergenceWeight.numbers
  ) { record, likelihood in
    "\(likelihood.title) summed over the pixels + \(DivergenceWeight.words(record))KL\(DivergenceWeight.growth(record))"
  } make: { record in
    var objective = EvidenceLowerBound()
    objective.weight = DivergenceWeight(record)
    return objective
  }
}
