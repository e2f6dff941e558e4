import COpenBLAS

extension BLAS {
  /// C = A B by OpenBLAS, with A or B transposed on request: what benchmarks compare Latent's own products with. Its bits
  /// depend on the processor, and no layer calls it.
  public static func multiply(
    _ a: Matrix, _ b: Matrix, transposingA transposeA: Bool = false, transposingB transposeB: Bool = false,
    into c: Matrix
  ) {
    let (m, k) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
    let (kB, n) = transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
    require(
      k == kB && c.rows == m && c.columns == n && a.element == b.element && a.element == c.element,
      "BLAS.multiply: [\(m), \(k)] \(a.element) by [\(kB), \(n)] \(b.element) into [\(c.rows), \(c.columns)] \(c.element)"
    )
    if m == 0 || n == 0 { return }
    useOneThreadOnce
    let (flipA, flipB) = (transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans)
    let (rows, columns, depth) = (blasint(m), blasint(n), blasint(k))
    let strides = (a: blasint(a.stride), b: blasint(b.stride), c: blasint(c.stride))
    switch a.element {
    case .bfloat16: a.element.refuse("a product of [\(a.rows), \(a.columns)] and [\(b.rows), \(b.columns)]")
    case .float32:
      cblas_sgemm(
        CblasRowMajor, flipA, flipB, rows, columns, depth, 1, a.pointer.assumingMemoryBound(to: Float.self), strides.a,
        b.pointer.assumingMemoryBound(to: Float.self), strides.b, 0,
        c.mutablePointer.assumingMemoryBound(to: Float.self),
        strides.c)
    case .float64:
      cblas_dgemm(
        CblasRowMajor, flipA, flipB, rows, columns, depth, 1, a.pointer.assumingMemoryBound(to: Double.self), strides.a,
        b.pointer.assumingMemoryBound(to: Double.self), strides.b, 0,
        c.mutablePointer.assumingMemoryBound(to: Double.self),
        strides.c)
    }
  }
}
