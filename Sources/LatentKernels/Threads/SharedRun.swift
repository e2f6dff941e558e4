import CLatentKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The lanes of a run, each with its rows.
struct Timing: Sendable {
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

/// What the workers of a pool share. A run is a number of tasks that nobody has taken yet; workers spin a little for it,
/// then sleep. Whoever takes a task may read what the run is; the run is over when every task has been finished, whether or
/// not all workers woke up for it.
final class SharedRun: @unchecked Sendable {
  typealias Body = @Sendable (Int, Int) -> Void

  private let untaken = Atomic<Int>(0)
  private let unfinished = Atomic<Int>(0)
  private let isRunning = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  private let runsBegin: WaitPoint
  private let runEnds = WaitPoint(spins: SharedRun.spins)
  private let seats: [Seat]
  // Threads that take the seats of workers whose tasks wait. They are started when they are first needed.
  private let idle = Locked<[Substitute]>([])
  // Written before `untaken` is, and read by who has taken a task: ordered by that atomic.
  private var body: Body?
  private var timing: Timing?
  private var tasks = 0
  private var isMeeting = false

  /// Spins before a waiting thread sleeps: some 20 microseconds, longer than the gaps between a step's parallel parts.
  static let spins = 2_000

  /// - Parameter spins: of workers that wait for a run
  init(spins: Int, workers: Int) {
    runsBegin = WaitPoint(spins: spins)
    seats = (0..<workers).map { _ in Seat() }
  }

  /// - Returns: false, with nothing done, where another run is going on
  func run(tasks: Int, timing: Timing?, isMeeting: Bool, _ body: @escaping Body) -> Bool {
    if isRunning.exchange(true, ordering: .acquiring) { return false }
    self.body = body
    self.timing = timing
    self.tasks = tasks
    self.isMeeting = isMeeting
    unfinished.store(tasks, ordering: .relaxed)
    untaken.store(tasks, ordering: .sequentiallyConsistent)
    runsBegin.wake()
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
    runsBegin.wake()
    for substitute in idle.withLock({ $0 }) { substitute.begin(nil) }
  }

  /// What the thread of a worker does.
  func serve(as worker: Int) {
    while true {
      runsBegin.wait {
        untaken.load(ordering: .sequentiallyConsistent) > 0 || isStopped.load(ordering: .sequentiallyConsistent)
      }
      if isStopped.load(ordering: .acquiring) { return }
      work(as: worker)
    }
  }

  private func work(as worker: Int) {
    guard let first = take() else { return }
    if worker > 0 { timing?.mark(worker) { $0.waiting } }
    work(as: worker, from: first)
  }

  /// Performs a task and those after it that nobody has taken.
  ///
  /// - Parameter substitute: whose thread this is, where it is not the worker's own
  private func work(as worker: Int, from first: Int, on substitute: Substitute? = nil) {
    var next: Int? = first
    while let task = next {
      let seat = isMeeting ? seats[worker] : nil
      seat?.sit()
      perform(task, worker)
      // A substitute goes where somebody else waits for the seat.
      next = substitute != nil && seat?.isAwaited == true ? nil : take()
      if let substitute, next == nil { idle.withLock { $0.append(substitute) } }
      seat?.leave()
      // After this the run may be over, and another one begin.
      if unfinished.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { runEnds.wake() }
    }
  }

  /// Says that what a worker's task has stepped aside for has happened, before it is woken.
  func expect(_ worker: Int) { seats[worker].expect() }

  /// Gives the worker's seat to others until `isDone`: to whoever waits for it, or else to the next task.
  func stepAside(_ worker: Int, on point: WaitPoint, until isDone: () -> Bool) {
    let seat = seats[worker]
    seat.leave()
    if !seat.isAwaited, let task = take() {
      let substitute = idle.withLock { $0.popLast() } ?? startSubstitute()
      substitute.begin((task, worker))
    }
    point.wait(until: isDone)
    seat.sitAgain()
    timing?.mark(worker) { $0.waiting }
  }

  private func startSubstitute() -> Substitute {
    let substitute = Substitute()
    SharedRun.start { [self] in
      while let (task, worker) = substitute.next() { work(as: worker, from: task, on: substitute) }
    }
    return substitute
  }

  /// Starts a thread that ends with `body`.
  static func start(_ body: @escaping @Sendable () -> Void) {
    final class Start {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
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
    let argument = Unmanaged.passRetained(Start(body)).toOpaque()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        #if canImport(Darwin)
          let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        #else
          let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
        #endif
        _ = latent_flush_denormals()
        _ = latent_enter_task()
        start.body()
        return nil
      }, argument)
    guard code == 0 else {
      Shortage.stop(
        "the system starts no more threads (\(String(cString: strerror(code)))): use fewer, or raise the limit on "
          + "processes (ulimit -u, a container's pids) or on memory (ulimit -v)")
    }
    pthread_attr_destroy(&attributes)
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
