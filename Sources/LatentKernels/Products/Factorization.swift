/// Factorisations of matrices in float64.
public enum Factorization {
  /// The reduced QR factorisation of a row-major [rows, columns] matrix, rows >= columns: Q [rows, columns] has
  /// orthonormal columns, and R's diagonal is returned for those who need its signs.
  ///
  /// By blocks of Householder reflections, in an order that depends on the shape alone: the bits are the same on every
  /// processor with fused multiply-add.
  public static func qr(_ matrix: [Double], rows: Int, columns: Int) -> (q: [Double], diagonalOfR: [Double]) {
    require(
      matrix.count == rows * columns && rows >= columns && columns > 0,
      "qr: \(matrix.count) elements as [\(rows), \(columns)]; it takes at least as many rows as columns")
    let a = Storage(count: matrix.count, element: .float64)
    let scale = powerOfTwo(near: matrix)
    a.assign(matrix.map { $0 / scale })
    let diagonal = Storage(count: columns, element: .float64)
    var blocks: [Reflections] = []
    for start in stride(from: 0, to: columns, by: Reflections.most) {
      let block = Reflections(
        of: a, rows: rows, columns: columns, from: start, diagonal: diagonal)
      block.apply(transposed: true, to: a, columns: columns, from: start + block.count)
      blocks.append(block)
    }
    // Q = H_1 H_2 ... of the first columns of 1: the last reflections first, which leave the columns before them alone.
    let q = Storage(count: matrix.count, element: .float64)
    q.fill(0)
    for place in 0..<columns { q[place * columns + place..<place * columns + place + 1].fill(1) }
    for block in blocks.reversed() { block.apply(transposed: false, to: q, columns: columns, from: block.start) }
    return (q.doubles(), diagonal.doubles().map { $0 * scale })
  }

  /// Divided by it, the largest element is near 1, and no square is infinite. Exact, as it is a power of two.
  private static func powerOfTwo(near matrix: [Double]) -> Double {
    let largest = matrix.reduce(0) { max($0, $1.magnitude) }
    return largest.isNormal ? Double(sign: .plus, exponent: largest.exponent, significand: 1) : 1
  }
}

/// Some of the reflections of a QR factorisation, as 1 - V T V^T.
private struct Reflections {
  /// As many as are made at a time: those after them are products of matrices.
  static let most = 32

  /// The first column that they reduce; they leave the rows before it alone.
  let start: Int
  let count: Int
  private let v: Matrix, t: Matrix

  /// Reduces columns start... of a [rows, columns].
  init(of a: Storage, rows: Int, columns: Int, from start: Int, diagonal: Storage) {
    self.start = start
    count = min(Reflections.most, columns - start)
    v = Matrix(Storage(count: (rows - start) * count, element: .float64), rows: rows - start, columns: count)
    t = Matrix(Storage(count: count * count, element: .float64), rows: count, columns: count)
    a.operations.householder(
      a.mutablePointer(at: start * columns + start), v.rows, count, columns, v.mutablePointer, t.mutablePointer,
      diagonal.mutablePointer(at: start))
  }

  /// a = (1 - V T V^T) a, or with T^T, for the columns of a [rows, columns] from `first` on.
  func apply(transposed: Bool, to a: Storage, columns: Int, from first: Int) {
    if first == columns { return }
    let place = start * columns + first
    let part = Matrix(a[place..<a.count], rows: v.rows, columns: columns - first, stride: columns)
    let along = Matrix(Storage(count: count * part.columns, element: .float64), rows: count, columns: part.columns)
    let turned = Matrix(Storage(count: count * part.columns, element: .float64), rows: count, columns: part.columns)
    product(v, part, transposingA: true, into: along)
    product(t, along, transposingA: transposed, into: turned)
    turned.storage.assign(turned.storage, times: -1)
    product(v, turned, into: part, accumulating: true)
  }
}
