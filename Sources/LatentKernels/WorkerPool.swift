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
  private let attached = Mutex<Profiler?>(nil)

  /// Hears how long each worker computes and waits. Set it between runs.
  public var profiler: Profiler? {
    get { attached.withLock { $0 } }
    set { attached.withLock { $0 = newValue } }
  }

  /// - Parameter threads: Number of workers, at least 1.
  public init(threads: Int) {
    require(threads >= 1, "WorkerPool: \(threads) threads; at least 1 is needed")
    self.threads = threads
    shared = Shared(workers: threads)
    for worker in 1..<max(threads, 1) { Shared.start(shared, worker: worker) }
  }

  deinit { shared.stop() }

  /// Runs `body(task, worker)` once for each task in `0..<tasks` and returns when all are done.
  ///
  /// Tasks go to whichever worker is free, in order; which worker runs a task must not change its result.
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
      for task in 0..<tasks {
        body(task, 0)
        timing?.mark(0) { $0.task }
      }
    } else {
      withoutActuallyEscaping(body) { shared.run(tasks: tasks, timing: timing, $0) }
      timing?.mark(0) { $0.waiting }
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

/// What the workers share. A generation number announces each run; workers spin a little for it, then sleep.
private final class Shared: @unchecked Sendable {
  typealias Body = @Sendable (Int, Int) -> Void

  private let workers: Int
  private let generation = Atomic<Int>(0)
  private let nextTask = Atomic<Int>(0)
  private let busyWorkers = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isRunning = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // Written before `generation` is advanced and read after it was seen to be: ordered by that atomic.
  private var body: Body?
  private var timing: Timing?
  private var tasks = 0

  /// Spins before a waiting thread sleeps: some 20 microseconds, longer than the gaps between a step's parallel parts.
  private static let spins = 2_000

  init(workers: Int) {
    self.workers = workers
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func run(tasks: Int, timing: Timing?, _ body: @escaping Body) {
    let wasRunning = isRunning.exchange(true, ordering: .acquiring)
    require(!wasRunning, "WorkerPool: run is called while another run of this pool is going on")
    self.body = body
    self.timing = timing
    self.tasks = tasks
    nextTask.store(0, ordering: .relaxed)
    busyWorkers.store(workers - 1, ordering: .relaxed)
    generation.add(1, ordering: .sequentiallyConsistent)
    wakeSleepers()
    work(as: 0)
    wait { busyWorkers.load(ordering: .sequentiallyConsistent) == 0 }
    self.body = nil
    self.timing = nil
    isRunning.store(false, ordering: .releasing)
  }

  func stop() {
    isStopped.store(true, ordering: .sequentiallyConsistent)
    generation.add(1, ordering: .sequentiallyConsistent)
    wakeSleepers()
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
    require(code == 0, "WorkerPool: the system starts no more threads (error \(code))")
    pthread_attr_destroy(&attributes)
  }

  private func loop(worker: Int) {
    _ = latent_flush_denormals()
    var seen = 0
    while true {
      wait { generation.load(ordering: .sequentiallyConsistent) != seen }
      seen = generation.load(ordering: .sequentiallyConsistent)
      if isStopped.load(ordering: .acquiring) { return }
      work(as: worker)
      if busyWorkers.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { wakeSleepers() }
    }
  }

  private func work(as worker: Int) {
    let timing = timing
    if worker > 0 { timing?.mark(worker) { $0.waiting } }
    while true {
      let task = nextTask.add(1, ordering: .relaxed).oldValue
      if task >= tasks { return }
      body!(task, worker)
      timing?.mark(worker) { $0.task }
    }
  }

  private func wait(until isDone: () -> Bool) {
    for _ in 0..<Shared.spins {
      if isDone() { return }
      latent_spin_pause()
    }
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !isDone() { pthread_cond_wait(condition, mutex) }
    sleepers.subtract(1, ordering: .relaxed)
    pthread_mutex_unlock(mutex)
  }

  private func wakeSleepers() {
    // A thread that is about to sleep has either counted itself, or will see the change that brought us here.
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
