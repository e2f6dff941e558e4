/// Which way is better.
public enum Goal: String, Sendable {
  /// The lower, the better: losses.
  case min
  /// The higher, the better: accuracy.
  case max
}

/// What decides whether an epoch was better than those before: a value by its name, and which way is better.
public struct Monitor: Sendable, Equatable {
  /// The value's name, as in the table of a history: a metric (`accuracy`), or a loss (`validation_kl`, `train_loss`). Nil for
  /// the loss of the validation part, or of training without one.
  public let name: String?
  /// Which way is better.
  public let goal: Goal

  public init(_ name: String? = nil, _ goal: Goal = .min) { (self.name, self.goal) = (name, goal) }

  /// What no value is worse than.
  public var worst: Double { goal == .min ? .infinity : -.infinity }

  /// Whether a value is better than another one by more than a change. What is not a number never is.
  public func isBetter(_ value: Double, than best: Double, by change: Double = 0) -> Bool {
    goal == .min ? value < best - change : value > best + change
  }
}

extension Monitor: CustomStringConvertible {
  /// `accuracy, max`
  public var description: String { "\(name ?? "loss"), \(goal.rawValue)" }
}
