import LatentKernels

/// Gives what a shard has found to the other shards of its batch, and returns what all have found, in the shards' order.
///
/// Every tape of the batch must call it as often, for the same things. The profile's lane, where there is one, learns what
/// the time until now was for.
package typealias ShardExchange = @Sendable (_ finding: ShardFinding, _ profile: ProfileLane?) -> [ShardFinding]

/// What a shard has found of its part of a batch.
package struct ShardFinding: Sendable {
  /// The layer or operation that it is for.
  package let name: String
  package let values: Storage
  /// Examples, or rows, that it was found from.
  package let count: Int

  /// - Parameter values: copied, so that their owner may use the memory again
  init(_ name: String, _ values: Storage, count: Int, workspace: Workspace?) {
    self.init(name: name, values: values.copy(workspace: workspace), count: count)
  }

  package init(name: String, values: Storage, count: Int) {
    self.name = name
    self.values = values
    self.count = count
  }
}

extension [ShardFinding] {
  /// Examples, or rows, of all shards.
  var examples: Int { reduce(0) { $0 + $1.count } }

  /// result = sum over shards of values
  func assignSum(to result: Storage) {
    for (shard, finding) in enumerated() { result.assign(finding.values, adding: shard == 0 ? 0 : 1) }
  }

  /// result = sum over shards of count values / sum over shards of count
  func assignMean(to result: Storage) {
    let total = Double(examples)
    for (shard, finding) in enumerated() {
      result.assign(finding.values, times: Double(finding.count) / total, adding: shard == 0 ? 0 : 1)
    }
  }
}

/// One exchange on the way forward, and its like on the way back.
struct ShardRound {
  /// What all shards have found, in their order.
  let all: [ShardFinding]
  fileprivate let exchange: ShardExchange

  /// Exchanges, on the way back, the gradients of what was made of ``all``, or parts of their sums.
  func exchange(_ values: Storage, _ backward: Backward) -> [ShardFinding] {
    exchange(ShardFinding(all[0].name, values, count: 1, workspace: backward.workspace), backward.profile)
  }
}

extension Tape {
  /// Exchanges something with the batch's other shards; nil where this tape has the whole batch.
  ///
  /// - Parameters:
  ///   - count: examples, or rows, that the values were found from
  ///   - name: what people call the operation
  ///   - inputs: the operation's, whose parameters name the layer
  func exchange(_ values: Storage, count: Int, as name: String, of inputs: [Variable]) -> ShardRound? {
    guard let exchange = pass.exchange else { return nil }
    let finding = ShardFinding(layerName(of: inputs) ?? name, values, count: count, workspace: workspace)
    return ShardRound(all: exchange(finding, profile), exchange: exchange)
  }
}
