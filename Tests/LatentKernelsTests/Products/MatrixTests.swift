import CTestSupport
import LatentKernels
import Testing

/// The products that the layers call, on matrices inside larger storages, against three plain loops over whole numbers.
@Suite struct MatrixTests {
  /// A matrix of whole numbers that starts `offset` elements into its memory, with rows `gap` elements apart.
  private func matrix(
    _ rows: Int, _ columns: Int, _ element: ElementType, seed: Int, offset: Int = 3, gap: Int = 2
  ) -> (matrix: Matrix, whole: Storage) {
    let stride = columns + gap
    let whole = Storage(count: offset + rows * stride + 5, element: element)
    whole.withUnsafeMutableBytes {
      ctest_whole_numbers(element == .float64 ? 1 : 0, $0.baseAddress!, whole.count, UInt32(seed))
    }
    return (Matrix(whole[offset..<whole.count], rows: rows, columns: columns, stride: stride), whole)
  }

  /// Runs `product` and the plain loops on the same C, and compares all of C's memory.
  private func check(
    _ element: ElementType, m: Int, n: Int, k: Int, transposingA: Bool, transposingB: Bool, accumulating: Bool,
    _ name: String, _ product: (Matrix, Matrix, Matrix) -> Void
  ) {
    let a = transposingA ? matrix(k, m, element, seed: 1) : matrix(m, k, element, seed: 1)
    let b = transposingB ? matrix(n, k, element, seed: 2) : matrix(k, n, element, seed: 2)
    let c = matrix(m, n, element, seed: 3, gap: m % 3)
    if !accumulating { c.whole.fill(.nan) }  // not to be read
    let expected = c.whole.copy()
    let expectedMatrix = Matrix(
      expected[c.matrix.storage.offset..<expected.count], rows: m, columns: n, stride: c.matrix.stride)
    product(a.matrix, b.matrix, c.matrix)
    a.matrix.storage.withUnsafeBytes { aBytes in
      b.matrix.storage.withUnsafeBytes { bBytes in
        expectedMatrix.storage.withUnsafeMutableBytes {
          ctest_product(
            element == .float64 ? 1 : 0, transposingA ? 1 : 0, transposingB ? 1 : 0, m, n, k, aBytes.baseAddress!,
            a.matrix.stride, bBytes.baseAddress!, b.matrix.stride, accumulating ? 1 : 0, $0.baseAddress!,
            expectedMatrix.stride)
        }
      }
    }
    #expect(
      c.whole.doubles().map(\.bitPattern) == expected.doubles().map(\.bitPattern),
      "\(name) \(element) [\(m), \(k)] by [\(k), \(n)], transposing \(transposingA), \(transposingB), \(accumulating)")
  }

  static let sizes = [
    (1, 1, 1), (1, 7, 17), (7, 1, 33), (17, 33, 1), (5, 3, 0), (1, 1, 0), (33, 17, 7), (4, 64, 513), (0, 3, 4),
    (3, 0, 4),
  ]

  @Test(arguments: ElementType.computing, sizes)
  func generalProducts(_ element: ElementType, _ size: (m: Int, n: Int, k: Int)) {
    for flags in 0..<8 {
      let (transposingA, transposingB, accumulating) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0)
      check(
        element, m: size.m, n: size.n, k: size.k, transposingA: transposingA, transposingB: transposingB,
        accumulating: accumulating, "multiply"
      ) {
        multiply(
          $0, $1, transposingA: transposingA, transposingB: transposingB, into: $2, accumulating: accumulating)
      }
    }
  }

  /// Without gaps an empty inner dimension has rows of no elements at all.
  @Test(arguments: ElementType.computing)
  func nothingToAddUp(_ element: ElementType) {
    let empty = Storage(count: 0, element: element)
    for flags in 0..<4 {
      let (transposingA, transposingB) = (flags & 1 != 0, flags & 2 != 0)
      let a = Matrix(empty, rows: transposingA ? 0 : 3, columns: transposingA ? 3 : 0)
      let b = Matrix(empty, rows: transposingB ? 2 : 0, columns: transposingB ? 0 : 2)
      let c = Storage(count: 6, element: element)
      c.fill(5)
      multiply(
        a, b, transposingA: transposingA, transposingB: transposingB, into: Matrix(c, rows: 3, columns: 2),
        accumulating: true)
      #expect(c.doubles() == [5, 5, 5, 5, 5, 5])
      multiply(
        a, b, transposingA: transposingA, transposingB: transposingB, into: Matrix(c, rows: 3, columns: 2))
      #expect(c.doubles() == [0, 0, 0, 0, 0, 0])
    }
  }

  @Test(arguments: ElementType.computing, sizes)
  func packedProducts(_ element: ElementType, _ size: (m: Int, n: Int, k: Int)) {
    for flags in 0..<4 {
      let (transposed, accumulating) = (flags & 1 != 0, flags & 2 != 0)
      check(
        element, m: size.m, n: size.n, k: size.k, transposingA: false, transposingB: transposed,
        accumulating: accumulating, "PackedMatrix"
      ) {
        let packed = PackedMatrix($1, transposed: transposed, workspace: flags == 0 ? nil : Workspace())
        #expect((packed.rows, packed.columns) == (size.k, size.n))
        packed.multiplied(by: $0, into: $2, accumulating: accumulating)
      }
    }
  }

  @Test(arguments: ElementType.computing)
  func laterRowsOfAPackedMatrix(_ element: ElementType) {
    let b = matrix(9, 21, element, seed: 5)
    let lastRows = Matrix(
      b.matrix.storage[6 * b.matrix.stride..<b.matrix.storage.count], rows: 3, columns: 21, stride: 23)
    let a = matrix(4, 3, element, seed: 6).matrix
    let (c, d) = (Storage(count: 84, element: element), Storage(count: 84, element: element))
    PackedMatrix(b.matrix).multiplied(by: a, fromRow: 6, into: Matrix(c, rows: 4, columns: 21))
    multiply(a, lastRows, into: Matrix(d, rows: 4, columns: 21))
    #expect(c.doubles() == d.doubles())
  }

  /// One matrix packed below another, as the LSTM's two kernels are.
  @Test(arguments: ElementType.computing)
  func stackedMatrices(_ element: ElementType) {
    let (upper, lower) = (matrix(4, 21, element, seed: 5).matrix, matrix(5, 21, element, seed: 6).matrix)
    let a = matrix(3, 9, element, seed: 7).matrix
    let (c, d) = (Storage(count: 63, element: element), Storage(count: 63, element: element))
    let packed = PackedMatrix(stacking: upper, on: lower, workspace: Workspace())
    #expect((packed.rows, packed.columns) == (9, 21))
    packed.multiplied(by: a, into: Matrix(c, rows: 3, columns: 21))
    multiply(Matrix(a.storage, rows: 3, columns: 4, stride: 11), upper, into: Matrix(d, rows: 3, columns: 21))
    multiply(
      Matrix(a.storage[4..<a.storage.count], rows: 3, columns: 5, stride: 11), lower,
      into: Matrix(d, rows: 3, columns: 21), accumulating: true)
    #expect(c.doubles() == d.doubles())
  }

  @Test func misuseStops() async {
    await #expect(processExitsWith: .failure) {
      _ = Matrix(Storage(count: 11, element: .float32), rows: 3, columns: 4)
    }
    await #expect(processExitsWith: .failure) {
      _ = Matrix(Storage(count: 12, element: .float32), rows: 3, columns: 4, stride: 3)
    }
    let types = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let narrow = Matrix(Storage(count: 4, element: .float32), rows: 2, columns: 2)
      let wide = Matrix(Storage(count: 4, element: .float64), rows: 2, columns: 2)
      PackedMatrix(wide).multiplied(by: wide, into: narrow)
    }
    #expect(types.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }?.contains("PackedMatrix") == true)
    let columns = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let square = Matrix(Storage(count: 4, element: .float32), rows: 2, columns: 2)
      let slim = Matrix(Storage(count: 2, element: .float32), rows: 2, columns: 1)
      PackedMatrix(square).multiplied(by: square, into: slim)
    }
    #expect(columns.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }?.contains("into [2, 1]") == true)
    let stacked = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let narrow = Matrix(Storage(count: 4, element: .float32), rows: 2, columns: 2)
      let wide = Matrix(Storage(count: 4, element: .float64), rows: 2, columns: 2)
      _ = PackedMatrix(stacking: narrow, on: wide)
    }
    #expect(stacked.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }?.contains("PackedMatrix") == true)
  }
}
