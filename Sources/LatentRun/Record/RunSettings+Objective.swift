import LatentReport
import LatentVAE

extension RunSettings {
  /// What training minimises. Times are in epochs.
  public struct Objective: RunPart {
    /// p(x|z); nil for a loss that is a model's own.
    public var loss: LikelihoodKind? = .bernoulli
    /// The weight of the divergence.
    public var beta = 1.0
    /// Epochs over which the weight grows from 0.
    public var klWarmUp: Double?
    /// Nats that each latent dimension may have for nothing.
    public var freeBits: Double?
    /// The divergence to hold the model to, in nats.
    public var capacity: Double?
    /// Epochs over which the capacity grows from 0.
    public var capacityEpochs: Double?
    /// Samples of z for each example.
    public var samples = 1

    public init() {}

    package static var title: String { "Objective" }

    package static var fields: [RunField<Self>] {
      [
        RunField("loss", optional: \.loss, .implied), RunField("beta", \.beta, .weights(), .nonNegative),
        RunField("kl_warm_up", optional: \.klWarmUp, .weights(), .positive),
        RunField("free_bits", optional: \.freeBits, .weights(), .positive),
        RunField("capacity", optional: \.capacity, .weights(), .positive),
        RunField("capacity_epochs", optional: \.capacityEpochs, .weights(), .positive),
        RunField("samples", \.samples, .weights(), .workers),
      ]
    }

    /// Fills in what is not said and goes with the rest.
    package mutating func complete() { if capacity != nil { capacityEpochs = capacityEpochs ?? 10 } }

    /// What excludes each other.
    ///
    /// - Parameter named: what a field is called where it was said: `--free-bits`
    /// - Throws: ``RunRecordError``
    package func check(_ named: (String) -> String) throws(RunRecordError) {
      if freeBits != nil && capacity != nil {
        throw RunRecordError("\(named("free_bits")) and \(named("capacity")): give one of them")
      }
      if capacity == nil && capacityEpochs != nil {
        throw RunRecordError("\(named("capacity_epochs")) goes with \(named("capacity"))")
      }
      if samples > 1 && (beta != 1 || klWarmUp != nil || freeBits != nil || capacity != nil) {
        let others = ["beta", "kl_warm_up", "free_bits"].map(named).joined(separator: ", ")
        throw RunRecordError(
          "\(named("samples")) \(samples): the importance-weighted bound takes no \(others) or \(named("capacity"))")
      }
    }

    /// In steps.
    package func objective(stepsPerEpoch: Int) -> LatentVAE.Objective {
      func steps(_ epochs: Double) -> Int { Int(min(epochs * Double(stepsPerEpoch), 1e15)) }
      let constraint: LatentVAE.Objective.Constraint =
        if let freeBits {
          .freeBits(freeBits)
        } else if let capacity {
          .capacity(nats: capacity, steps: steps(capacityEpochs ?? 0))
        } else {
          .none
        }
      return LatentVAE.Objective(
        beta: beta, warmUpSteps: klWarmUp.map(steps) ?? 0, constraint: constraint, samples: samples)
    }

    /// Whether the total of the losses is the negative evidence lower bound, in nats: not one of several samples, of
    /// another weight of the divergence, or of what stands for it.
    package var isBound: Bool { beta == 1 && freeBits == nil && capacity == nil && samples == 1 && isInNats }

    /// Whether losses are in nats.
    package var isInNats: Bool { loss?.isInNats ?? false }

    /// What losses are in, for people.
    package var unit: String { isInNats ? "nats per image" : loss == nil ? "per example" : "per image" }

    /// What is minimised, for people: `binary cross-entropy summed over the pixels + 4 KL, in nats per image`.
    package var words: String {
      guard let loss else { return "the model's own" }
      let unit = loss.isInNats ? ", in nats per image" : ", per image"
      if samples > 1 { return "importance-weighted bound of \(samples) samples, \(loss.title)\(unit)" }
      let weight = beta == 1 ? "" : (beta == beta.rounded() && beta < 1e15 ? "\(Int(beta))" : "\(beta)") + " "
      var divergence = "\(weight)KL"
      if let freeBits { divergence += " above \(freeBits) nats a dimension" }
      if let capacity {
        divergence = "\(weight)|KL - \(capacity)|, growing for \(Self.epochs(capacityEpochs ?? 0))"
      }
      if let klWarmUp { divergence += ", its weight growing for \(Self.epochs(klWarmUp))" }
      return "\(loss.title) summed over the pixels + \(divergence)\(unit)"
    }

    private static func epochs(_ count: Double) -> String {
      (count == count.rounded() && count < 1e15 ? "\(Int(count))" : "\(count)") + (count == 1 ? " epoch" : " epochs")
    }
  }
}
