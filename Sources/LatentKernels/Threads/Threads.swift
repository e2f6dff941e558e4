import CLatentKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The threads that a single large operation is cut among: a function of millions of elements, a large matrix product.
///
/// They are the process's own, started when they are first needed. Inside a task of a ``WorkerPool`` operations are not
/// cut, since its workers are busy already; nor while another thread's operation has the threads. The results have the same
/// bits on any number of threads.
public enum Threads {
  /// The environment variable that says how many.
  public static let environmentVariable = "LATENT_THREADS"

  private static let chosen = Atomic<Int>(0)  // 0 where nobody said
  private static let pool = Locked<WorkerPool?>(nil)

  /// How many threads: what was set here last, else what `LATENT_THREADS` asks for, else all cores that the process may
  /// use. With 1, every operation runs on the thread that asks for it.
  ///
  /// An environment variable that cannot be followed stops the process, with a message that names it. A program calls
  /// ``fromEnvironment()`` first, to print the one line itself and to exit with code 64 (`EX_USAGE`).
  public static var count: Int {
    get {
      let count = chosen.load(ordering: .relaxed)
      return count > 0 ? count : chooseFromEnvironment()
    }
    set {
      require(newValue >= 1, "Threads: \(newValue) threads; at least 1 is needed")
      chosen.store(newValue, ordering: .relaxed)
    }
  }

  /// What the environment variable `LATENT_THREADS` asks for now, or the number of cores where it is unset.
  ///
  /// - Throws: ``ThreadsError`` for anything but a number from 1 to 1024
  public static func fromEnvironment() throws(ThreadsError) -> Int {
    try named(getenv(environmentVariable).map { String(cString: $0) }, cores: Machine.cores)
  }

  static func named(_ text: String?, cores: Int) throws(ThreadsError) -> Int {
    guard let text else { return cores }
    guard let count = Int(text), (1...1024).contains(count) else { throw ThreadsError(value: text) }
    return count
  }

  private static func chooseFromEnvironment() -> Int {
    do throws(ThreadsError) {
      let count = try fromEnvironment()
      let (isFirst, other) = chosen.compareExchange(expected: 0, desired: count, ordering: .relaxed)
      return isFirst ? count : other
    } catch {
      fatalError(error.description)
    }
  }

  /// Runs `body` once for each task on as many threads as are free, or on this one alone.
  package static func run(tasks: Int, _ body: @Sendable (_ task: Int) -> Void) {
    if tasks > 1 && latent_is_in_task() == 0, let pool = sharedPool(), pool.runUnlessBusy(tasks: tasks, body) { return }
    for task in 0..<tasks { body(task) }
  }

  /// Tasks that ``run(tasks:_:)`` has threads for: 1 in a task.
  package static var available: Int { latent_is_in_task() == 0 ? count : 1 }

  private static func sharedPool() -> WorkerPool? {
    let count = count
    if count == 1 { return nil }
    return pool.withLock { pool in
      // Large operations come with small ones between them: workers wait longer than those of a training step.
      if pool?.threads != count { pool = WorkerPool(threads: count, spins: 20_000) }
      return pool
    }
  }

  /// Elements that are worth a thread's attention, of loops that do little with each: some 15 microseconds. Measured: two
  /// threads win clearly from twice as many on.
  package static let leastElements = 1 << 17
  /// The same for loops that compute more than they load: functions, noise, sums in double, transposes.
  static let leastResults = 1 << 16

  /// Calls `body` with pieces that make up 0..<count: with all of it where it is small, else with several, on as many
  /// threads as are free. Pieces start at multiples of 64 elements.
  ///
  /// - Parameter least: elements that are worth a thread's attention
  @inline(__always)
  package static func cut(_ count: Int, least: Int = leastElements, _ body: @Sendable (_ piece: Range<Int>) -> Void) {
    if count < 2 * least { return body(0..<count) }
    cutLarge(count, least: least, body)
  }

  /// Calls `body` with runs of rows that make up 0..<rows, as ``cut(_:least:_:)`` does.
  @inline(__always)
  static func cutRows(_ rows: Int, of columns: Int, least: Int = leastElements, _ body: @Sendable (Range<Int>) -> Void)
  {
    if rows * columns < 2 * least { return body(0..<rows) }
    cutLarge(rows, least: max(1, least / max(1, columns)), body)
  }

  @inline(never)
  private static func cutLarge(_ count: Int, least: Int, _ body: @Sendable (_ piece: Range<Int>) -> Void) {
    if available == 1 { return body(0..<count) }
    // More pieces than threads, so that one that is held up does not hold up the others.
    let wanted = max(least, count / (4 * Threads.count))
    let size = least >= 64 ? (wanted + 63) & ~63 : wanted
    run(tasks: (count + size - 1) / size) { body($0 * size..<min(($0 + 1) * size, count)) }
  }
}

/// Why the environment variable `LATENT_THREADS` cannot be followed.
public struct ThreadsError: Error, Equatable, CustomStringConvertible {
  /// What it is set to.
  public let value: String

  /// One line that names the variable and says what to do.
  public var description: String {
    "\(Threads.environmentVariable) is '\(value)': set it to a number of threads from 1 to 1024, or unset it"
  }
}
