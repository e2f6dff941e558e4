import Latent

/// The sums over examples that a pass gives. A part that only some batches have is the mean over their examples.
package struct LossSums: Sendable, Equatable, Codable {
  struct Part: Sendable, Equatable, Codable {
    let name: String
    /// The sum over the examples.
    var value: Double
    /// Those that have the part.
    var examples: Int
  }

  private(set) var total = 0.0
  private var monitored = 0.0
  private(set) var parts: [Part] = []
  private(set) var examples = 0

  init() {}

  /// - Parameter terms: averaged over so many examples
  init(_ terms: LossTerms, examples: Int) {
    let count = Double(examples)
    total = terms.total.scalar * count
    monitored = terms.monitored.map { $0.scalar * count } ?? total
    parts = terms.parts.map { Part(name: $0.name, value: $0.value.scalar * count, examples: examples) }
    self.examples = examples
  }

  /// Of one step that has several losses: their total is the sum of all, each one's total is a part under its name, and so are
  /// the parts that it has itself. Losses that were computed several times count with their mean.
  ///
  /// - Parameter examples: of the step
  init(_ losses: [(name: String, sums: LossSums)], examples: Int) {
    for (name, sums) in losses {
      let share = Double(examples) / Double(sums.examples)
      total += sums.total * share
      monitored += sums.monitored * share
      let own = name.isEmpty ? [] : [Part(name: name, value: sums.total, examples: sums.examples)]
      add(own + sums.parts)
    }
    parts = parts.map {
      Part(name: $0.name, value: $0.value / Double($0.examples) * Double(examples), examples: examples)
    }
    self.examples = examples
  }

  mutating func add(_ other: LossSums) {
    total += other.total
    monitored += other.monitored
    examples += other.examples
    add(other.parts)
  }

  private mutating func add(_ others: [Part]) {
    for (index, part) in others.enumerated() {
      // At the same place, but for losses that have other parts from batch to batch.
      let isHere = index < parts.count && parts[index].name == part.name
      guard let place = isHere ? index : parts.firstIndex(where: { $0.name == part.name }) else {
        parts.append(part)
        continue
      }
      parts[place].value += part.value
      parts[place].examples += part.examples
    }
  }

  /// The means.
  var losses: Losses {
    Losses(
      total: total / Double(examples), parts: parts.map { ($0.name, $0.value / Double($0.examples)) },
      monitored: monitored / Double(examples))
  }
}

/// As numbers, not as ``text``: each step exchanges those of all shards.
extension LossSums: Gatherable {
  package func write(to message: inout ShardMessage) {
    for value in [total, monitored] { value.write(to: &message) }
    for count in [examples, parts.count] { count.write(to: &message) }
    for part in parts {
      part.name.write(to: &message)
      part.value.write(to: &message)
      part.examples.write(to: &message)
    }
  }

  package init(from message: inout ShardMessage) {
    total = Double(from: &message)
    monitored = Double(from: &message)
    examples = Int(from: &message)
    parts = (0..<message.count()).map { _ in
      Part(name: String(from: &message), value: Double(from: &message), examples: Int(from: &message))
    }
  }
}

extension LossSums {
  /// What a checkpoint holds of it.
  package var text: String { CheckpointJSON.text(self) }

  /// Nil where the text is neither one of ``text`` nor of an earlier version.
  package init?(_ text: String) {
    guard let sums = CheckpointJSON.value(LossSums.self, text) ?? LossSums(lines: text),
      sums.examples >= 0, sums.parts.allSatisfy({ (0...sums.examples).contains($0.examples) }),
      countable.contains(sums.examples), Set(sums.parts.map(\.name)).count == sums.parts.count
    else { return nil }
    self = sums
  }

  /// Lines of name and number, as checkpoints of format 1 have them.
  private init?(lines: String) {
    let pairs = lines.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    guard pairs.count >= 2, pairs.allSatisfy({ $0.count == 2 }), pairs[0][0] == "examples", pairs[1][0] == "total",
      let examples = Int(pairs[0][1]), let total = Double(pairs[1][1])
    else { return nil }
    self.examples = examples
    (self.total, monitored) = (total, total)
    for pair in pairs.dropFirst(2) {
      guard let value = Double(pair[1]) else { return nil }
      parts.append(Part(name: pair[0], value: value, examples: examples))
    }
  }
}
