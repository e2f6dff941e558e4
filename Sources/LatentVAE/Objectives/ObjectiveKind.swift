/// An objective that is chosen by its numbers and travels in records: what must be known of it before it is made. Options, the
/// record of a run and its description derive from it.
///
/// To add one, write its type and its kind in one file and put the kind into ``all``.
public struct ObjectiveKind: Sendable {
  /// Its name in records.
  public let name: String
  /// What people call it: `evidence lower bound`.
  public let title: String
  /// What it is given.
  public let numbers: [Number]
  private let words: @Sendable (ObjectiveRecord, LikelihoodKind) -> String
  private let makeObjective: @Sendable (ObjectiveRecord) -> any Objective

  /// One of its numbers.
  public struct Number: Sendable {
    /// Its name in records: `kl_warm_up`. Kinds may have numbers of one name where these mean the same.
    public let name: String
    /// What it is, for people: a sentence.
    public let explanation: String
    /// What people call its value: `nats`.
    public let unit: String
    /// What it may be.
    public let values: Values
    /// Whether it is required: a kind is known by the numbers that it requires.
    public let isRequired: Bool
    /// What it is where nothing is said; nil for nothing.
    public let usual: Double?
    /// Whether it is a time: epochs in settings, steps in an objective.
    public let isTime: Bool

    public init(
      _ name: String, _ explanation: String, in unit: String = "number", _ values: Values = .positive,
      isRequired: Bool = false,
      usual: Double? = nil, isTime: Bool = false
    ) {
      (self.name, self.explanation, self.unit, self.values) = (name, explanation, unit, values)
      (self.isRequired, self.usual, self.isTime) = (isRequired, usual, isTime)
    }
  }

  /// What a number may be.
  public enum Values: Sendable {
    /// Above 0.
    case positive
    /// At least 0.
    case nonNegative
    /// Whole, at least 1; 1 is as if nothing were said.
    case count

    /// Whether a number is one of them.
    public func contains(_ value: Double) -> Bool {
      switch self {
      case .positive: value > 0 && value.isFinite
      case .nonNegative: value >= 0 && value.isFinite
      case .count: (1...1024).contains(value) && value == value.rounded()
      }
    }

    /// What is allowed, for people.
    public var explanation: String {
      switch self {
      case .positive: "a number above 0"
      case .nonNegative: "a number of at least 0"
      case .count: "a whole number in 1...1024"
      }
    }
  }

  /// - Parameters:
  ///   - words: what is minimised, for people: `binary cross-entropy summed over the pixels + 4 KL`
  ///   - make: the objective of a record whose times are in steps
  public init(
    _ name: String, title: String, numbers: [Number] = [],
    words: @escaping @Sendable (ObjectiveRecord, LikelihoodKind) -> String,
    make: @escaping @Sendable (ObjectiveRecord) -> any Objective
  ) {
    (self.name, self.title, self.numbers, self.words, makeObjective) = (name, title, numbers, words, make)
  }

  /// What can be said of an objective that says nothing itself.
  init(of objective: some Objective) {
    let name = "\(type(of: objective))"
    self.init(name, title: name) {
      "\(name) of \($1.title)"
    } make: { _ in
      objective
    }
  }

  func words(_ record: ObjectiveRecord, _ likelihood: LikelihoodKind) -> String { words(record, likelihood) }

  func make(_ record: ObjectiveRecord) -> any Objective { makeObjective(record) }

  /// All that can be chosen. The first requires no numbers, and is what is minimised where nothing is said.
  public static let all: [ObjectiveKind] = [.evidenceLowerBound, .freeBits, .capacity, .importanceWeightedBound]

  /// The numbers of all kinds, each name once.
  public static let allNumbers: [Number] = all.flatMap(\.numbers).reduce(into: []) { numbers, number in
    if !numbers.contains(where: { $0.name == number.name }) { numbers.append(number) }
  }
}

extension ObjectiveKind: Hashable, CustomStringConvertible {
  public static func == (a: ObjectiveKind, b: ObjectiveKind) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
  public var description: String { name }
}
