import LatentKernels

extension Variable {
  /// Each sequence backwards in time: y[b, t] = x[b, T - 1 - t].
  ///
  ///     x, y [B, T, D]   dx[b, t] = dy[b, T - 1 - t]
  public func reversedInTime() -> Variable {
    precondition(
      shape.count == 3 && shape[0] > 0 && shape[1] > 0, "reversedInTime: \(shape) is not [B, T, D] with B, T > 0")
    let (batch, time) = (shape[0], shape[1])
    let output = tape.makeTensor(shape, element: tensor.element)
    output.storage.assignReversed(tensor.storage, batch: batch, time: time)
    return tape.record("reversedInTime", inputs: [self], output: output) { backward in
      let upstream = backward.upstream.storage
      backward.accumulate(0) { $0.assignReversed(upstream, batch: batch, time: time) }
    }
  }

  /// Both side by side on the last axis.
  ///
  ///     self [..., C]   other [..., D]   y [..., C + D]   d self = the first C columns of dy   d other = the last D
  public func concatenated(with other: Variable) -> Variable {
    precondition(
      !shape.isEmpty && shape.dropLast() == other.shape.dropLast() && tensor.element == other.tensor.element,
      "concatenated: \(shape) of \(tensor.element) and \(other.shape) of \(other.tensor.element) do not match")
    let (left, right) = (shape[shape.count - 1], other.shape[shape.count - 1])
    let rows = shape.dropLast().reduce(1, *)
    let output = tape.makeTensor(shape.dropLast() + [left + right], element: tensor.element)
    func parts(of whole: Storage) -> (Matrix, Matrix) {
      let start = min(left, whole.count)  // no rows, no columns
      return (
        Matrix(whole, rows: rows, columns: left, stride: left + right),
        Matrix(whole[start..<whole.count], rows: rows, columns: right, stride: left + right)
      )
    }
    let (first, second) = parts(of: output.storage)
    first.assignRows(from: tensor.storage)
    second.assignRows(from: other.tensor.storage)
    return tape.record("concatenated", inputs: [self, other], output: output) { backward in
      let (first, second) = parts(of: backward.upstream.storage)
      backward.accumulate(0) { $0.assignRows(of: first) }
      backward.accumulate(1) { $0.assignRows(of: second) }
    }
  }
}
