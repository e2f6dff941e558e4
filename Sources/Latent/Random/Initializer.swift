import LatentKernels

/// How a parameter starts.
public enum Initializer: Sendable {
  /// The same number everywhere.
  case constant(Double)
  /// Uniform in [-limit, limit] with limit = sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010); shape [..., in, out],
  /// where the dimensions before, a convolution's, multiply both fans.
  case glorotUniform
  /// Orthonormal rows or columns, whichever are fewer: Q of a normal matrix's QR factorisation, signs made unique
  /// (Saxe et al. 2014); shape [rows, columns].
  case orthogonal

  /// A new tensor.
  public func callAsFunction(shape: [Int], key: RandomKey, element: ElementType = .float32) -> Tensor {
    switch self {
    case .constant(let value):
      return Tensor(repeating: value, shape: shape, element: element)
    case .glorotUniform:
      precondition(shape.count >= 2, "glorotUniform: the shape \(shape) is not [..., in, out]")
      let limit = (6 / Double(shape.dropLast(2).reduce(shape.suffix(2).reduce(0, +), *))).squareRoot()
      let tensor = Tensor(uninitialized: shape, element: element)
      tensor.storage.fillUniform(key: key.bits, low: -limit, high: limit)
      return tensor
    case .orthogonal:
      precondition(shape.count == 2, "orthogonal: the shape \(shape) is not [rows, columns]")
      return Initializer.orthogonal(rows: shape[0], columns: shape[1], key: key, element: element)
    }
  }

  private static func orthogonal(rows: Int, columns: Int, key: RandomKey, element: ElementType) -> Tensor {
    let (tall, narrow) = (max(rows, columns), min(rows, columns))
    let normal = Tensor(uninitialized: [tall, narrow], element: .float64)
    normal.storage.fillNormal(key: key.bits, streams: (0..<UInt64(tall)).map { $0 }, columns: narrow)
    let (q, diagonal) = Factorization.qr(normal.values, rows: tall, columns: narrow)
    var values = [Double](repeating: 0, count: tall * narrow)
    for r in 0..<tall {
      for c in 0..<narrow {
        let value = diagonal[c] < 0 ? -q[r * narrow + c] : q[r * narrow + c]
        values[rows >= columns ? r * narrow + c : c * tall + r] = value
      }
    }
    return Tensor(values, shape: [rows, columns], element: element)
  }
}
