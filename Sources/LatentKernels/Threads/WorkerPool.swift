import CLatentKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Threads that wait for work, so that starting a parallel step costs microseconds.
///
/// The calling thread is worker 0; the pool starts the others once. Every worker flushes denormal numbers to zero while
/// it works: they make an LSTM up to 20 times slower, and no result here depends on numbers below 1e-38.
/// One thread may call ``run(tasks:as:_:)`` at a time, and no task may call it.
public final class WorkerPool: Sendable {
  /// The number of workers, the calling thread among them.
  public let threads: Int
  private let shared: SharedRun
  private let attached = Locked<Profiler?>(nil)

  /// Hears how long each worker computes and waits. Set it between runs.
  public var profiler: Profiler? {
    get { attached.withLock { $0 } }
    set { attached.withLock { $0 = newValue } }
  }

  /// - Parameter threads: Number of workers, at least 1.
  public convenience init(threads: Int) { self.init(threads: threads, spins: SharedRun.spins) }

  /// - Parameter spins: how often idle workers look for a run before they sleep
  init(threads: Int, spins: Int) {
    require(threads >= 1, "WorkerPool: \(threads) threads; at least 1 is needed")
    self.threads = threads
    shared = SharedRun(spins: spins, workers: threads)
    for worker in 1..<max(threads, 1) { SharedRun.start { [shared] in shared.serve(as: worker) } }
  }

  deinit { shared.stop() }

  /// Runs `body(task, worker)` once for each task in `0..<tasks` and returns when all are done.
  ///
  /// Tasks go to whichever worker is free, in order; which worker runs a task must not change its result. What a task
  /// computes runs on its worker alone: large operations are cut among ``Threads`` outside of tasks only.
  ///
  /// - Parameter row: the profile's name for what a task does and does not mark itself
  public func run(
    tasks: Int, as row: String = Profiler.unattributed, _ body: @Sendable (_ task: Int, _ worker: Int) -> Void
  ) {
    run(tasks: tasks, as: row, isMeeting: false, body)
  }

  /// The same for tasks that may wait for each other in a ``Meeting``. Tasks start in their order, and one that waits
  /// makes room for the next, so that there may be more of them than workers.
  package func runMeeting(
    tasks: Int, as row: String = Profiler.unattributed, _ body: @Sendable (_ task: Int, _ worker: Int) -> Void
  ) {
    run(tasks: tasks, as: row, isMeeting: true, body)
  }

  /// Lets other tasks have the place of the worker whose task calls this, until `isDone`. Whoever makes it so calls
  /// ``expect(_:)`` first.
  func stepAside(_ worker: Int, on point: WaitPoint, until isDone: () -> Bool) {
    shared.stepAside(worker, on: point, until: isDone)
  }

  /// Says, before it is woken, that a task which has stepped aside may go on.
  func expect(_ worker: Int) { shared.expect(worker) }

  private func run(tasks: Int, as row: String, isMeeting: Bool, _ body: @Sendable (Int, Int) -> Void) {
    let denormals = latent_flush_denormals()
    defer { latent_restore_denormals(denormals) }
    let timing = profiler.map { Timing($0, workers: threads, row: row) }
    timing?.mark(0) { $0.unattributed }
    if tasks <= 1 || (threads == 1 && !isMeeting) {
      let outer = latent_enter_task()
      defer { latent_leave_task(outer) }
      for task in 0..<tasks {
        body(task, 0)
        timing?.mark(0) { $0.task }
      }
    } else {
      withoutActuallyEscaping(body) {
        require(
          shared.run(tasks: tasks, timing: timing, isMeeting: isMeeting, $0),
          "WorkerPool: run is called while another run of this pool is going on")
      }
      timing?.mark(0) { $0.waiting }
    }
  }

  /// The same without a profile, and with denormal numbers as the caller has them.
  ///
  /// - Returns: false, with nothing done, where another run of this pool is going on
  func runUnlessBusy(tasks: Int, _ body: @Sendable (_ task: Int) -> Void) -> Bool {
    let mode = latent_flush_denormals()
    latent_restore_denormals(mode)
    return withoutActuallyEscaping(body) { body in
      shared.run(tasks: tasks, timing: nil, isMeeting: false) { task, _ in
        let own = latent_flush_denormals()
        latent_restore_denormals(mode)
        body(task)
        latent_restore_denormals(own)
      }
    }
  }
}
