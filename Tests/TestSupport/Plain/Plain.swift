/// The model's mathematics once more, in float64 and plain loops, written from the formulas and sharing no code with the
/// library: what is left when two such different programs agree is the formula itself.
///
/// Arrays are flat and row-major. Everything here is checked against Keras in `PlainReferenceTests`.
public enum Plain {
  /// The matrix product of a [rows, inner] and b [inner, columns].
  public static func product(_ a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int) -> [Double] {
    precondition(a.count == rows * inner && b.count == inner * columns, "product of unfitting matrices")
    var result = [Double](repeating: 0, count: rows * columns)
    // Buffers, and a loop that is not over a range, only because these are many times faster in a debug build.
    result.withUnsafeMutableBufferPointer { result in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          for i in 0..<rows {
            for j in 0..<inner {
              let factor = a[i * inner + j]
              var k = 0
              while k < columns {
                result[i * columns + k] += factor * b[j * columns + k]
                k += 1
              }
            }
          }
        }
      }
    }
    return result
  }

  /// The transpose of a [rows, columns].
  public static func transpose(_ a: [Double], rows: Int, columns: Int) -> [Double] {
    precondition(a.count == rows * columns, "transpose of an unfitting matrix")
    var result = a
    for i in 0..<rows {
      for j in 0..<columns { result[j * rows + i] = a[i * columns + j] }
    }
    return result
  }

  /// The sum over the rows of a [rows, columns].
  public static func columnSums(_ a: [Double], columns: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: columns)
    for (index, value) in a.enumerated() { sums[index % columns] += value }
    return sums
  }

  /// Elementwise a + b.
  public static func sum(_ a: [Double], _ b: [Double]) -> [Double] {
    precondition(a.count == b.count, "sum of \(a.count) and \(b.count) numbers")
    return zip(a, b).map { $0 + $1 }
  }

  /// The mean of the numbers.
  public static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
