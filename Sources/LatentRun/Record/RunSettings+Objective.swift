import LatentReport
import LatentVAE

extension RunSettings {
  /// What training minimises.
  public struct Objective: RunPart {
    /// p(x|z); nil for a loss that is a model's own.
    public var loss: LikelihoodKind? = .bernoulli
    /// The numbers that choose an objective, by their names: those of `ObjectiveKind.allNumbers`. Times are in epochs.
    public var numbers: [String: Double] = [:]

    public init() {}

    package static var title: String { "Objective" }

    package static var fields: [RunField<Self>] {
      [RunField("loss", optional: \.loss, .implied)]
        + ObjectiveKind.allNumbers.map(field)
    }

    private static func field(_ number: ObjectiveKind.Number) -> RunField<Self> {
      if number.values == .count {
        return RunField(number.name, \.[count: number.name], .weights(), RunLimit(number.values))
      }
      // Of the objective that needs no choice, all that is usual is said.
      let isCommon = ObjectiveKind.all[0].numbers.contains { $0.name == number.name }
      if let usual = number.usual, isCommon {
        return RunField(number.name, \.[number: number.name, usual: usual], .weights(), RunLimit(number.values))
      }
      return RunField(number.name, optional: \.[number.name], .weights(), RunLimit(number.values))
    }

    /// What the numbers choose: the evidence lower bound where they exclude each other.
    public var record: ObjectiveRecord {
      (try? ObjectiveRecord(numbers)) ?? ObjectiveRecord(.evidenceLowerBound, [:])
    }

    /// - Parameter named: what a field is called where it was said: `--free-bits`
    /// - Throws: ``RunRecordError`` for numbers that exclude each other
    package func check(_ named: (String) -> String) throws(RunRecordError) {
      do throws(ObjectiveError) { _ = try ObjectiveRecord(numbers, named: named) } catch {
        throw RunRecordError(error.description)
      }
    }

    /// Changes what is given. A number that only some objectives have takes the place of other objectives' numbers.
    ///
    /// - Throws: ``RunRecordError`` for numbers that exclude each other
    package mutating func choose(
      _ given: [String: Double], named: (String) -> String
    ) throws(RunRecordError) {
      let chosen = ObjectiveKind.all.filter { $0.numbers.contains { $0.isRequired && given[$0.name] != nil } }
      if !chosen.isEmpty {
        numbers = numbers.filter { name, _ in chosen.contains { $0.numbers.contains { $0.name == name } } }
      }
      numbers.merge(given) { $1 }
      try check(named)
    }

    /// The bound of -log p(x) that the total of the losses is, for people; nil where it is none.
    package var bound: String? { loss.flatMap { record.bound(of: $0) } }

    /// The objective itself.
    package func objective(stepsPerEpoch: Int) -> any LatentVAE.Objective {
      record.objective(stepsPerEpoch: stepsPerEpoch)
    }

    /// Whether losses are in nats.
    package var isInNats: Bool { loss?.isInNats ?? false }

    /// What losses are in, for people.
    package var unit: String { isInNats ? "nats per image" : loss == nil ? "per example" : "per image" }

    /// What is minimised, for people: `binary cross-entropy summed over the pixels + 4 KL, in nats per image`.
    package var words: String { loss.map { record.words(with: $0) } ?? "the model's own" }

    /// A number of the objective; nil where it has none of this name.
    subscript(name: String) -> Double? {
      get { numbers[name] ?? record[name] }
      set { numbers[name] = newValue }
    }

    /// A number that settings always say.
    subscript(number name: String, usual usual: Double) -> Double {
      get { numbers[name] ?? record[name] ?? usual }
      set { numbers[name] = newValue }
    }

    /// A count that settings always say.
    subscript(count name: String) -> Int {
      get { Int(numbers[name] ?? record[name] ?? 1) }
      set { numbers[name] = Double(newValue) }
    }
  }
}

extension RunLimit<Double> {
  init(_ values: ObjectiveKind.Values) { self.init(allowed: values.explanation) { values.contains($0) } }
}

extension RunLimit<Int> {
  init(_ values: ObjectiveKind.Values) { self.init(allowed: values.explanation) { values.contains(Double($0)) } }
}
