import ArgumentParser
import LatentRun
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

extension ObjectiveOptions {
  /// Changes what the command line says. Of free bits and a capacity, the one that it says takes the other's place.
  ///
  /// - Throws: ``Failure`` where options exclude each other
  func apply(to objective: inout RunSettings.Objective) throws(Failure) {
    if freeBits != nil { (objective.capacity, objective.capacityEpochs) = (nil, nil) }
    if capacity != nil { objective.freeBits = nil }
    objective.loss = loss ?? objective.loss
    objective.beta = beta ?? objective.beta
    objective.klWarmUp = klWarmUp ?? objective.klWarmUp
    objective.freeBits = freeBits ?? objective.freeBits
    objective.capacity = capacity ?? objective.capacity
    objective.capacityEpochs = capacityEpochs ?? objective.capacityEpochs
    objective.samples = samples ?? objective.samples
    do throws(RunRecordError) { try objective.check(ExperimentOptions.option) } catch {
      throw Failure("\(error)", code: Failure.usage)
    }
    objective.complete()
  }
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
