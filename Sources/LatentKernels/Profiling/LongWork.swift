/// How far a piece of long work is.
public struct WorkProgress: Sendable, Equatable {
  /// What is done: `encoding`, `t-SNE`.
  public let label: String
  /// Examples, steps or bytes that are done, in 0...total.
  public let done: Int
  /// All of them.
  public let total: Int

  public init(label: String, done: Int, total: Int) {
    (self.label, self.done, self.total) = (label, done, total)
  }
}

/// A piece of work that may take long, and says how far it is to whoever follows it.
///
///     let work = LongWork("t-SNE", total: iterations)
///     for step in 0..<iterations {
///       descent.step()
///       work.advance(to: step + 1)
///     }
///
/// Where nobody follows, this costs a test of an optional. Results never depend on it.
public struct LongWork: Sendable {
  @TaskLocal private static var listener: (@Sendable (WorkProgress) -> Void)?

  private let label: String
  private let total: Int
  private let listener: (@Sendable (WorkProgress) -> Void)?

  /// - Parameters:
  ///   - label: what is done, in a word or two
  ///   - total: what is to be done, at least 0, in whatever the work counts
  public init(_ label: String, total: Int) {
    (self.label, self.total, listener) = (label, total, Self.listener)
    advance(to: 0)
  }

  /// Says how much is done. Workers may call it, in turns.
  public func advance(to done: Int) {
    listener?(WorkProgress(label: label, done: done, total: total))
  }

  /// Runs `body`, and hears how far the long work in it is.
  ///
  /// - Parameter hear: called often, by one thread after the other: at the start of each piece of work with 0 done, and at
  ///   its end with all of it
  public static func following<R>(
    _ hear: @escaping @Sendable (WorkProgress) -> Void, _ body: () throws -> R
  ) rethrows -> R {
    try $listener.withValue(hear, operation: body)
  }
}
