import Latent

/// Folds that several processes share.
extension DataParallel {
  /// In rounds: of each round's batches every process computes some neighbouring ones, and then all of them take up the
  /// results of all, in order. So no process holds more than a round's results, however many there are.
  ///
  /// What is taken up is what has travelled, a process's own results too: all processes have the same.
  func foldInRounds<Part: Gatherable, Result: Sendable>(
    _ batches: FoldedBatches, as label: String, into result: Result, _ part: @Sendable (Int) -> Part,
    add: @Sendable (inout Result, Part) -> Void
  ) -> Result {
    var (result, start) = (result, 0)
    // The first results show how large they are. All processes see the same ones, and so agree on the rounds.
    var batchesOfEach = 1
    while start < batches.all.count {
      let round = start..<min(start + batchesOfEach * sum.processes, batches.all.count)
      let cut = ShardCut(shards: round.count, processes: sum.processes)
      let own = cut[sum.process]
      let state = Locked(Round(messages: Array(repeating: ShardMessage(as: label), count: own.count)))
      pool.run(tasks: own.count) { task, _ in
        var message = ShardMessage(as: label)
        part(round.lowerBound + own.lowerBound + task).write(to: &message)
        state.withLock { [message] state in
          state.messages[task] = message
          state.done += 1
          // The others are taken to be as far as this process, which hears of them at the end.
          if state.done < own.count { batches.advance(to: round.lowerBound + round.count * state.done / own.count) }
        }
      }
      let all = sum.gather(state.withLock { $0.messages }, over: cut, pool.profiler?.lane(0))
      for message in all {
        var message = message
        add(&result, Part(from: &message))
      }
      batches.advance(to: round.upperBound)
      batchesOfEach = max(1, DataParallel.mostBytes / all.reduce(1) { max($0, $1.bytes.count) })
      start = round.upperBound
    }
    return result
  }

  /// What the results of a process may take in a round: those of some 40 batches of small images, so that workers seldom
  /// wait for a round's last batch.
  private static let mostBytes = 1 << 22
}

/// What this process has of a round.
private struct Round {
  var messages: [ShardMessage]
  var done = 0
}
