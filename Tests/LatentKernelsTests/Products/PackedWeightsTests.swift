import LatentKernels
import Synchronization
import Testing

/// Packed weights are made once for all who ask, told apart, and forgotten on request.
@Suite struct PackedWeightsTests {
  private func storage(_ values: [Double]) -> Storage {
    let storage = Storage(count: values.count, element: .float64)
    storage.assign(values)
    return storage
  }

  /// [1, 1] times the packed matrix: its column sums.
  private func columnSums(_ packed: PackedMatrix) -> [Double] {
    let ones = Matrix(storage(Array(repeating: 1, count: packed.rows)), rows: 1, columns: packed.rows)
    let sums = Storage(count: packed.columns, element: .float64)
    packed.multiplied(by: ones, into: Matrix(sums, rows: 1, columns: packed.columns))
    return sums.doubles()
  }

  @Test func formsAreToldApart() {
    let packs = PackedWeights()
    let values = storage([1, 2, 3, 4, 5, 6])
    let matrix = Matrix(values, rows: 2, columns: 3)
    for _ in 0..<2 {
      #expect(columnSums(packs.matrix(matrix)) == [5, 7, 9])
      #expect(columnSums(packs.matrix(matrix, transposed: true)) == [6, 15])
      #expect(columnSums(packs.matrix(Matrix(values, rows: 3, columns: 2))) == [9, 12])
      #expect(columnSums(packs.matrix(Matrix(values[3..<6], rows: 1, columns: 3))) == [4, 5, 6])
      #expect(
        columnSums(packs.stacking(matrix, on: Matrix(storage([10, 20, 30]), rows: 1, columns: 3))) == [15, 27, 39])
      #expect(columnSums(packs.stacking(matrix, on: matrix)) == [10, 14, 18])
    }
  }

  @Test func packedOnceUntilForgotten() {
    let packs = PackedWeights()
    let values = storage([1, 2])
    let matrix = Matrix(values, rows: 1, columns: 2)
    #expect(columnSums(packs.matrix(matrix)) == [1, 2])
    values.assign([3, 4])  // in place, behind its back
    #expect(columnSums(packs.matrix(matrix)) == [1, 2])
    packs.removeAll()
    #expect(columnSums(packs.matrix(matrix)) == [3, 4])
  }

  /// What is packed holds on to its source: another matrix can't take its address and pass for it.
  @Test func sourceIsKept() {
    let packs = PackedWeights()
    for value in 0..<200 {
      let matrix = Matrix(storage([Double(value), 1]), rows: 1, columns: 2)
      #expect(columnSums(packs.matrix(matrix)) == [Double(value), 1])
    }
  }

  @Test func sharedByThreadsWithoutNewMemory() {
    let packs = PackedWeights()
    let matrix = Matrix(storage((0..<64).map(Double.init)), rows: 8, columns: 8)
    let expected = columnSums(packs.matrix(matrix))
    let bytes = packs.allocatedBytes
    let wrong = Atomic<Int>(0)
    for _ in 0..<20 {
      packs.removeAll()
      WorkerPool(threads: 4).run(tasks: 16) { _, _ in
        if columnSums(packs.matrix(matrix)) != expected { wrong.add(1, ordering: .relaxed) }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(packs.allocatedBytes == bytes)
  }
}
