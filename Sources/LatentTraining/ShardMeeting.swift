import Latent

/// Where the shards of a batch tell each other what they have found of it.
struct ShardMeeting: Sendable {
  private let meeting: Meeting<ShardFinding>
  private let pool: WorkerPool

  /// Nil for a batch in one piece.
  init?(shards: Int, of pool: WorkerPool) {
    guard shards > 1 else { return nil }
    meeting = Meeting(members: shards)
    self.pool = pool
  }

  /// The exchange of a shard that a worker computes.
  func exchange(_ shard: Int, _ worker: Int) -> ShardExchange {
    { finding, profile in
      profile.map { $0.mark($0.row(finding.name)) }
      let all = meeting.exchange(finding, from: shard, worker: worker, of: pool, as: finding.name)
      if let other = all.first(where: { $0.name != finding.name || $0.values.count != finding.values.count }) {
        fatalError(
          "the shards of a batch compute different things: \(finding.name) with \(finding.values.count) numbers here, "
            + "\(other.name) with \(other.values.count) there")
      }
      return all
    }
  }

  /// To be called by each shard when it is done.
  func leave() { meeting.leave(as: "DataParallel") }
}
