import LatentKernels

/// The keys and values of the steps that attention has seen, so that a sequence goes on without computing them again.
public struct AttentionCache {
  /// [B, S, D] of S steps; nil before the first.
  public private(set) var keys: Variable?, values: Variable?

  /// Nothing was seen yet.
  public init() {}

  /// S, the steps so far.
  public var count: Int { keys?.shape[1] ?? 0 }

  /// Puts in those of the next steps, [B, T, D].
  mutating func append(keys newKeys: Variable, values newValues: Variable) {
    keys = keys.map { Variable.concatenated([$0, newKeys], axis: 1) } ?? newKeys
    values = values.map { Variable.concatenated([$0, newValues], axis: 1) } ?? newValues
  }

  /// The same numbers as constants of another tape, so that a sequence goes on there and no gradient comes back.
  public func detached(on tape: Tape) -> AttentionCache {
    var cache = AttentionCache()
    cache.keys = keys.map { tape.constant($0.tensor) }
    cache.values = values.map { tape.constant($0.tensor) }
    return cache
  }
}
