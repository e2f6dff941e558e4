import LatentKernels

/// What attention adds to its scores before the softmax: numbers, and minus infinity where a place is not to be seen.
///
///     attention(x, mask: .visible(places))              // 1 where place t sees place s, 0 where not
///     attention(x, mask: .visible(lengths: [7, 3]))     // sequences of unequal length, filled up to [B, S, D]
///     attention(x, mask: .added(bias).and(.visible(places)))
///
/// Of tensors and variables the shape is [T, S], [B, T, S] or [B, N, T, S], N heads; a 1 in it stands for any size. A place that sees
/// nothing takes nothing: zeros.
public struct AttentionMask {
  private enum Part {
    case learned(Variable)
    case numbers(Tensor)
    case visible(Tensor)
    case lengths([Int])
  }

  private let parts: [Part]

  /// Numbers added to the scores, with a gradient. Attention then has all weights [B, N, T, S] in memory.
  public static func added(_ scores: Variable) -> AttentionMask { AttentionMask(parts: [.learned(scores)]) }

  /// Numbers added to the scores.
  public static func added(_ scores: Tensor) -> AttentionMask { AttentionMask(parts: [.numbers(scores)]) }

  /// 1 where place t sees place s, 0 where it does not, as comparisons give them.
  public static func visible(_ places: Tensor) -> AttentionMask { AttentionMask(parts: [.visible(places)]) }

  /// How many of the S places each of the B examples has: what lies beyond is not seen.
  public static func visible(lengths: [Int]) -> AttentionMask { AttentionMask(parts: [.lengths(lengths)]) }

  /// This mask and another one.
  public func and(_ other: AttentionMask) -> AttentionMask { AttentionMask(parts: parts + other.parts) }

  /// Whether gradients may be asked for, or it is made of tensors alone.
  var isLearned: Bool {
    parts.contains { if case .learned = $0 { true } else { false } }
  }

  /// The sum of its parts for scores of the shape [B, N, T, S], on the tape of what attention reads: each axis of that size, or of 1.
  func scores(_ shape: [Int], inputs: [Variable]) -> Variable {
    let terms = parts.map { term($0, shape, inputs) }
    return terms.dropFirst().reduce(terms[0]) { $0 + $1 }
  }

  private func term(_ part: Part, _ shape: [Int], _ inputs: [Variable]) -> Variable {
    let (tape, element) = (inputs[0].tape, inputs[0].element)
    func constant(_ tensor: Tensor) -> Variable { tape.constant(tensor.converted(to: element)) }
    func number(_ value: Double) -> Variable { tape.constant(Tensor(value, element: element)) }
    switch part {
    case .learned(let scores): return fitted(scores, shape, inputs)
    case .numbers(let scores): return fitted(constant(scores), shape, inputs)
    case .visible(let places): return fitted(constant(places), shape, inputs).select(number(0), number(-.infinity))
    case .lengths(let lengths):
      require(
        lengths.count == shape[0] && lengths.allSatisfy { (1...shape[3]).contains($0) }, of: inputs,
        "attention: lengths \(lengths) for \(shape[0]) examples of \(shape[3]) places"
          + "; there must be one for each, from 1 to all places")
      let ends = constant(Tensor(lengths.map(Double.init), shape: [lengths.count, 1, 1, 1], element: .float64))
      return (tape.constant(tape.makeRange(shape[3], element: element)) .< ends).select(number(0), number(-.infinity))
    }
  }

  private func fitted(_ scores: Variable, _ shape: [Int], _ inputs: [Variable]) -> Variable {
    let own = scores.shape
    var full = own
    if own.count == 2 { full = [1, 1] + own }
    if own.count == 3 { full = [own[0], 1] + own[1...] }
    require(
      full.count == 4 && Shape.isRepeated(full, to: shape) && scores.element == inputs[0].element,
      of: inputs + [scores],
      "attention: a mask \(own) of \(scores.element) for scores [B, N, T, S] = \(shape) of \(inputs[0].element)"
        + "; it must broadcast to them, in their element type")
    return full == own ? scores : scores.reshaped(to: full)
  }
}

extension AttentionHeads.Mask {
  /// - Parameters:
  ///   - scores: each axis of [B, N, T, S], or 1; divided by the scale
  ///   - keys: S
  init(_ scores: Tensor, keys: Int, workspace: Workspace?) {
    let shape = Array(scores.shape.dropLast()) + [keys]
    var numbers = scores.storage
    if scores.shape[3] != keys {
      numbers = Storage(count: shape.reduce(1, *), element: scores.element, workspace: workspace)
      numbers.assign(scores.storage, of: scores.shape, repeatedTo: shape)
    }
    let strides = zip(shape, Shape.strides(shape)).map { $0 == 1 ? 0 : $1 }
    self.init(numbers, strides: (strides[0], strides[1], strides[2]))
  }
}
