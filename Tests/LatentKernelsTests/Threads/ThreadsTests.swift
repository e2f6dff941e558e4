import CTestSupport
import Synchronization
import TestSupport
import Testing

@testable import LatentKernels

/// Large operations on several threads. `Threads.count` is the process's own, and other tests use the threads too; neither
/// changes a result, which is what is tested here.
@Suite(.serialized) struct ThreadsTests {
  private static let count = 300_007  // no multiple of anything

  private func numbers(_ count: Int, _ element: ElementType, key: UInt64, _ low: Double = -3, _ high: Double = 3)
    -> Storage
  {
    let storage = Storage(count: count, element: element)
    storage.fillUniform(key: key, low: low, high: high)
    return storage
  }

  private func bytes(_ storage: Storage) -> [UInt8] { storage.withUnsafeBytes { Array($0) } }

  /// The same bytes whatever the number of threads.
  private func expectSame(_ name: String, _ element: ElementType, _ work: () -> [UInt8]) {
    Threads.count = 1
    let expected = work()
    for threads in [2, 5] {
      Threads.count = threads
      let isSame = work() == expected  // not in the expectation, which would print all of both
      #expect(isSame, "\(name) \(element) on \(threads) threads")
    }
  }

  private func expectSame(
    _ name: String, _ element: ElementType, count: Int = Self.count, _ work: (Storage) -> Void
  ) {
    expectSame(name, element) {
      let y = Storage(count: count, element: element)
      y.fill(0.25)
      work(y)
      return bytes(y)
    }
  }

  private func expectSame(_ name: String, _ element: ElementType, _ work: () -> Double) {
    expectSame(name, element) { withUnsafeBytes(of: work()) { Array($0) } }
  }

  @Test(arguments: ElementType.computing)
  func functions(_ element: ElementType) {
    let n = Self.count
    let (a, b) = (numbers(n, element, key: 1), numbers(n, element, key: 2, 0.5, 2))
    for function in [UnaryFunction.exp, .sigmoid] {
      expectSame("\(function)", element) { $0.assign(function, of: a) }
    }
    for operation in [BinaryOperator.add, .multiply, .divide, .maximum] {
      expectSame("\(operation)", element) { $0.assign(operation, b, b) }
      expectSame("\(operation) by a number", element) { $0.assign(operation, b, 1.5) }
    }
    expectSame("scale and add", element) { $0.assign(a, times: 0.3, adding: 0.7) }
    expectSame("addProduct", element) { $0.addProduct(a, b) }
    expectSame("fill", element) { $0.fill(1 / 3) }
    expectSame("move", element) { $0.move(toward: a, by: 0.3) }
    expectSame("clamp", element) { y in
      y.assign(a)
      y.clamp(to: -1...1)
    }
    expectSame("activation gradient", element) {
      $0.assignActivationGradient(output: a, upstream: b, activation: .tanh)
    }
  }

  @Test(arguments: ElementType.computing)
  func losses(_ element: ElementType) {
    let n = Self.count
    let (a, p) = (numbers(n, element, key: 1), numbers(n, element, key: 2, 0, 1))
    expectSame("cross-entropy", element) { a.binaryCrossEntropy(logitsAgainst: p) }
    expectSame("cross-entropy of probabilities", element) { p.binaryCrossEntropy(probabilitiesAgainst: p) }
    expectSame("squared error", element) { a.squaredError(against: p) }
    expectSame("KL", element) { a.standardNormalDivergence(logVariance: p) }
    expectSame("cross-entropy gradient", element) {
      $0.assignBinaryCrossEntropyGradient(logits: a, targets: p, scale: 0.1)
    }
    expectSame("cross-entropy of probabilities, gradient", element) {
      $0.assignBinaryCrossEntropyGradient(probabilities: p, targets: p, scale: 0.1)
    }
    expectSame("squared error gradient", element) { $0.assignSquaredErrorGradient(a, targets: p, scale: 0.1) }
    expectSame("sample", element) { $0.assignGaussianSample(mean: a, logVariance: p, noise: a) }
    expectSame("sample gradient", element) {
      $0.assignGaussianSampleGradient(logVariance: p, noise: a, upstream: a)
    }
    expectSame("KL gradients", element) {
      let other = Storage(count: n, element: element)
      Storage.assignStandardNormalDivergenceGradients(
        mean: a, logVariance: p, scale: 0.1, meanGradient: $0, logVarianceGradient: other)
      $0.assign(.add, $0, other)
    }
  }

  @Test(arguments: ElementType.computing)
  func reductions(_ element: ElementType) {
    let a = numbers(300_000, element, key: 1)
    expectSame("sum", element) { a.sum() }
    expectSame("sum of squares", element) { a.sumOfSquares() }
    // Many results of few elements each, few of many, one; few columns and many.
    for (outer, n, inner) in [
      (3000, 100, 1), (3, 100_000, 1), (1, 300_000, 1), (1, 10_000, 30), (1, 30, 10_000), (2, 5_000, 30),
      (100, 100, 30), (1, 2, 150_000),
    ] {
      expectSame("sum [\(outer), \(n), \(inner)]", element, count: outer * inner) {
        $0.assignSum(of: a, outer: outer, count: n, inner: inner)
      }
      expectSame("max [\(outer), \(n), \(inner)]", element, count: outer * inner) {
        $0.assignExtreme(of: a, outer: outer, count: n, inner: inner, smallest: false)
      }
    }
    for columns in [3, 30, 3000] {
      expectSame("column sums of \(columns)", element, count: columns) {
        $0.assignColumnSums(of: a, accumulating: true)
      }
    }
    Threads.count = 3
    #expect(a.isFinite())
    let damaged = a.copy()
    damaged[299_999..<300_000].fill(.nan)
    #expect(!damaged.isFinite())
    #expect(
      a.largestIndices(columns: 3) == damaged[0..<299_997].largestIndices(columns: 3) + [
        a[299_997..<300_000].largestIndices(columns: 3)[0]
      ])
  }

  @Test(arguments: ElementType.computing)
  func shapes(_ element: ElementType) {
    let a = numbers(300_000, element, key: 1)
    let bias = a[0..<300]
    expectSame("broadcast", element, count: 300_000) {
      $0.assign(.subtract, a, of: [1000, 300], bias, of: [300], shape: [1000, 300])
    }
    expectSame("repeat", element, count: 300_000) { $0.assign(bias, of: [300], repeatedTo: [1000, 300]) }
    expectSame("transpose", element, count: 300_000) {
      $0.assign(a, strides: [1, 300], toStrides: [1000, 1], shape: [300, 1000])
    }
    expectSame("slice", element, count: 100_000) {
      $0.assign(a, strides: [300, 1], from: 7, toStrides: [100, 1], shape: [1000, 100])
    }
    // Adds up what is repeated: in order, on one thread.
    expectSame("sum by strides", element, count: 300) {
      $0.assign(a, strides: [300, 1], toStrides: [0, 1], shape: [1000, 300], accumulating: true)
    }
    let (gamma, beta) = (a[300..<600], a[600..<900])
    expectSame("layer normalisation", element, count: 300_000) { y in
      let statistics = Storage(count: 2000, element: element)
      y.assignLayerNorm(of: a, gamma: gamma, beta: beta, epsilon: 1e-3, statistics: statistics)
      y[0..<2000].assign(.add, y[0..<2000], statistics)
    }
    expectSame("batch normalisation", element, count: 300_000) {
      $0.assignBatchNorm(of: a, mean: bias, variance: a[300_000 - 300..<300_000], gamma: gamma, beta: beta, epsilon: 10)
    }
    expectSame("dropout", element, count: 300_000) {
      $0.assignDropout(of: a, rate: 0.3, key: 5, streams: (0..<1000).map { $0 * 7 })
    }
    expectSame("copy", element) { bytes(a.copy()) }
    let rows = (0..<3000).map { ($0 * 7) % 1000 }
    expectSame("gather", element, count: 900_000) { $0.assignRows(rows, of: a, columns: 300) }
    expectSame("bias and activation", element, count: 300_000) { y in
      y.assign(a)
      y.addBias(bias, activation: .tanh)
    }
  }

  @Test(arguments: ElementType.computing)
  func noise(_ element: ElementType) {
    expectSame("normal, one stream", element) { $0.fillNormal(key: 3, streams: [5], columns: Self.count) }
    expectSame("normal, many streams", element, count: 300_000) {
      $0.fillNormal(key: 3, streams: (0..<10_000).map { $0 * 3 }, columns: 30)
    }
    expectSame("uniform", element) { $0.fillUniform(key: 3, low: -1, high: 2) }
  }

  /// A large one cut in rows is the small ones side by side.
  @Test(arguments: ElementType.computing)
  func products(_ element: ElementType) {
    let (m, k, n) = (203, 131, 150)
    let (a, b) = (numbers(m * k, element, key: 1), numbers(k * n, element, key: 2))
    let (left, right) = (Matrix(a, rows: m, columns: k), Matrix(b, rows: k, columns: n))
    expectSame("product", element, count: m * n) { product(left, right, into: Matrix($0, rows: m, columns: n)) }
    expectSame("product, transposed B", element, count: m * n) {
      product(
        left, Matrix(b, rows: n, columns: k), transposingB: true, into: Matrix($0, rows: m, columns: n),
        accumulating: true)
    }
    let transposed = Matrix(a, rows: k, columns: m)
    expectSame("product, transposed A", element, count: m * n) {
      product(transposed, right, transposingA: true, into: Matrix($0, rows: m, columns: n))
    }
    expectSame("product, two results", element, count: m * n) {
      multiplyTransposed(
        transposed, right, into: Matrix($0, rows: 70, columns: n),
        lower: Matrix($0[70 * n..<m * n], rows: m - 70, columns: n))
    }
    expectSame("packed once", element, count: m * n) {
      PackedWeights().matrix(right).multiplied(by: left, into: Matrix($0, rows: m, columns: n))
    }
    // And they are right.
    Threads.count = 3
    let (c, d) = (Storage(count: m * n, element: element), Storage(count: m * n, element: element))
    product(left, right, into: Matrix(c, rows: m, columns: n))
    multiply(left, right, into: Matrix(d, rows: m, columns: n))
    #expect(maxRelativeError(c.doubles(), d.doubles()) < (element == .float32 ? 1e-5 : 1e-13))
  }

  /// The pieces cover everything once.
  @Test func pieces() {
    for threads in [1, 2, 7] {
      Threads.count = threads
      for (count, least) in [(0, 1), (1, 1), (64, 1), (1000, 10), (1000, 600), (4096, 64), (100_001, 1000)] {
        let hits = (0..<count).map { _ in 0 }
        let all = Locked(hits)
        Threads.cut(count, least: least) { piece in
          all.withLock { for index in piece { $0[index] += 1 } }
        }
        #expect(all.withLock { $0.allSatisfy { $0 == 1 } }, "\(count) by \(least) on \(threads) threads")
      }
    }
  }

  /// Inside a task of a pool, whichever pool, everything stays on the task's thread.
  @Test(arguments: [1, 2])
  func tasksAreNotCut(threads: Int) {
    Threads.count = 4
    let strangers = Atomic<Int>(0)
    WorkerPool(threads: threads).run(tasks: 8) { _, _ in
      let own = ctest_thread_id()
      Threads.run(tasks: 100) { _ in if ctest_thread_id() != own { strangers.add(1, ordering: .relaxed) } }
    }
    Threads.run(tasks: 8) { _ in
      let own = ctest_thread_id()
      Threads.run(tasks: 100) { _ in if ctest_thread_id() != own { strangers.add(1, ordering: .relaxed) } }
    }
    #expect(strangers.load(ordering: .relaxed) == 0)
  }

  /// Several threads are used at all: each task waits for another to have begun.
  @Test func tasksRunAtTheSameTime() {
    Threads.count = 3
    var tries = 0
    while tries < 100 {  // another test may have the threads
      let begun = Atomic<Int>(0)
      let met = Atomic<Int>(0)
      Threads.run(tasks: 2) { _ in
        begun.add(1, ordering: .sequentiallyConsistent)
        for _ in 0..<100_000 where begun.load(ordering: .sequentiallyConsistent) < 2 {}
        if begun.load(ordering: .sequentiallyConsistent) == 2 { met.add(1, ordering: .relaxed) }
      }
      if met.load(ordering: .relaxed) == 2 { return }
      tries += 1
    }
    Issue.record("two tasks never ran at the same time")
  }

  /// Callers that collide both get their results.
  @Test func callersThatCollide() async {
    Threads.count = 2
    let a = numbers(200_000, .float64, key: 1)
    let expected = a.sum()
    await withTaskGroup(of: Double.self) { group in
      for _ in 0..<4 { group.addTask { (0..<20).map { _ in a.sum() }.reduce(0, +) / 20 } }
      for await mean in group { #expect(mean == expected) }
    }
  }

  /// Half of the smallest normal number is no zero, unlike in a pool's task.
  @Test func denormalsStay() {
    Threads.count = 3
    let x = Storage(count: 300_000, element: .float32)
    x.fill(Double(Float.leastNormalMagnitude))
    x.assign(x, times: 0.5)
    #expect(x.doubles().allSatisfy { $0 > 0 })
    WorkerPool(threads: 2).run(tasks: 1) { _, _ in x.assign(x, times: 0.5) }
    #expect(x.doubles().allSatisfy { $0 == 0 })
  }

  @Test func theEnvironmentsValues() throws {
    #expect(try Threads.named(nil, cores: 7) == 7)
    #expect(try Threads.named("1", cores: 7) == 1)
    #expect(try Threads.named("1024", cores: 7) == 1024)
    for text in ["", "0", "-1", "1025", "two", "2 ", "1.5", "99999999999999999999"] {
      let error = #expect(throws: ThreadsError.self) { try Threads.named(text, cores: 7) }
      #expect(
        error?.description == "LATENT_THREADS is '\(text)': set it to a number of threads from 1 to 1024, or unset it")
    }
  }

  @Test func noThreadsAreRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { Threads.count = 0 }
    #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }?.contains("Threads: 0") == true)
  }
}
