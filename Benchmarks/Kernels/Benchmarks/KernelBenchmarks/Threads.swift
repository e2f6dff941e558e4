import Benchmark
import Latent

/// Large operations on one thread and on all: what is cut among the process's threads.
func threadBenchmarks() {
  for threads in Set([1, Machine.cores]).sorted() {
    large(threads, count: 1 << 17)
    large(threads, count: 1 << 22)
    largeProduct(threads, rows: 1024, inner: 1024, columns: 1024)
  }
}

private func large(_ threads: Int, count: Int) {
  let (a, b, y) = (Storage.normal(count), Storage.uniform(count), Storage.empty(count))
  let columns = 128
  func measured(_ name: String, _ work: @escaping () -> Void) {
    measure("\(name) \(count), \(threads) threads") {
      Threads.count = threads
      work()
      Threads.count = 1  // as the other benchmarks are
    }
  }
  measured("add") { y.assign(.add, a, b) }
  measured("exp") { y.assign(.exp, of: a) }
  measured("sum") { blackHole(a.sum()) }
  measured("column sums") { y[0..<columns].assignColumnSums(of: a, accumulating: false) }
  measured("transposed copy") {
    y.assign(a, strides: [1, count / columns], toStrides: [columns, 1], shape: [count / columns, columns])
  }
  measured("normal noise") { y.fillNormal(key: 1, streams: [0], columns: count) }
  measured("cross-entropy of logits") { blackHole(a.binaryCrossEntropy(logitsAgainst: b)) }
}

private func largeProduct(_ threads: Int, rows: Int, inner: Int, columns: Int) {
  let a = Matrix(.normal(rows * inner), rows: rows, columns: inner)
  let b = Matrix(.normal(inner * columns), rows: inner, columns: columns)
  let c = Matrix(.empty(rows * columns), rows: rows, columns: columns)
  let workspace = Workspace()
  measure("product \(rows)x\(inner)x\(columns), \(threads) threads") {
    Threads.count = threads
    product(a, b, into: c, workspace: workspace)
    Threads.count = 1
  }
}
