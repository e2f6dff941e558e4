import Latent

/// `PackedMatrix` at the shapes of an LSTM with B 128, D 28, H 256: packing its weights, and one time step's products.
func packedProductBenchmarks() {
  let (batch, input, hidden) = (128, 28, 256)
  let columns = 4 * hidden
  let kernel = Matrix(.normal(input * columns), rows: input, columns: columns)
  let recurrent = Matrix(.normal(hidden * columns), rows: hidden, columns: columns)
  let workspace = Workspace()

  measure("pack stacked \(hidden + input)x\(columns)") {
    _ = PackedMatrix(stacking: recurrent, on: kernel, workspace: workspace)
  }
  measure("pack transposed \(hidden)x\(columns)") {
    _ = PackedMatrix(recurrent, transposed: true, workspace: workspace)
  }

  let forward = PackedMatrix(stacking: recurrent, on: kernel)
  packedProduct("packed LSTM step forward", rows: batch, by: forward)
  let backward = PackedMatrix(recurrent, transposed: true)
  packedProduct("packed LSTM step backward", rows: batch, by: backward)
}

private func packedProduct(_ name: String, rows: Int, by packed: PackedMatrix) {
  let a = Matrix(.normal(rows * packed.rows), rows: rows, columns: packed.rows)
  let c = Matrix(.empty(rows * packed.columns), rows: rows, columns: packed.columns)
  measure("\(name) \(rows)x\(packed.rows)x\(packed.columns)") { packed.multiplied(by: a, into: c) }
}
