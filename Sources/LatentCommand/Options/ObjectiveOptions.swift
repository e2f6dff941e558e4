import ArgumentParser
import LatentRun
import LatentVAE

/// What is minimised: the loss, and an option for each number that an objective may have, `--kl-warm-up` for `kl_warm_up`. A
/// new objective's are here as soon as its kind stands in `ObjectiveKind.all`.
package struct ObjectiveOptions: ParsableArguments, CustomReflectable {
  @Option(
    help: ArgumentHelp(
      "Reconstruction loss, summed over the pixels: bce (binary cross-entropy, nats), mse (squared error), gaussian "
        + "(nats, with a variance that is learned) or another likelihood: gaussian-one, gaussian-feature, gaussian-element, "
        + "laplace, student-t, continuous-bernoulli, poisson, categorical-CLASSES, discretized-logistic-MIXTURES. "
        + "(default: bce)",
      valueName: "loss"), completion: .list(LikelihoodKind.all.map(\.name)), transform: Parse.likelihood)
  package var loss: LikelihoodKind?

  /// What the command line says of the numbers, by their names.
  private var values: [String: Double] = [:]

  package init() {}

  package init(from decoder: any Swift.Decoder) throws {
    let options = try decoder.container(keyedBy: Key.self)
    _loss = try options.decode(Option<LikelihoodKind?>.self, forKey: .loss)
    for number in ObjectiveKind.allNumbers {
      values[number.name] = try options.decode(Option<Double?>.self, forKey: Key(number)).wrappedValue
    }
  }

  /// ArgumentParser finds a type's options by reflection.
  package var customMirror: Mirror {
    let numbers: [Mirror.Child] = ObjectiveKind.allNumbers.map { (label: $0.name, value: Self.option($0)) }
    return Mirror(self, children: [(label: Key.loss.stringValue, value: _loss)] + numbers)
  }

  /// Changes what the command line says.
  ///
  /// - Throws: ``Failure`` for numbers that exclude each other
  func apply(to objective: inout RunSettings.Objective) throws(Failure) {
    objective.loss = loss ?? objective.loss
    do throws(RunRecordError) { try objective.choose(values, named: RunSettings.option) } catch {
      throw Failure("\(error)", code: Failure.usage)
    }
  }

  private static func option(_ number: ObjectiveKind.Number) -> Option<Double?> {
    let usual = number.usual.map { ObjectiveRecord.words($0) } ?? (number.values == .count ? "1" : "none")
    return Option(
      name: .customLong(String(RunSettings.option(number.name).dropFirst(2))), parsing: .unconditional,
      help: ArgumentHelp("\(number.explanation) (default: \(usual))", valueName: number.unit)
    ) { text in
      guard let value = Double(text), number.values.contains(value) else {
        throw ValidationError("give \(number.values.explanation)")
      }
      return value
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    static let loss = Key(stringValue: "loss")
    init(_ number: ObjectiveKind.Number) { stringValue = number.name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
