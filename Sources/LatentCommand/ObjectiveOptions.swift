import ArgumentParser
import LatentVAE

/// What training minimises, as the command line gives it. Times are in epochs here.
package struct ObjectiveOptions: ParsableArguments {
  package init() {}

  @Option(
    help: ArgumentHelp(
      "Reconstruction loss, summed over the pixels: bce (binary cross-entropy, nats), mse (squared error) or gaussian "
        + "(nats, with a variance that is learned). (default: bce)",
      valueName: "loss"), completion: .list(LikelihoodKind.all.map(\.name)), transform: Parse.likelihood)
  package var loss: LikelihoodKind?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Weight of the KL divergence. (default: 1)", valueName: "weight"),
    transform: Parse.nonNegative)
  package var beta = 1.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Epochs over which the weight of the KL divergence grows from 0. (default: none)", valueName: "epochs"),
    transform: Parse.positive)
  package var klWarmUp: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Nats of KL divergence that each latent dimension may have at no cost. (default: 0)", valueName: "nats"),
    transform: Parse.positive)
  package var freeBits: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Target for the KL divergence, in nats; --beta weighs the distance from it. (default: none)",
      valueName: "nats"), transform: Parse.positive)
  package var capacity: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Epochs over which the capacity grows from 0. (default: 10)", valueName: "epochs"),
    transform: Parse.positive)
  package var capacityEpochs: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples of z for each image; more than one gives the importance-weighted bound. (default: 1)",
      valueName: "samples"), transform: Parse.workers)
  package var samples = 1

  @Flag(help: "Condition encoder and decoder on the labels of the training images.")
  package var conditional = false
}

extension Parse {
  /// A likelihood, by its name.
  package static func likelihood(_ text: String) throws -> LikelihoodKind {
    guard let kind = LikelihoodKind(named: text) else {
      throw ValidationError("give one of \(LikelihoodKind.all.map(\.name).joined(separator: ", "))")
    }
    return kind
  }
}

/// An objective whose times are in epochs.
package struct ObjectiveSettings: Sendable, Equatable {
  package let loss: LikelihoodKind
  package let beta: Double
  package let klWarmUp: Double?
  package let freeBits: Double?
  package let capacity: Double?
  package let capacityEpochs: Double?
  package let samples: Int
  package let isConditional: Bool

  /// - Throws: ``Failure`` where options exclude each other
  ///
  /// - Parameter model: which may say its likelihood and whether it is conditional
  package init(_ options: ObjectiveOptions, of model: ModelChoice) throws(Failure) {
    loss = options.loss ?? model.likelihood ?? .bernoulli
    beta = options.beta
    klWarmUp = options.klWarmUp
    freeBits = options.freeBits
    capacity = options.capacity
    capacityEpochs = options.capacityEpochs ?? (options.capacity == nil ? nil : 10)
    samples = options.samples
    isConditional = options.conditional || model.isConditional
    func refuse(_ text: String) throws(Failure) -> Never { throw Failure(text, code: Failure.usage) }
    if freeBits != nil && capacity != nil { try refuse("--free-bits and --capacity: give one of them") }
    if capacity == nil && options.capacityEpochs != nil { try refuse("--capacity-epochs goes with --capacity") }
    if samples > 1 && (beta != 1 || klWarmUp != nil || freeBits != nil || capacity != nil) {
      try refuse(
        "--samples \(samples): the importance-weighted bound takes no --beta, --kl-warm-up, --free-bits or --capacity")
    }
  }

  /// In steps.
  package func objective(stepsPerEpoch: Int) -> Objective {
    func steps(_ epochs: Double) -> Int { Int(min(epochs * Double(stepsPerEpoch), 1e15)) }
    let constraint: Objective.Constraint =
      if let freeBits {
        .freeBits(freeBits)
      } else if let capacity {
        .capacity(nats: capacity, steps: steps(capacityEpochs ?? 0))
      } else {
        .none
      }
    return Objective(
      beta: beta, warmUpSteps: klWarmUp.map(steps) ?? 0, constraint: constraint, samples: samples)
  }

  /// Whether the loss is the evidence lower bound, in nats.
  package var isBound: Bool { beta == 1 && freeBits == nil && capacity == nil && isInNats }

  /// Whether the reconstruction loss is in nats.
  package var isInNats: Bool { loss.isInNats }

  /// What is minimised, for people: `binary cross-entropy summed over the pixels + 4 KL, in nats per image`.
  package var description: String {
    let reconstruction = loss.title
    let unit = isInNats ? ", in nats per image" : ", per image"
    if samples > 1 { return "importance-weighted bound of \(samples) samples, \(reconstruction)\(unit)" }
    let weight = beta == 1 ? "" : (beta == beta.rounded() && beta < 1e15 ? "\(Int(beta))" : "\(beta)") + " "
    var divergence = "\(weight)KL"
    if let freeBits { divergence += " above \(freeBits) nats a dimension" }
    if let capacity {
      divergence = "\(weight)|KL - \(capacity)|, growing for \(Self.epochs(capacityEpochs ?? 0))"
    }
    if let klWarmUp { divergence += ", its weight growing for \(Self.epochs(klWarmUp))" }
    return "\(reconstruction) summed over the pixels + \(divergence)\(unit)"
  }

  private static func epochs(_ count: Double) -> String {
    (count == count.rounded() && count < 1e15 ? "\(Int(count))" : "\(count)") + (count == 1 ? " epoch" : " epochs")
  }
}
