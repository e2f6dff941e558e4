import Benchmark
import Latent

/// Arithmetic and sums, which memory bounds.
func arithmeticBenchmarks() {
  let count = 1 << 16
  let (a, b) = (Storage.normal(count), Storage.uniform(count, from: 0.5, to: 2))
  let y = Storage.empty(count)
  for operation in [BinaryOperator.add, .subtract, .multiply, .divide] {
    measure("elementwise \(operation) \(count)") { y.assign(operation, a, b) }
  }
  measure("scale and add \(count)") { y.assign(a, times: 0.5, adding: 0.5) }
  measure("fill \(count)") { y.fill(1) }
  measure("sum \(count)") { blackHole(a.sum()) }
  measure("isFinite \(count)") { blackHole(a.isFinite()) }

  let (rows, columns) = (128, 784)
  let (matrix, sums) = (Storage.normal(rows * columns), Storage.empty(columns))
  measure("column sums \(rows)x\(columns)") { sums.assignColumnSums(of: matrix, accumulating: false) }
}
