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
      do throws(ObjectiveError) { _ = try ObjectiveRecord(numbers, named: named) } catch {
        throw RunRecordError(error.description)
      }
    }

    /// The numbers that are said, by their names.
    private var numbers: [String: Double] {
      let all: [String: Double?] = [
        "beta": beta == 1 ? nil : beta, "kl_warm_up": klWarmUp, "free_bits": freeBits, "capacity": capacity,
        "capacity_epochs": capacityEpochs, "samples": samples == 1 ? nil : Double(samples),
      ]
      return all.compactMapValues(\.self)
    }

    /// Nil for numbers that exclude each other.
    private var record: ObjectiveRecord? { try? ObjectiveRecord(numbers) }

    /// The objective itself.
    package func objective(stepsPerEpoch: Int) -> any LatentVAE.Objective {
      record?.objective(stepsPerEpoch: stepsPerEpoch) ?? EvidenceLowerBound()
    }

    /// The bound of -log p(x) that the total of the losses is, as people call it; nil where it is none.
    package var bound: String? { loss.flatMap { record?.bound(of: $0) } }

    /// Whether losses are in nats.
    package var isInNats: Bool { loss?.isInNats ?? false }

    /// What losses are in, for people.
    package var unit: String { isInNats ? "nats per image" : loss == nil ? "per example" : "per image" }

    /// What is minimised, for people: `binary cross-entropy summed over the pixels + 4 KL, in nats per image`.
    package var words: String { loss.flatMap { record?.words(with: $0) } ?? "the model's own" }
  }
}
