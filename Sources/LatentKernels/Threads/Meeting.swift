import Synchronization

/// Where the tasks of a run exchange what each has found: every one gives a value and gets all of them, in the tasks'
/// order. There may be more tasks than workers; see ``WorkerPool/runMeeting(tasks:as:_:)``.
package final class Meeting<Value: Sendable>: Sendable {
  private struct State {
    var given: [Value?]
    var arrived = 0
    var waiting: [Int] = []
    var gone = 0
    var all: [Value] = []
  }

  private let state: Locked<State>
  private let rounds = Atomic<Int>(0)
  private let waitPoint = WaitPoint(spins: 0)
  private let complete: (@Sendable ([Value], _ worker: Int) -> [Value])?

  /// - Parameters:
  ///   - members: the tasks that meet, numbered from 0
  ///   - complete: makes what all get of what they have given, once in each round, on the worker that came last; they get what
  ///     they gave where left out
  package init(members: Int, complete: (@Sendable ([Value], _ worker: Int) -> [Value])? = nil) {
    state = Locked(State(given: Array(repeating: nil, count: members)))
    self.complete = complete
  }

  /// Gives a value and returns everybody's, once all have given theirs.
  ///
  /// - Parameters:
  ///   - worker: that of the task, in the pool's run
  ///   - name: for the message that ends the process where another member has gone without a value
  package func exchange(_ value: Value, from member: Int, worker: Int, of pool: WorkerPool, as name: String) -> [Value]
  {
    let round = rounds.load(ordering: .sequentiallyConsistent)
    let isComplete = state.withLock { state in
      state.given[member] = value
      state.arrived += 1
      check(state, name)
      guard state.arrived == state.given.count else {
        state.waiting.append(worker)
        return false
      }
      // Nobody reads the values of the round before any more: all have come here.
      state.all = state.given.map { $0! }
      if let complete { state.all = complete(state.all, worker) }
      for index in state.given.indices { state.given[index] = nil }
      state.arrived = 0
      for worker in state.waiting { pool.expect(worker) }
      state.waiting.removeAll(keepingCapacity: true)
      rounds.add(1, ordering: .sequentiallyConsistent)
      return true
    }
    if isComplete {
      waitPoint.wake()
    } else {
      pool.stepAside(worker, on: waitPoint) { rounds.load(ordering: .sequentiallyConsistent) > round }
    }
    return state.withLock { $0.all }
  }

  /// Says that a member has nothing more to exchange.
  package func leave(as name: String) {
    state.withLock { state in
      state.gone += 1
      check(state, name)
    }
  }

  private func check(_ state: State, _ name: String) {
    require(
      state.arrived == 0 || state.gone == 0,
      "\(name): some shards of a batch exchange statistics where others do not; all must compute the same")
  }
}
