import COpenBLAS

/// Square matrices [count, n, n], one after the other, each as P L U with partial pivoting (LAPACK), in float64.
public struct FactoredMatrices: Sendable {
  /// How many matrices, and their rows.
  public let count: Int, n: Int
  private let factors: Storage
  private let pivots: [Int32]
  /// Which of them are singular to working precision.
  public let isSingular: [Bool]

  /// - Parameter a: count n n elements; row-major matrices
  public init(_ a: Storage, n: Int, workspace: Workspace? = nil) {
    require(n > 0 && a.count % (n * n) == 0, "factored: \(a.count) elements as matrices [\(n), \(n)]")
    BLAS.useOneThreadOnce
    let count = a.count / (n * n)
    let factors = a.inDouble(workspace: workspace)
    var pivots = [Int32](repeating: 0, count: count * n)
    var isSingular = [Bool](repeating: false, count: count)
    pivots.withUnsafeMutableBufferPointer { pivots in
      isSingular.withUnsafeMutableBufferPointer { isSingular in
        nonisolated(unsafe) let (pivots, isSingular) = (pivots, isSingular)
        FactoredMatrices.visit(count, n) { matrix in
          let code = LAPACKE_dgetrf_work(
            LAPACK_ROW_MAJOR, Int32(n), Int32(n), factors.doublePointer(at: matrix * n * n), Int32(n),
            pivots.baseAddress! + matrix * n)
          require(code >= 0, "factored: LAPACK's dgetrf failed with \(code)")
          isSingular[matrix] = code > 0
        }
      }
    }
    (self.count, self.n, self.factors, self.pivots, self.isSingular) = (count, n, factors, pivots, isSingular)
  }

  /// x of a x = b, or of a^T x = b, for each matrix; NaN where it is singular.
  ///
  ///     b, result [count, n, columns], of b's element type
  public func solve(_ b: Storage, columns: Int, transposed: Bool = false, workspace: Workspace? = nil) -> Storage {
    require(b.count == count * n * columns, "solve: \(b.count) elements as [\(count), \(n), \(columns)]")
    let x = b.inDouble(workspace: workspace)
    if columns == 0 { return b }
    let letter = CChar(UInt8(ascii: transposed ? "T" : "N"))
    pivots.withUnsafeBufferPointer { pivots in
      nonisolated(unsafe) let pivots = pivots
      FactoredMatrices.visit(count, n) { matrix in
        let place = matrix * n * columns
        if isSingular[matrix] { return x[place..<place + n * columns].fill(.nan) }
        let code = LAPACKE_dgetrs_work(
          LAPACK_ROW_MAJOR, letter, Int32(n), Int32(columns), factors.doublePointer(at: matrix * n * n), Int32(n),
          pivots.baseAddress! + matrix * n, x.doublePointer(at: place), Int32(columns))
        require(code == 0, "solve: LAPACK's dgetrs failed with \(code)")
      }
    }
    return x.rounded(to: b.element, workspace: workspace)
  }

  /// log |det a| of each matrix; -infinity where it is singular.
  public var logDeterminants: [Double] {
    let diagonals = Storage(count: count * n, element: .float64)
    diagonals.assign(factors, strides: [n * n, n + 1], toStrides: [n, 1], shape: [count, n])
    diagonals.assign(.absolute, of: diagonals)
    diagonals.assign(.log, of: diagonals)
    let sums = Storage(count: count, element: .float64)
    sums.assignSum(of: diagonals, outer: count, count: n, inner: 1)
    return sums.doubles()
  }

  /// Calls `body` for each of `count` matrices of n rows, on as many threads as are free.
  static func visit(_ count: Int, _ n: Int, _ body: @Sendable (_ matrix: Int) -> Void) {
    Threads.cut(count, least: (1 << 18) / max(1, n * n * n) + 1) { for matrix in $0 { body(matrix) } }
  }
}

/// Triangles of square matrices, one after the other, in float64.
public enum TriangularMatrices {
  /// The lower triangle L of each a = L L^T, zeros above; NaN where a is not positive definite. Lower triangles are read.
  ///
  ///     a, result [count, n, n], of a's element type
  public static func cholesky(_ a: Storage, n: Int, workspace: Workspace? = nil) -> Storage {
    require(n > 0 && a.count % (n * n) == 0, "cholesky: \(a.count) elements as matrices [\(n), \(n)]")
    BLAS.useOneThreadOnce
    let l = a.inDouble(workspace: workspace)
    FactoredMatrices.visit(a.count / (n * n), n) { matrix in
      let place = matrix * n * n
      let code = LAPACKE_dpotrf_work(
        LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), Int32(n), l.doublePointer(at: place), Int32(n))
      require(code >= 0, "cholesky: LAPACK's dpotrf failed with \(code)")
      if code > 0 { return l[place..<place + n * n].fill(.nan) }
      for row in 0..<n where row + 1 < n { l[place + row * n + row + 1..<place + (row + 1) * n].fill(0) }
    }
    return l.rounded(to: a.element, workspace: workspace)
  }

  /// x of t x = b, or of t^T x = b, for each matrix, of which the lower or the upper triangle is read.
  ///
  ///     t [count, n, n]   b, result [count, n, columns], of b's element type
  public static func solve(
    _ t: Storage, _ b: Storage, n: Int, columns: Int, isLower: Bool, transposed: Bool = false,
    workspace: Workspace? = nil
  ) -> Storage {
    let count = n > 0 ? t.count / (n * n) : 0
    require(
      n > 0 && t.count == count * n * n && b.count == count * n * columns && b.element == t.element,
      "triangular solve: \(t.count) elements of \(t.element) as matrices [\(n), \(n)], \(b.count) of \(b.element)")
    BLAS.useOneThreadOnce
    if columns == 0 { return b }
    let (triangles, x) = (t.inDouble(workspace: workspace), b.inDouble(workspace: workspace))
    FactoredMatrices.visit(count, n) { matrix in
      cblas_dtrsm(
        CblasRowMajor, CblasLeft, isLower ? CblasLower : CblasUpper, transposed ? CblasTrans : CblasNoTrans,
        CblasNonUnit, Int32(n), Int32(columns), 1, triangles.doublePointer(at: matrix * n * n), Int32(n),
        x.doublePointer(at: matrix * n * columns), Int32(columns))
    }
    return x.rounded(to: b.element, workspace: workspace)
  }
}

extension Storage {
  /// A copy in float64.
  fileprivate func inDouble(workspace: Workspace?) -> Storage {
    if element == .float64 { return copy(workspace: workspace) }
    let result = Storage(count: count, element: .float64, workspace: workspace)
    result.assign(converting: self)
    return result
  }

  /// Itself, or what it is in another element type.
  fileprivate func rounded(to element: ElementType, workspace: Workspace?) -> Storage {
    if element == self.element { return self }
    let result = Storage(count: count, element: element, workspace: workspace)
    result.assign(converting: self)
    return result
  }

  fileprivate func doublePointer(at index: Int) -> UnsafeMutablePointer<Double> {
    mutablePointer(at: index).assumingMemoryBound(to: Double.self)
  }
}
