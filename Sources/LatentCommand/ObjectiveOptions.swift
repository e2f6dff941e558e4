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
  package var beta: Double?

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
  package var samples: Int?

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

/// What is minimised, as settings say it: times are in epochs.
package struct ObjectiveSettings: Sendable, Equatable {
  package let loss: LikelihoodKind
  package let record: ObjectiveRecord
  package let isConditional: Bool

  /// - Parameter model: which may say its likelihood and whether it is conditional
  /// - Throws: ``Failure`` where options exclude each other
  package init(_ options: ObjectiveOptions, of model: ModelChoice) throws(Failure) {
    loss = options.loss ?? model.likelihood ?? .bernoulli
    isConditional = options.conditional || model.isConditional
    let given: [String: Double?] = [
      "beta": options.beta, "kl_warm_up": options.klWarmUp, "free_bits": options.freeBits,
      "capacity": options.capacity, "capacity_epochs": options.capacityEpochs,
      "samples": options.samples.map(Double.init),
    ]
    do throws(ObjectiveError) {
      record = try ObjectiveRecord(given.compactMapValues(\.self)) { "--" + $0.replacing("_", with: "-") }
    } catch {
      throw Failure(error.description, code: Failure.usage)
    }
  }
}
