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
  private let shared: Shared
  private let attached = Locked<Profiler?>(nil)

  /// Hears how long each worker computes and waits. Set it between runs.
  public var profiler: Profiler? {
    get { attached.withLock { $0 } }
    set { attached.withLock { $0 = newValue } }
  }

  /// - Parameter threads: Number of workers, at least 1.
  public convenience init(threads: Int) { self.init(threads: threads, spins: Shared.spins) }

  /// - Parameter spins: how often idle workers look for a run before they sleep
  init(threads: Int, spins: Int) {
    require(threads >= 1, "WorkerPool: \(threads) threads; at least 1 is needed")
    self.threads = threads
    shared = Shared(spins: spins)
    BLAS.reserveBuffers(threads: threads)
    for worker in 1..<max(threads, 1) { Shared.start(shared, worker: worker) }
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
    let denormals = latent_flush_denormals()
    defer { latent_restore_denormals(denormals) }
    let timing = profiler.map { Timing($0, workers: threads, row: row) }
    timing?.mark(0) { $0.unattributed }
    if threads == 1 || tasks <= 1 {
      let outer = latent_enter_task()
      defer { latent_leave_task(outer) }
      for task in 0..<tasks {
        body(task, 0)
        timing?.mark(0) { $0.task }
      }
    } else {
      withoutActuallyEscaping(body) {
        require(
          shared.run(tasks: tasks, timing: timing, $0),
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
      shared.run(tasks: tasks, timing: nil) { task, _ in
        let own = latent_flush_denormals()
        latent_restore_denormals(mode)
        body(task)
        latent_restore_denormals(own)
      }
    }
  }
}

/// The lanes of a run, each with its rows.
private struct Timing: Sendable {
  struct Rows: Sendable {
    let task: ProfileLane.Row, waiting: ProfileLane.Row, unattributed: ProfileLane.Row
  }

  private let lanes: [(lane: ProfileLane, rows: Rows)]

  init(_ profiler: Profiler, workers: Int, row: String) {
    lanes = (0..<workers).map { worker in
      let lane = profiler.lane(worker)
      return (
        lane,
        Rows(
          task: lane.row(row), waiting: lane.row(Profiler.waiting), unattributed: lane.row(Profiler.unattributed))
      )
    }
  }

  func mark(_ worker: Int, _ row: (Rows) -> ProfileLane.Row) {
    lanes[worker].lane.mark(row(lanes[worker].rows))
  }
}

/// What the workers share. A run is a number of tasks that nobody has taken yet; workers spin a little for it, then sleep.
/// Whoever takes a task may read what the run is; the run is over when every task has been finished, whether or not all
/// workers woke up for it.
private final class Shared: @unchecked Sendable {
  typealias Body = @Sendable (Int, Int) -> Void

  private let untaken = Atomic<Int>(0)
  private let unfinished = Atomic<Int>(0)
  private let isRunning = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  private let runsBegin: Gate
  private let runEnds = Gate(spins: Shared.spins)

  /// Spins before a waiting thread sleeps: some 20 microseconds, longer than the gaps between a step's parallel parts.
  static let spins = 2_000

  /// - Parameter spins: of workers that wait for a run
  init(spins: Int) { runsBegin = Gate(spins: spins) }
  // Written before `untaken` is, and read by who has taken a task: ordered by that atomic.
  private var body: Body?
  private var timing: Timing?
  private var tasks = 0

  /// - Returns: false, with nothing done, where another run is going on
  func run(tasks: Int, timing: Timing?, _ body: @escaping Body) -> Bool {
    if isRunning.exchange(true, ordering: .acquiring) { return false }
    self.body = body
    self.timing = timing
    self.tasks = tasks
    unfinished.store(tasks, ordering: .relaxed)
    untaken.store(tasks, ordering: .sequentiallyConsistent)
    runsBegin.open()
    let outer = latent_enter_task()
    work(as: 0)
    latent_leave_task(outer)
    runEnds.wait { unfinished.load(ordering: .sequentiallyConsistent) == 0 }
    self.body = nil
    self.timing = nil
    isRunning.store(false, ordering: .releasing)
    return true
  }

  func stop() {
    isStopped.store(true, ordering: .sequentiallyConsistent)
    runsBegin.open()
  }

  static func start(_ shared: Shared, worker: Int) {
    final class Start {
      let shared: Shared, worker: Int
      init(_ s: Shared, _ w: Int) { (shared, worker) = (s, w) }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 8 << 20)
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let argument = Unmanaged.passRetained(Start(shared, worker)).toOpaque()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        #if canImport(Darwin)
          let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        #else
          let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
        #endif
        start.shared.loop(worker: start.worker)
        return nil
      }, argument)
    guard code == 0 else {
      Shortage.stop(
        "the system starts no more threads (\(String(cString: strerror(code)))): use fewer, or raise the limit on "
          + "processes (ulimit -u, a container's pids) or on memory (ulimit -v)")
    }
    pthread_attr_destroy(&attributes)
  }

  private func loop(worker: Int) {
    _ = latent_flush_denormals()
    _ = latent_enter_task()
    while true {
      runsBegin.wait {
        untaken.load(ordering: .sequentiallyConsistent) > 0 || isStopped.load(ordering: .sequentiallyConsistent)
      }
      if isStopped.load(ordering: .acquiring) { return }
      work(as: worker)
    }
  }

  private func work(as worker: Int) {
    var isFirst = worker > 0
    while let task = take() {
      if isFirst { timing?.mark(worker) { $0.waiting } }
      isFirst = false
      perform(task, worker)
      if unfinished.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { runEnds.open() }
    }
  }

  /// The next task that nobody has taken.
  private func take() -> Int? {
    var left = untaken.load(ordering: .relaxed)
    while left > 0 {
      let (isTaken, found) = untaken.weakCompareExchange(
        expected: left, desired: left - 1, successOrdering: .acquiring, failureOrdering: .relaxed)
      if isTaken { return tasks - left }
      left = found
    }
    return nil
  }

  @inline(never)  // what it holds of the run is let go before the run can end
  private func perform(_ task: Int, _ worker: Int) {
    body!(task, worker)
    timing?.mark(worker) { $0.task }
  }
}
