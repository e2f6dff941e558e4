import LatentKernels

/// How a parameter starts.
///
/// Fan in and fan out are the last two dimensions, each times the size of what comes before them: of a convolution's
/// kernel [height, width, in, out], the receptive field.
public enum Initializer: Sendable {
  /// The same number everywhere.
  case constant(Double)
  /// Uniform between the two.
  case uniform(ClosedRange<Double>)
  /// Normal around 0.
  case normal(standardDeviation: Double)
  /// Normal around 0, drawn again beyond two standard deviations; the deviation is that before truncation.
  case truncatedNormal(standardDeviation: Double)
  /// Uniform in [-limit, limit] with limit = sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010).
  case glorotUniform
  /// Normal of variance 2 / (fan in + fan out) (Glorot & Bengio 2010).
  case glorotNormal
  /// Uniform of variance 2 / fan in, for relu (He et al. 2015).
  case heUniform
  /// Normal of variance 2 / fan in, for relu (He et al. 2015).
  case heNormal
  /// Uniform of variance 1 / fan in (LeCun et al. 1998).
  case lecunUniform
  /// Normal of variance 1 / fan in (LeCun et al. 1998).
  case lecunNormal
  /// Uniform in [-limit, limit] with limit = 1 / sqrt(fan in), as `Linear` and convolutions of PyTorch start; a layer's bias too.
  case torchUniform
  /// Orthonormal rows or columns, whichever are fewer: Q of a normal matrix's QR factorisation, signs made unique
  /// (Saxe et al. 2014); shape [rows, columns].
  case orthogonal

  /// A new tensor.
  public func callAsFunction(shape: [Int], key: RandomKey, element: ElementType = .float32) -> Tensor {
    element.requireComputing("Initializer: weights of the shape \(shape)")
    let tensor = Tensor(uninitialized: shape, element: element)
    switch self {
    case .constant(let value): tensor.storage.fill(value)
    case .uniform(let range): tensor.fillUniform(range, key)
    case .normal(let deviation): tensor.fillNormal(deviation, key)
    case .truncatedNormal(let deviation): tensor.fillTruncatedNormal(deviation, key)
    case .glorotUniform: tensor.fillUniform(variance: 2 / (fans(shape).input + fans(shape).output), key)
    case .glorotNormal: tensor.fillNormal((2 / (fans(shape).input + fans(shape).output)).squareRoot(), key)
    case .heUniform: tensor.fillUniform(variance: 2 / fans(shape).input, key)
    case .heNormal: tensor.fillNormal((2 / fans(shape).input).squareRoot(), key)
    case .lecunUniform: tensor.fillUniform(variance: 1 / fans(shape).input, key)
    case .lecunNormal: tensor.fillNormal((1 / fans(shape).input).squareRoot(), key)
    case .torchUniform: tensor.fillUniform(variance: 1 / (3 * fans(shape).input), key)
    case .orthogonal:
      require(shape.count == 2, "orthogonal: the shape \(shape) is not [rows, columns]")
      return Initializer.orthogonal(rows: shape[0], columns: shape[1], key: key, element: element)
    }
    return tensor
  }

  /// What a layer starts with.
  ///
  /// - Parameters:
  ///   - shape: the kernel's, [..., in, out]
  ///   - size: elements of the bias; nil for none
  ///   - fanIn: what goes into a result, where the kernel's shape does not tell
  func layer(
    kernel shape: [Int], bias size: Int?, fanIn: Int? = nil, key: RandomKey, element: ElementType
  ) -> (kernel: Parameter, bias: Parameter?) {
    guard case .torchUniform = self else {
      return (
        Parameter(self(shape: shape, key: key, element: element)),
        size.map { Parameter(Tensor(zeros: [$0], element: element)) }
      )
    }
    let limit = 1 / (fanIn.map(Double.init) ?? fans(shape).input).squareRoot()
    let uniform = Initializer.uniform(-limit...limit)
    return (
      Parameter(uniform(shape: shape, key: key, element: element)),
      size.map { Parameter(uniform(shape: [$0], key: key.child("bias"), element: element)) }
    )
  }

  private func fans(_ shape: [Int]) -> (input: Double, output: Double) {
    require(shape.count >= 2, "\(self): the shape \(shape) has no fan in and fan out; it needs [..., in, out]")
    let field = shape.dropLast(2).reduce(1, *)
    return (Double(field * shape[shape.count - 2]), Double(field * shape[shape.count - 1]))
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

extension Tensor {
  fileprivate func fillUniform(_ range: ClosedRange<Double>, _ key: RandomKey) {
    storage.fillUniform(key: key.bits, low: range.lowerBound, high: range.upperBound)
  }

  /// A uniform distribution on [-limit, limit] has the variance limit^2 / 3.
  fileprivate func fillUniform(variance: Double, _ key: RandomKey) {
    let limit = (3 * variance).squareRoot()
    fillUniform(-limit...limit, key)
  }

  fileprivate func fillNormal(_ deviation: Double, _ key: RandomKey) {
    storage.fillNormal(key: key.bits, streams: [0], columns: count)
    storage.assign(storage, times: deviation)
  }

  /// Numbers beyond two deviations are replaced by those of the next stream, until none is left.
  fileprivate func fillTruncatedNormal(_ deviation: Double, _ key: RandomKey) {
    var numbers = [Double](repeating: .infinity, count: count)
    var stream: UInt64 = 0
    while numbers.contains(where: { $0.magnitude > 2 }) {
      let draw = Storage(count: count, element: .float64)
      draw.fillNormal(key: key.bits, streams: [stream], columns: count)
      for (place, number) in draw.doubles().enumerated() where numbers[place].magnitude > 2 { numbers[place] = number }
      stream += 1
    }
    storage.assign(numbers.map { $0 * deviation })
  }
}
