/// Measures where the time of training goes, layer by layer, on every thread.
///
///     let profiler = Profiler()
///     trainer.profiler = profiler
///     try trainer.fit(&model, to: images, epochs: 1)
///     for row in profiler.profile.rows { print(row.name, row.seconds) }
///
/// or, for your own step, `valueWithGradients(of: model, profiler: profiler) { … }`. Rows are named by the paths
/// of the parameters that a layer has (`encoder.lstm`), or else by the tape's scope or the operation.
public final class Profiler: Sendable {
  /// The row of time that nothing was said about.
  public static let unattributed = "unattributed"
  /// The row of threads that wait for others.
  public static let waiting = "waiting at the barrier"
  /// The row of the time in which data travel between processes, and are made ready for it.
  public static let communication = "communication"
  /// The row of the time in which a process waits for a slower one.
  public static let waitingForRanks = "waiting for other ranks"

  private struct State {
    var lanes: [ProfileLane] = []
    var begin: UInt64?
    var start: UInt64 = 0
    var wall: UInt64 = 0
  }

  private let state = Locked(State())

  /// A profiler that has measured nothing yet.
  public init() {}

  /// The lane of a worker.
  public func lane(_ worker: Int) -> ProfileLane {
    state.withLock { state in
      while state.lanes.count <= worker { state.lanes.append(ProfileLane()) }
      return state.lanes[worker]
    }
  }

  /// Starts the clock for `threads` workers. What happens before a start or after a stop is not measured.
  public func start(threads: Int = 1) {
    _ = lane(threads - 1)
    state.withLock { state in
      let now = ProfileLane.now
      state.begin = state.begin ?? now
      state.start = now
      for lane in state.lanes { lane.start(at: now) }
    }
  }

  /// Stops the clock, while no task runs.
  public func stop() {
    state.withLock { state in
      let now = ProfileLane.now
      state.wall += now - state.start
      for (worker, lane) in state.lanes.enumerated() {
        lane.mark(lane.row(worker == 0 ? Profiler.unattributed : Profiler.waiting), .other, nil, at: now)
        lane.stop()
      }
    }
  }

  /// What was measured so far, between starts and stops.
  public var profile: Profile {
    state.withLock { state in
      Profile(
        lanes: state.lanes, begin: state.begin ?? 0, wallSeconds: Double(state.wall) * 1e-9)
    }
  }
}
