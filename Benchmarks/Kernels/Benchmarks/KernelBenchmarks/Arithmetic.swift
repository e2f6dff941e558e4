import Benchmark
import Latent

/// Arithmetic and sums, which memory bounds.
func arithmeticBenchmarks() {
  let count = 1 << 16
  let (a, b) = (Storage.normal(count), Storage.uniform(count, from: 0.5, to: 2))
  let (y, rowSums) = (Storage.empty(count), Storage.empty(256))
  for operation in [BinaryOperator.add, .subtract, .multiply, .divide] {
    measure("elementwise \(operation) \(count)") { y.assign(operation, a, b) }
  }
  for operation in [BinaryOperator.maximum, .selectWhereTrue] {
    measure("broadcast \(operation) 256x256") {
      y.assign(operation, a, strides: [256, 1], b, strides: [0, 1], shape: [256, 256])
    }
  }
  measure("transposed copy 256x256") { y.assign(a, strides: [1, 256], toStrides: [256, 1], shape: [256, 256]) }
  measure("row sums 256x256") { rowSums.assignSum(of: a, outer: 256, count: 256, inner: 1) }
  measure("column sums in double 256x256") { rowSums.assignSum(of: a, outer: 1, count: 256, inner: 256) }
  measure("scale and add \(count)") { y.assign(a, times: 0.5, adding: 0.5) }
  measure("fill \(count)") { y.fill(1) }
  measure("sum \(count)") { blackHole(a.sum()) }
  measure("isFinite \(count)") { blackHole(a.isFinite()) }

  let (rows, columns) = (128, 784)
  let (matrix, sums) = (Storage.normal(rows * columns), Storage.empty(columns))
  measure("column sums \(rows)x\(columns)") { sums.assignColumnSums(of: matrix, accumulating: false) }
}
