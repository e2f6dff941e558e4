import Latent

/// Products by OpenBLAS at the shapes of an LSTM with B 128, T 28, D 28, H 256, and a large square.
func productBenchmarks() {
  product("BLAS square", rows: 1024, inner: 1024, columns: 1024)
  // one time step: what PackedMatrix does in its place
  product("BLAS LSTM step", rows: 128, inner: 284, columns: 1024)
  // [dR; dW]: the operands of 27 steps, transposed, by dz
  product("BLAS LSTM weight gradient", rows: 284, inner: 27 * 128, columns: 1024, transposingA: true)
  // dx: dz of all steps by the transposed kernel
  product("BLAS LSTM input gradient", rows: 28 * 128, inner: 1024, columns: 28, transposingB: true)
}

/// C [rows, columns] = A B, where A has `inner` columns.
private func product(
  _ name: String, rows: Int, inner: Int, columns: Int, transposingA: Bool = false, transposingB: Bool = false
) {
  let a = Matrix(
    .normal(rows * inner), rows: transposingA ? inner : rows, columns: transposingA ? rows : inner)
  let b = Matrix(
    .normal(inner * columns), rows: transposingB ? columns : inner, columns: transposingB ? inner : columns)
  let c = Matrix(.empty(rows * columns), rows: rows, columns: columns)
  measure("\(name) \(rows)x\(inner)x\(columns)") {
    BLAS.multiply(a, b, transposingA: transposingA, transposingB: transposingB, into: c)
  }
}
