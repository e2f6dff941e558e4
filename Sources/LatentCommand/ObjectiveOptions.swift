import ArgumentParser
import LatentRun
import LatentVAE

/// What training minimises, as the command line gives it.
package struct ObjectiveOptions: ParsableArguments {
  package init() {}

  @Option(
    help: ArgumentHelp(
      "Reconstruction loss, summed over the pixels: bce (binary cross-entropy, nats), mse (squared error) or gaussian "
        + "(nats, with a variance that is learned). (default: bce)",
      valueName: "loss"), completion: .list(LikelihoodKind.all.map(\.name)), transform: Parse.likelihood)
  package var loss: LikelihoodKind?

  @OptionGroup package var numbers: ObjectiveNumberOptions

  @Flag(help: "Condition encoder and decoder on the labels of the training images.")
  package var conditional = false
}

extension ObjectiveOptions {
  /// Changes what the command line says.
  ///
  /// - Throws: ``Failure`` where options exclude each other
  func apply(to objective: inout RunSettings.Objective) throws(Failure) {
    objective.loss = loss ?? objective.loss
    do throws(RunRecordError) { try objective.choose(numbers.values, named: ExperimentOptions.option) } catch {
      throw Failure("\(error)", code: Failure.usage)
    }
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
