import CTestSupport
import LatentKernels
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Numbers that several threads write, each its own.
private final class Places<Number: Sendable>: @unchecked Sendable {
  private let buffer: UnsafeMutableBufferPointer<Number>

  init(_ count: Int, _ value: Number) {
    buffer = .allocate(capacity: count)
    buffer.initialize(repeating: value)
  }

  deinit { buffer.deallocate() }

  subscript(index: Int) -> Number {
    get { buffer[index] }
    set { buffer[index] = newValue }
  }

  var all: [Number] { Array(buffer) }
}

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 5, 16])
  func everyTaskRunsOnce(threads: Int) {
    let pool = WorkerPool(threads: threads)
    #expect(pool.threads == threads)
    for tasks in [0, 1, 2, 3, 7, 64, 1000] {
      let runs = Places(tasks, 0)
      let strangers = Atomic<Int>(0)
      pool.run(tasks: tasks) { task, worker in
        runs[task] += 1
        if worker < 0 || worker >= threads { strangers.add(1, ordering: .relaxed) }
      }
      #expect(runs.all == [Int](repeating: 1, count: tasks), "\(tasks) tasks on \(threads) threads")
      #expect(strangers.load(ordering: .relaxed) == 0)
    }
  }

  /// A worker's number is its own while it works: what it alone writes needs no lock.
  @Test func workersAreDistinct() {
    let pool = WorkerPool(threads: 4)
    let counts = Places(4, 0)
    for _ in 0..<200 { pool.run(tasks: 50) { _, worker in counts[worker] += 1 } }
    #expect(counts.all.reduce(0, +) == 200 * 50)
  }

  /// Back to back the workers find the next run while they spin. What one run writes, the next reads on other threads.
  @Test(arguments: [2, 3])
  func thousandsOfShortRuns(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let (tasks, runs) = (5, 4000)
    let values = Places(tasks, 0)
    for run in 0..<runs {
      pool.run(tasks: tasks) { task, _ in values[task] = values[task] + run + task }
    }
    let sum = runs * (runs - 1) / 2
    #expect(values.all == (0..<tasks).map { sum + $0 * runs })
  }

  /// With pauses they fall asleep and have to be woken, at every moment of falling asleep.
  @Test func runsWithPauses() {
    let pool = WorkerPool(threads: 3)
    let values = Places(7, 0)
    for run in 0..<400 {
      usleep(UInt32(run % 40 * 10))
      pool.run(tasks: 7) { task, _ in
        if task == run % 7 { usleep(UInt32(run % 13 * 20)) }  // the others wait for this one, asleep or not
        values[task] += 1
      }
    }
    #expect(values.all == [Int](repeating: 400, count: 7))
  }

  @Test func resultsDoNotDependOnTheThreads() {
    func sums(_ threads: Int) -> [Double] {
      let pool = WorkerPool(threads: threads)
      let places = Places(33, 0.0)
      for round in 1...20 {
        pool.run(tasks: 33) { task, _ in places[task] = places[task] * 0.9 + 1 / Double(task + round) }
      }
      return places.all
    }
    #expect(sums(1) == sums(2))
    #expect(sums(1) == sums(4))
  }

  /// Two pools, each driven by a thread of its own.
  @Test func poolsAreIndependent() async {
    await withTaskGroup(of: [Int].self) { group in
      for _ in 0..<2 {
        group.addTask {
          let pool = WorkerPool(threads: 2)
          let values = Places(9, 0)
          for _ in 0..<500 { pool.run(tasks: 9) { task, _ in values[task] += task } }
          return values.all
        }
      }
      for await result in group { #expect(result == (0..<9).map { 500 * $0 }) }
    }
  }

  /// Half of the smallest normal number is zero for a worker, on whichever thread; for its caller it is not.
  @Test(arguments: [1, 3])
  func workersFlushDenormals(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let smallest = Float.leastNormalMagnitude
    #expect(ctest_product_of_floats(smallest, 0.5) > 0)
    for tasks in [1, 200] {
      let results = Places(tasks, Float(-1))
      pool.run(tasks: tasks) { task, _ in
        results[task] = ctest_product_of_floats(smallest, 0.5)
        usleep(10)  // leaves tasks for the other workers
      }
      #expect(results.all.allSatisfy { $0 == 0 })
      #expect(ctest_product_of_floats(smallest, 0.5) > 0, "the caller's own mode is back")
    }
  }

  #if os(Linux)
    @Test func threadsEndWithThePool() {
      let ids = Places(4, UInt64(0))
      var pool: WorkerPool? = WorkerPool(threads: 4)
      for _ in 0..<100 {
        pool?.run(tasks: 40) { _, worker in
          ids[worker] = ctest_thread_id()
          usleep(50)
        }
      }
      let others = Set(ids.all.dropFirst()).subtracting([0])
      #expect(!others.isEmpty)
      #expect(!others.contains(ctest_thread_id()))
      #expect(others.allSatisfy { ctest_thread_exists($0) == 1 })
      pool = nil
      var patience = 2000
      while patience > 0, others.contains(where: { ctest_thread_exists($0) == 1 }) {
        usleep(1000)
        patience -= 1
      }
      #expect(others.allSatisfy { ctest_thread_exists($0) == 0 })
    }
  #endif

  @Test func runsInsideARunAreRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let pool = WorkerPool(threads: 2)
      pool.run(tasks: 2) { _, _ in pool.run(tasks: 2) { _, _ in } }
    }
    let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(message.contains("WorkerPool: run is called while another run of this pool is going on"))
  }

  @Test func noThreadsAreRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = WorkerPool(threads: 0)
    }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }?.contains("WorkerPool: 0") == true)
  }
}
