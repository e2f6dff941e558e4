import Latent

/// The divergence held to a capacity that grows linearly from 0 (Burgess et al. 2018, whose gamma is the weight):
///
///     -log p(x|z) + beta |KL - C|,   C = nats min(1, step / steps)
public struct Capacity: Objective, Equatable {
  /// C at its end.
  public var nats: Double
  /// Steps over which it grows.
  public var steps: Int
  /// The weight of the distance.
  public var weight: DivergenceWeight

  public init(nats: Double, steps: Int, weight: DivergenceWeight = DivergenceWeight()) {
    require(nats >= 0 && steps >= 0, "Capacity: \(nats) nats over \(steps) steps; at least 0 of each")
    (self.nats, self.steps, self.weight) = (nats, steps, weight)
  }

  public var record: ObjectiveRecord {
    ObjectiveRecord(
      .capacity, weight.numbers.merging(["capacity": nats, "capacity_epochs": Double(steps)]) { $1 })
  }

  public func isChanging(in pass: Pass) -> Bool { pass.progress(over: steps) < 1 || weight.isChanging(in: pass) }

  public func loss(of pass: LatentPass) -> LossTerms {
    let reconstruction = pass.reconstruction(from: pass.sample())
    let kl = pass.divergence()
    let now = pass.tape.pass
    func distance(to capacity: Double) -> Variable {
      // |KL - C| is not linear in KL: it takes that of the whole batch.
      (kl.averagedOverShards(examples: pass.x.shape[0]) - capacity).abs()
    }
    return weight.loss(
      reconstruction, kl: kl, penalty: distance(to: nats * now.progress(over: steps)),
      atEnd: isChanging(in: now) ? distance(to: nats) : nil, in: pass)
  }
}

extension ObjectiveKind {
  /// ``Capacity``
  public static let capacity = ObjectiveKind(
    "capacity", title: "bound held to a capacity",
    numbers: DivergenceWeight.numbers + [
      Number(
        "capacity", "Target for the KL divergence, in nats; --beta weighs the distance from it.", in: "nats",
        isRequired: true),
      Number("capacity_epochs", "Epochs over which the capacity grows from 0.", in: "epochs", usual: 10, isTime: true),
    ]
  ) { record, likelihood in
    "\(likelihood.title) summed over the pixels + \(DivergenceWeight.words(record))|KL - \(record["capacity"] ?? 0)|, "
      + "growing for \(record.time("capacity_epochs") ?? "0 epochs")\(DivergenceWeight.growth(record))"
  } make: { record in
    Capacity(
      nats: record["capacity"] ?? 0, steps: record.steps("capacity_epochs"), weight: DivergenceWeight(record))
  }
}
