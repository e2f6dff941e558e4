import Latent

/// The sums over examples that a pass gives.
package struct LossSums: Sendable {
  private(set) var total = 0.0
  private(set) var parts: [(name: String, value: Double)] = []
  private(set) var examples = 0

  init() {}

  /// - Parameter terms: averaged over so many examples
  init(_ terms: LossTerms, examples: Int) {
    total = terms.total.scalar * Double(examples)
    parts = terms.parts.map { ($0.name, $0.value.scalar * Double(examples)) }
    self.examples = examples
  }

  mutating func add(_ other: LossSums) {
    total += other.total
    parts = parts.isEmpty ? other.parts : zip(parts, other.parts).map { ($0.name, $0.value + $1.value) }
    examples += other.examples
  }

  /// The means.
  var losses: Losses {
    Losses(total: total / Double(examples), parts: parts.map { ($0.name, $0.value / Double(examples)) })
  }
}

extension LossSums {
  /// Lines of name and number: what a checkpoint holds of it.
  package var text: String {
    ([("examples", "\(examples)"), ("total", "\(total)")] + parts.map { ($0.name, "\($0.value)") })
      .map { "\($0.0)=\($0.1)" }.joined(separator: "\n")
  }

  /// Nil where the text is not one of ``text``.
  package init?(_ text: String) {
    let pairs = text.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    guard pairs.count >= 2, pairs.allSatisfy({ $0.count == 2 }), pairs[0][0] == "examples", pairs[1][0] == "total",
      let examples = Int(pairs[0][1]), countable.contains(examples), let total = Double(pairs[1][1])
    else { return nil }
    self.examples = examples
    self.total = total
    for pair in pairs.dropFirst(2) {
      guard let value = Double(pair[1]) else { return nil }
      parts.append((pair[0], value))
    }
  }
}

/// A place for each task's result, written by whichever worker has it.
final class ShardResults: @unchecked Sendable {
  typealias Result = (sums: LossSums, gradients: Gradients?)

  private let places: UnsafeMutableBufferPointer<Result>
  var count: Int { places.count }

  init(count: Int) {
    places = .allocate(capacity: count)
    places.initialize(repeating: (LossSums(), nil))
  }

  deinit {
    places.deinitialize()
    places.deallocate()
  }

  subscript(index: Int) -> Result {
    get { places[index] }
    set { places[index] = newValue }
  }

  /// The sum, in the tasks' order.
  func sum() -> LossSums { places.reduce(into: LossSums()) { $0.add($1.sums) } }

  /// Each task's gradients, in order.
  var gradients: [Gradients] { places.compactMap(\.gradients) }
}
