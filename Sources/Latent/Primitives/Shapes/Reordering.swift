import LatentKernels

/// The same elements in another order along an axis, or more than once. Gradients go back to where the elements came from.
extension Variable {
  /// In reverse order along these axes; all of them where none are named.
  public func flipped(axes: [Int]? = nil) -> Variable {
    guard let flipped = AxisRuns(shape, axes: axes) else {
      refuse([self], "flipped: \(axes ?? []) are not different axes of the shape \(shape)")
    }
    var (strides, start) = (Shape.strides(shape), 0)
    for axis in shape.indices where flipped.keptShape[axis] == 1 && shape[axis] > 1 {
      start += (shape[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    return moved("flipped", to: shape, strides: strides, start: tensor.count == 0 ? 0 : start)
  }

  /// Moved along an axis by `shift` places towards its end; what leaves it there comes in at its beginning (NumPy's `roll`).
  public func rolled(by shift: Int, axis: Int = -1) -> Variable {
    let lines = lines("rolled", axis)
    if lines.count == 0 { return self }
    let cut = (lines.count - shift % lines.count) % lines.count
    if cut == 0 { return self }
    return Variable.concatenated(
      [sliced(cut..<lines.count, axis: lines.axis), sliced(0..<cut, axis: lines.axis)], axis: lines.axis)
  }

  /// Each element `count` times in a row along an axis (NumPy's `repeat`); ``tiled(_:axis:)`` repeats the whole.
  public func repeated(_ count: Int, axis: Int = -1) -> Variable {
    let lines = lines("repeated", axis)
    require(count >= 0, of: [self], "repeated: \(count) times; the number must not be negative")
    let expanded = expanded(at: lines.axis + 1)
    return expanded.broadcast(to: expanded.shape(with: count, at: lines.axis + 1)).reshaped(
      to: shape(with: count * lines.count, at: lines.axis))
  }

  /// Cut along an axis into at most `count` parts, all of one size but for the last, which may be smaller.
  public func chunked(into count: Int, axis: Int = 0) -> [Variable] {
    let lines = lines("chunked", axis)
    require(count > 0, of: [self], "chunked: into \(count) parts; at least one is needed")
    let size = Swift.max(1, (lines.count + count - 1) / count)
    return stride(from: 0, to: lines.count, by: size).map {
      sliced($0..<Swift.min($0 + size, lines.count), axis: lines.axis)
    }
  }
}
