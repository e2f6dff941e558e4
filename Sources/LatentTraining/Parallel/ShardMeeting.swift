import Latent

/// Where the shards of a batch tell each other what they have found of it.
struct ShardMeeting: Sendable {
  private let meeting: Meeting<ShardFinding>
  private let pool: WorkerPool

  /// Nil for a batch in one piece.
  init?(_ cut: ShardCut, over sum: any GradientSum, of pool: WorkerPool) {
    guard cut.shards > 1 else { return nil }
    let own = cut[sum.process].count
    meeting =
      sum.processes == 1
      ? Meeting(members: own)
      : Meeting(members: own) { findings, worker in
        sum.gather(findings, over: cut, pool.profiler?.lane(worker))
      }
    self.pool = pool
  }

  /// The exchange of a shard that a worker computes.
  ///
  /// - Parameter member: the shard's number among those of this process
  func exchange(_ member: Int, _ worker: Int) -> ShardExchange {
    { finding, profile in
      profile.map { $0.mark($0.row(finding.name)) }
      let all = meeting.exchange(finding, from: member, worker: worker, of: pool, as: finding.name)
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
