import LatentKernels

/// What sequences are told of their places by waves (Vaswani et al. 2017): sin(t / 10000^(2i / D)) at 2i, the cosine at 2i + 1.
///
/// - Returns: [steps, size]
public func sinusoidalPositions(steps: Int, size: Int, element: ElementType = .float32) -> Tensor {
  require(
    steps >= 0 && size > 0 && size % 2 == 0,
    "sinusoidalPositions: \(steps) steps of \(size) elements; an even number is needed")
  let angles = waveAngles(from: 0, steps: steps, count: size / 2)
  let waves = Variable.stacked([angles.sin(), angles.cos()], axis: 2).reshaped(to: [steps, size])
  return waves.tensor.converted(to: element)
}

/// t / 10000^(i / count) for places t from `start` on, in double: [steps, count].
private func waveAngles(from start: Int, steps: Int, count: Int) -> Variable {
  let rates = (0..<count).map { Portable.power(10_000, -Double($0) / Double(count)) }
  let values = (0..<steps * count).map { Double(start + $0 / count) * rates[$0 % count] }
  return Tape().constant(Tensor(values, shape: [steps, count], element: .float64))
}

/// A vector for each place of a sequence, which training changes, added to what is there.
public struct PositionEmbedding: Layer {
  /// [steps, D]
  public var table: Parameter

  /// Uniform in [-0.05, 0.05], as an ``Embedding``.
  ///
  /// - Parameters:
  ///   - steps: the longest sequence's
  ///   - size: D
  public init(steps: Int, size: Int, key: RandomKey, element: ElementType = .float32) {
    require(steps > 0 && size > 0, "PositionEmbedding: \(steps) places of \(size) elements; both must be positive")
    table = Parameter(Initializer.uniform(-0.05...0.05)(shape: [steps, size], key: key, element: element))
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("table", &table) }

  /// x [B, T, D] -> [B, T, D], T being at most the number of steps
  public func callAsFunction(_ x: Variable) -> Variable {
    let rows = table.on(x.tape)
    require(
      x.shape.count == 3 && x.shape[1] <= rows.shape[0] && x.shape[2] == rows.shape[1], of: [x, rows],
      "PositionEmbedding: x \(x.shape) does not fit [B, T, D] with places \(rows.shape)")
    return x + rows.sliced(0..<x.shape[1])
  }
}

extension Variable {
  /// Queries or keys turned by angles that grow with their place (Su et al. 2021, "RoFormer"), so that scores depend on how far places
  /// are apart: within each head, elements i and i + d / 2 by t / 10000^(2i / d).
  ///
  ///     self, result [B, T, N d], N heads of an even d
  ///
  /// - Parameter start: the place of the first step, where a sequence goes on
  public func rotated(heads: Int = 1, from start: Int = 0) -> Variable {
    require(
      shape.count == 3 && heads > 0 && shape[2] % (2 * heads) == 0, of: [self],
      "rotated: \(shape) with \(heads) heads is not [B, T, N d] with an even d")
    let (time, half) = (shape[1], shape[2] / heads / 2)
    let angles = waveAngles(from: start, steps: time, count: half)
    func waves(_ values: Variable) -> Variable {
      tape.constant(values.tensor.converted(to: element).reshaped(to: [time, 1, half]))
    }
    let (cosine, sine) = (waves(angles.cos()), waves(angles.sin()))
    let parts = reshaped(to: [shape[0], time, heads, 2 * half]).split([half, half], axis: 3)
    return Variable.concatenated(
      [parts[0] * cosine - parts[1] * sine, parts[1] * cosine + parts[0] * sine], axis: 3
    ).reshaped(to: shape)
  }
}
