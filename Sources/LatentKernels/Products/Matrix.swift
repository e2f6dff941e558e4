/// A matrix of `rows` x `columns` elements inside a ``Storage``, row-major, each row starting `stride` elements after
/// the one before.
public struct Matrix: Sendable {
  /// The elements; the first one is the matrix's first.
  public let storage: Storage
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// Elements from a row's start to the next one's.
  public let stride: Int

  /// - Parameter stride: Elements from a row's start to the next one's; the number of columns where left out.
  public init(_ storage: Storage, rows: Int, columns: Int, stride: Int? = nil) {
    let stride = stride ?? columns
    require(
      stride >= columns && (rows == 0 || (rows - 1) * stride + columns <= storage.count),
      "Matrix: \(rows)x\(columns) with stride \(stride) does not fit in \(storage.count) elements")
    self.storage = storage
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  var element: ElementType { storage.element }
  var pointer: UnsafeRawPointer { storage.pointer }

  /// The same, to be written.
  var mutablePointer: UnsafeMutableRawPointer { storage.mutablePointer }
}

/// C (+)= A B, with A or B transposed on request, on the calling thread.
///
/// - Parameters:
///   - accumulating: Adds to what C holds; otherwise C is overwritten and may be uninitialised.
///   - precision: What is multiplied.
public func multiply(
  _ a: Matrix, _ b: Matrix, transposingA transposeA: Bool = false, transposingB transposeB: Bool = false,
  into c: Matrix, accumulating: Bool = false, precision: Precision = .full
) {
  let (m, k) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
  let (kB, n) = transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
  require(
    k == kB && c.rows == m && c.columns == n && a.element == b.element && a.element == c.element
      && precision.fits(a.element),
    "multiply\(precision.note): [\(m), \(k)] \(a.element) by [\(kB), \(n)] \(b.element) into [\(c.rows), \(c.columns)] \(c.element)"
  )
  if m == 0 || n == 0 { return }
  let (rowStep, depthStep) = transposeA ? (1, a.stride) : (a.stride, 1)
  if let products = precision.products {
    products.pointee.multiply_strided(
      a.pointer.assumingMemoryBound(to: Float.self), m, k, rowStep, depthStep,
      b.pointer.assumingMemoryBound(to: Float.self), n, b.stride, transposeB ? 1 : 0,
      c.mutablePointer.assumingMemoryBound(to: Float.self), c.stride, accumulating ? 1 : 0)
  } else {
    a.storage.operations.multiply_strided(
      a.pointer, m, k, rowStep, depthStep, b.pointer, n, b.stride, transposeB ? 1 : 0, c.mutablePointer, c.stride,
      accumulating ? 1 : 0)
  }
}
