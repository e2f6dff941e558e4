import ArgumentParser
import LatentVAE

/// An option for each number that an objective may have: `--kl-warm-up` for `kl_warm_up`. A new objective's are here as soon
/// as its kind stands in `ObjectiveKind.all`.
package struct ObjectiveOptions: ParsableArguments, CustomReflectable {
  /// What the command line says, by the numbers' names.
  package private(set) var values: [String: Double] = [:]

  package init() {}

  package init(from decoder: any Swift.Decoder) throws {
    let options = try decoder.container(keyedBy: Key.self)
    for number in ObjectiveKind.allNumbers {
      values[number.name] = try options.decode(Option<Double?>.self, forKey: Key(number)).wrappedValue
    }
  }

  /// ArgumentParser finds a type's options by reflection.
  package var customMirror: Mirror {
    Mirror(self, children: ObjectiveKind.allNumbers.map { (label: $0.name, value: Self.option($0)) })
  }

  private static func option(_ number: ObjectiveKind.Number) -> Option<Double?> {
    let usual = number.usual.map { ObjectiveRecord.words($0) } ?? (number.values == .count ? "1" : "none")
    return Option(
      name: .customLong(String(ExperimentOptions.option(number.name).dropFirst(2))), parsing: .unconditional,
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
    init(_ number: ObjectiveKind.Number) { stringValue = number.name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
