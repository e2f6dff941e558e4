/// An objective by its name and numbers, as settings and records have it.
///
///     let record = try ObjectiveRecord(["free_bits": 0.5, "kl_warm_up": 2])
///     model.objective = record.objective(stepsPerEpoch: 164)
public struct ObjectiveRecord: Sendable, Hashable {
  /// What it is.
  public let kind: ObjectiveKind
  /// Its numbers, by their names.
  public let numbers: [String: Double]
  /// What times are counted in.
  public let time: Time

  /// What times are counted in.
  public enum Time: String, Sendable { case steps, epochs }

  /// The record of an objective, whose times are steps.
  public init(_ kind: ObjectiveKind, _ numbers: [String: Double]) {
    (self.kind, self.numbers, time) = (kind, numbers, .steps)
  }

  /// The objective that settings choose by the numbers that they give; their times are epochs.
  ///
  /// - Parameters:
  ///   - settings: numbers by their names; none for the evidence lower bound
  ///   - named: what a number is called where it was said: `--free-bits`
  /// - Throws: ``ObjectiveError`` for a number that can't be, and for numbers of different objectives
  public init(_ settings: [String: Double] = [:], named: (String) -> String = { $0 }) throws(ObjectiveError) {
    var given: [String: Double] = [:]
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      guard let number = ObjectiveKind.allNumbers.first(where: { $0.name == name }) else {
        let names = ObjectiveKind.allNumbers.map { named($0.name) }.joined(separator: ", ")
        throw ObjectiveError("\(named(name)): no objective has such a number; there are \(names)")
      }
      guard number.values.contains(value) else {
        throw ObjectiveError("\(named(name)) \(Self.words(value)): give \(number.values.explanation)")
      }
      if !(number.isRequired && number.values == .count && value == 1) { given[name] = value }
    }
    let chosen = ObjectiveKind.all.dropFirst().filter { kind in
      kind.numbers.contains(where: \.isRequired)
        && kind.numbers.allSatisfy { !$0.isRequired || given[$0.name] != nil }
    }
    func required(_ kind: ObjectiveKind) -> String {
      kind.numbers.filter(\.isRequired).map { named($0.name) }.joined(separator: " and ")
    }
    guard chosen.count < 2 else {
      throw ObjectiveError("\(chosen.map(required).joined(separator: " and ")): give one of them")
    }
    let kind = chosen.first ?? ObjectiveKind.all[0]
    // What is as usual excludes nothing.
    for number in ObjectiveKind.allNumbers where !kind.numbers.contains(where: { $0.name == number.name }) {
      if given[number.name] == number.usual { given[number.name] = nil }
    }
    if let other = given.keys.sorted().first(where: { name in !kind.numbers.contains { $0.name == name } }) {
      throw ObjectiveError(
        chosen.isEmpty
          ? "\(named(other)) goes with "
            + ObjectiveKind.all.filter { $0.numbers.contains { $0.name == other } }.map(required)
            .joined(separator: " or ")
          : "\(required(kind)): the \(kind.title) takes no \(named(other))")
    }
    for number in kind.numbers { given[number.name] = given[number.name] ?? number.usual }
    (self.kind, numbers, time) = (kind, given, .epochs)
  }

  /// A number of it; nil where it has none of this name.
  public subscript(name: String) -> Double? { numbers[name] }

  /// The objective. Here, and nowhere else, epochs become steps.
  public func objective(stepsPerEpoch: Int) -> any Objective {
    guard time == .epochs else { return kind.make(self) }
    var steps = numbers
    for number in kind.numbers where number.isTime {
      steps[number.name] = numbers[number.name].map { min($0 * Double(stepsPerEpoch), 1e15).rounded(.down) }
    }
    return kind.make(ObjectiveRecord(kind, steps))
  }

  /// The name of the bound of -log p(x) that the loss is: `−ELBO`; nil where it is none.
  ///
  /// - Parameter likelihood: whose unit the loss is in
  public func bound(of likelihood: LikelihoodKind) -> String? {
    likelihood.isInNats ? objective(stepsPerEpoch: 1).bound : nil
  }

  /// What is minimised, for people: `binary cross-entropy summed over the pixels + 4 KL, in nats per image`.
  public func words(with likelihood: LikelihoodKind) -> String {
    kind.words(self, likelihood) + (likelihood.isInNats ? ", in nats per image" : ", per image")
  }

  /// A time in steps; 0 where there is none.
  public func steps(_ name: String) -> Int { Int(numbers[name] ?? 0) }

  /// A time in words, `10 epochs`; nil where there is none.
  public func time(_ name: String) -> String? {
    numbers[name].map { "\(Self.words($0)) " + ($0 == 1 ? String(time.rawValue.dropLast()) : time.rawValue) }
  }

  /// A number in words: `4`, `0.5`.
  public static func words(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}

extension ObjectiveRecord: CustomStringConvertible {
  /// `free-bits (beta 1, free_bits 0.5)`
  public var description: String {
    let list = kind.numbers.compactMap { number in self[number.name].map { "\(number.name) \(Self.words($0))" } }
    return kind.name + (list.isEmpty ? "" : " (\(list.joined(separator: ", ")))")
  }
}

/// Why numbers make no objective, in one line.
public struct ObjectiveError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
