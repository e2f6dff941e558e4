import LatentKernels

/// Tensors of given numbers.
extension Tensor {
  /// A single number, of the shape [].
  public init(_ number: Double, element: ElementType = .float32) {
    self.init(repeating: number, shape: [], element: element)
  }

  /// The given numbers: `Tensor([1, 2, 3])` has the shape [3].
  public init(_ numbers: [Double], element: ElementType = .float32) {
    self.init(numbers, shape: [numbers.count], element: element)
  }

  /// The given numbers, as float32 by default. Literals are doubles.
  @_disfavoredOverload
  public init(_ numbers: [Float], element: ElementType = .float32) {
    self.init(numbers.map(Double.init), element: element)
  }

  /// The given whole numbers, such as labels, as float32 by default: exact up to 2^24.
  public init<Number: BinaryInteger>(_ numbers: [Number], element: ElementType = .float32) {
    self.init(numbers.map { Double($0) }, element: element)
  }

  /// Rows of numbers, all of one length: `Tensor([[1, 2], [3, 4]])` has the shape [2, 2].
  public init(_ rows: [[Double]], element: ElementType = .float32) {
    let columns = rows.first?.count ?? 0
    for row in rows {
      require(row.count == columns, "Tensor: rows of \(columns) and of \(row.count) numbers; all must have as many")
    }
    self.init(Array(rows.joined()), shape: [rows.count, columns], element: element)
  }

  /// Matrices of numbers, all of one shape: [matrices, rows, columns].
  public init(_ matrices: [[[Double]]], element: ElementType = .float32) {
    let parts = matrices.map { Tensor($0, element: element) }
    for part in parts {
      require(
        part.shape == parts[0].shape,
        "Tensor: matrices of the shapes \(parts[0].shape) and \(part.shape); all must have one")
    }
    self.init(parts.flatMap(\.values), shape: [parts.count] + (parts.first?.shape ?? [0, 0]), element: element)
  }

  /// A tensor of ones.
  public init(ones shape: [Int], element: ElementType = .float32) {
    self.init(repeating: 1, shape: shape, element: element)
  }
}

/// Tensors of numbers that follow a rule.
extension Tensor {
  /// Zeros: the same as `Tensor(zeros: shape)`.
  public static func zeros(_ shape: [Int], element: ElementType = .float32) -> Tensor {
    Tensor(zeros: shape, element: element)
  }

  /// Ones: the same as `Tensor(ones: shape)`.
  public static func ones(_ shape: [Int], element: ElementType = .float32) -> Tensor {
    Tensor(ones: shape, element: element)
  }

  /// One number everywhere: the same as `Tensor(repeating: value, shape: shape)`.
  public static func full(_ shape: [Int], _ value: Double, element: ElementType = .float32) -> Tensor {
    Tensor(repeating: value, shape: shape, element: element)
  }

  /// The whole numbers 0, 1, ..., count - 1.
  public static func arange(_ count: Int, element: ElementType = .float32) -> Tensor {
    arange(0, Double(count), element: element)
  }

  /// start, start + step, start + 2 step, ... before stop (NumPy's `arange`).
  public static func arange(
    _ start: Double, _ stop: Double, by step: Double = 1, element: ElementType = .float32
  ) -> Tensor {
    let count = ((stop - start) / step).rounded(.up)
    require(
      count.isFinite && count < 1e15,
      "arange: from \(start) to \(stop) by \(step)"
        + "; the step must lead from one to the other")
    return Tensor((0..<Int(Swift.max(0, count))).map { start + Double($0) * step }, element: element)
  }

  /// `count` numbers at equal distances, the first and the last of which are the bounds (NumPy's `linspace`).
  public static func linspace(_ first: Double, _ last: Double, count: Int, element: ElementType = .float32) -> Tensor {
    require(count >= 0, "linspace: \(count) numbers; their number must not be negative")
    let numbers = (0..<count).map { place in
      place == count - 1 && count > 1
        ? last : first + Double(place) * ((last - first) / Double(Swift.max(1, count - 1)))
    }
    return Tensor(numbers, element: element)
  }

  /// The matrix with ones on its diagonal and zeros elsewhere: [size, size].
  public static func identity(_ size: Int, element: ElementType = .float32) -> Tensor {
    let places = arange(size, element: element)
    return places.expanded(at: 1) .== places
  }

  /// Numbers drawn from a normal distribution. The same key gives the same numbers.
  public static func normal(
    _ shape: [Int], mean: Double = 0, standardDeviation: Double = 1, key: RandomKey, element: ElementType = .float32
  ) -> Tensor {
    var numbers = Initializer.normal(standardDeviation: standardDeviation)(shape: shape, key: key, element: element)
    if mean != 0 { numbers += mean }
    return numbers
  }

  /// Numbers drawn from a uniform distribution, both bounds included. The same key gives the same numbers.
  public static func uniform(
    _ shape: [Int], in range: ClosedRange<Double> = 0...1, key: RandomKey, element: ElementType = .float32
  ) -> Tensor {
    Initializer.uniform(range)(shape: shape, key: key, element: element)
  }
}
