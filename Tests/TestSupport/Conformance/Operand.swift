/// What a layer or a primitive reads beside its own parameters.
public struct Operand: Sendable {
  /// Which numbers it is made of.
  public enum Numbers: Sendable {
    case between(Double, Double)
    /// From -1 to 1, but no nearer than 0.05 to any of these: corners of a function.
    case awayFrom([Double])
    /// Of `offset` + 0.1 n from -2 to 2: those of another offset keep their distance.
    case grid(offset: Double)
    /// Multiples of 0.1, none of them twice, in any order.
    case distinct
    /// Whole numbers of 0..<count.
    case whole(Int)
    /// Whole numbers from 1 to the given one, which is the last of them.
    case lengths(Int)
  }

  public let name: String
  public let shape: [Int]
  let numbers: Numbers
  /// Whether its first axis is the batch, or it serves all examples.
  let isBatched: Bool
  /// Whether gradients are asked for.
  let isDifferentiable: Bool
  var isWhole: Bool {
    switch numbers {
    case .whole, .lengths: true
    default: false
    }
  }

  /// [B, ...]
  public static func input(_ name: String, _ shape: [Int], _ numbers: Numbers = .between(-1, 1)) -> Operand {
    Operand(name: name, shape: shape, numbers: numbers, isBatched: true, isDifferentiable: true)
  }

  /// The same for all examples of a batch.
  public static func shared(_ name: String, _ shape: [Int], _ numbers: Numbers = .between(-1, 1)) -> Operand {
    Operand(name: name, shape: shape, numbers: numbers, isBatched: false, isDifferentiable: true)
  }

  /// [B, ...], such as targets: no gradient reaches it.
  public static func constant(_ name: String, _ shape: [Int], _ numbers: Numbers = .between(-1, 1)) -> Operand {
    Operand(name: name, shape: shape, numbers: numbers, isBatched: true, isDifferentiable: false)
  }

  /// The same for all examples, and no gradient reaches it.
  public static func sharedConstant(
    _ name: String, _ shape: [Int], _ numbers: Numbers = .between(-1, 1)
  ) -> Operand {
    Operand(name: name, shape: shape, numbers: numbers, isBatched: false, isDifferentiable: false)
  }

  /// Numbers that both element types hold.
  func sample(_ sample: inout SampleValues) -> PlainTensor {
    let count = shape.reduce(1, *)
    let values: [Double]
    switch numbers {
    case .between(let low, let high): values = sample.numbers(count, low...high)
    case .awayFrom(let corners):
      values = (0..<count).map { _ in
        var number = sample.number()
        while corners.contains(where: { abs(number - $0) < 0.05 }) { number = sample.number() }
        return number
      }
    case .grid(let offset): values = (0..<count).map { _ in offset + 0.1 * Double(sample.whole(-20...20)) }
    case .distinct:
      var order = Array(0..<count)
      for last in order.indices.dropFirst().reversed() { order.swapAt(last, sample.whole(0...last)) }
      values = order.map { 0.1 * Double($0 - count / 2) }
    case .lengths(let longest):
      values = (0..<count).map { Double($0 == count - 1 ? longest : sample.whole(1...longest)) }
    case .whole(let limit): values = (0..<count).map { _ in Double(sample.whole(0...limit - 1)) }
    }
    return PlainTensor(values.map { Double(Float($0)) }, shape)
  }
}

/// The numbers of all operands, parameters and buffers, by name: `values.x`.
@dynamicMemberLookup
public struct Values: Sendable {
  var tensors: [String: PlainTensor] = [:]

  public subscript(dynamicMember name: String) -> PlainTensor { self[name] }

  /// By a path, such as `forward.kernel`.
  public subscript(name: String) -> PlainTensor {
    guard let tensor = tensors[name] else { fatalError("Values: no \(name) among \(tensors.keys.sorted())") }
    return tensor
  }
}
