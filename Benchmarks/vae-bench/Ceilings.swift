import Latent
import LatentCommand
import LatentRun

/// What the machine could do, measured in this process. Rates are in FLOP/s and bytes/s of all threads together.
struct Ceilings: Codable {
  /// Multiply-adds on registers: one thread, all threads.
  var peakOne: Double
  var peakAll: Double
  /// A 1024-cubed sgemm on one thread; on all threads, one each.
  var largeProductOne: Double
  var largeProductAll: Double
  /// y = a x + y over arrays that no cache holds, on all threads.
  var bandwidth: Double
  /// cblas at the model's shapes, or the library's own products of bfloat16, on all threads, one product each.
  var products: [Shape]

  struct Shape: Codable {
    let m: Int, n: Int, k: Int
    let isLeftTransposed: Bool
    let rate: Double
  }

  /// - Parameters:
  ///   - shapes: the products of a profile
  ///   - peakBefore: what ``peak(_:workers:_:)`` gave on all threads earlier
  init(pool: WorkerPool, format: NumberFormat, shapes: Set<Work.Product>, peakBefore: Double) {
    peakOne = Ceilings.peak(pool, workers: 1, format)
    peakAll = max(peakBefore, Ceilings.peak(pool, workers: pool.threads, format))
    let large = Work.Product(m: 1024, n: 1024, k: 1024)
    largeProductOne = Ceilings.rate(of: large, pool, workers: 1, format)
    largeProductAll = Ceilings.rate(of: large, pool, workers: pool.threads, format)
    bandwidth = Ceilings.bandwidth(pool, format.element)
    products = shapes.sorted { ($0.m, $0.n, $0.k) < ($1.m, $1.n, $1.k) }.map { shape in
      Shape(
        m: shape.m, n: shape.n, k: shape.k, isLeftTransposed: shape.isLeftTransposed,
        rate: Ceilings.rate(of: shape, pool, workers: pool.threads, format))
    }
  }

  /// What several processes could do that were measured at the same time: their rates, added up; one thread's are those of
  /// the first.
  init(together all: [Ceilings]) {
    self = all[0]
    for other in all.dropFirst() {
      peakAll += other.peakAll
      largeProductAll += other.largeProductAll
      bandwidth += other.bandwidth
      products = zip(products, other.products).map {
        Shape(m: $0.m, n: $0.n, k: $0.k, isLeftTransposed: $0.isLeftTransposed, rate: $0.rate + $1.rate)
      }
    }
  }

  /// FLOP/s of cblas on all threads at this shape.
  func rate(of product: Work.Product) -> Double? {
    products.first {
      ($0.m, $0.n, $0.k, $0.isLeftTransposed) == (product.m, product.n, product.k, product.isLeftTransposed)
    }?.rate
  }

  /// The best rate of several tries: others on the machine only take from it.
  private static func best(_ tries: Int = 5, _ work: () -> Double) -> Double {
    (0..<tries).reduce(0) { best, _ in
      let start = monotonicSeconds()
      let amount = work()
      return max(best, amount / (monotonicSeconds() - start))
    }
  }

  /// FLOP/s of multiply-adds on registers, on so many threads.
  static func peak(_ pool: WorkerPool, workers: Int, _ format: NumberFormat) -> Double {
    let rounds = 10_000_000
    let flops = Machine.runMultiplyAdds(format.element, format.precision, rounds: rounds)
    return best {
      pool.run(tasks: workers) { _, _ in _ = Machine.runMultiplyAdds(format.element, format.precision, rounds: rounds) }
      return flops * Double(workers)
    }
  }

  private static func rate(of shape: Work.Product, _ pool: WorkerPool, workers: Int, _ format: NumberFormat) -> Double {
    let flops = 2 * Double(shape.m) * Double(shape.n) * Double(shape.k)
    let repeats = max(1, Int(1e9 / flops))
    let operands = (0..<workers).map { _ in
      let a = Tensor(repeating: 0.5, shape: [shape.m * shape.k], element: format.element).storage
      return (
        a: shape.isLeftTransposed
          ? Matrix(a, rows: shape.k, columns: shape.m) : Matrix(a, rows: shape.m, columns: shape.k),
        b: Matrix(
          Tensor(repeating: 0.5, shape: [shape.k * shape.n], element: format.element).storage, rows: shape.k,
          columns: shape.n),
        c: Matrix(Tensor(zeros: [shape.m * shape.n], element: format.element).storage, rows: shape.m, columns: shape.n)
      )
    }
    return best {
      pool.run(tasks: workers) { task, _ in
        let (a, b, c) = operands[task]
        if !format.precision.isMixed {
          for _ in 0..<repeats { BLAS.multiply(a, b, transposingA: shape.isLeftTransposed, into: c) }
        } else if shape.isLeftTransposed {  // BLAS has no products of bfloat16 everywhere
          for _ in 0..<repeats { multiplyTransposed(a, b, into: c, precision: format.precision) }
        } else {
          let packed = PackedMatrix(b, precision: format.precision)
          for _ in 0..<repeats { packed.multiplied(by: a, into: c) }
        }
      }
      return flops * Double(repeats * workers)
    }
  }

  private static func bandwidth(_ pool: WorkerPool, _ element: ElementType) -> Double {
    let count = (64 << 20) / element.size
    let arrays = (0..<pool.threads).map { _ in
      (Tensor(zeros: [count], element: element).storage, Tensor(zeros: [count], element: element).storage)
    }
    return best {
      pool.run(tasks: arrays.count) { task, _ in arrays[task].1.assign(arrays[task].0, times: 0.5, adding: 1) }
      return Double(3 * count * element.size * arrays.count)
    }
  }
}
