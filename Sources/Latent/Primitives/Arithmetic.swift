import LatentKernels

/// Arithmetic of variables of one shape. Derivatives stand beside each operation.
extension Variable {
  /// a + b; d/da = d/db = 1
  public static func + (a: Variable, b: Variable) -> Variable {
    a.combined(.add, b, "+") { backward in
      backward.add(backward.upstream, to: 0)
      backward.add(backward.upstream, to: 1)
    }
  }

  /// a - b; d/da = 1, d/db = -1
  public static func - (a: Variable, b: Variable) -> Variable {
    a.combined(.subtract, b, "-") { backward in
      backward.add(backward.upstream, to: 0)
      backward.add(backward.upstream, times: -1, to: 1)
    }
  }

  /// a b, element by element; d/da = b, d/db = a
  public static func * (a: Variable, b: Variable) -> Variable {
    let (left, right) = (a.tensor.storage, b.tensor.storage)
    return a.combined(.multiply, b, "*") { backward in
      let upstream = backward.upstream.storage
      backward.accumulate(0) { $0.assign(.multiply, upstream, right) }
      backward.accumulate(1) { $0.assign(.multiply, upstream, left) }
    }
  }

  /// scale a; d/da = scale
  public static func * (scale: Double, a: Variable) -> Variable {
    let output = a.tape.makeTensor(a.shape, element: a.tensor.element)
    output.storage.assign(a.tensor.storage, times: scale)
    return a.tape.record("*", inputs: [a], output: output) { $0.add($0.upstream, times: scale, to: 0) }
  }

  /// The same elements under another shape.
  public func reshaped(to shape: [Int]) -> Variable {
    tape.record("reshaped", inputs: [self], output: tensor.reshaped(to: shape)) { $0.add($0.upstream, to: 0) }
  }

  /// The sum of all elements; the derivative is 1 everywhere.
  public func sum() -> Variable {
    let output = tape.makeTensor([], element: tensor.element)
    output.storage.fill(tensor.storage.sum())
    return tape.record("sum", inputs: [self], output: output) { backward in
      let value = backward.upstream.scalar
      backward.accumulate(0) { $0.fill(value) }
    }
  }

  /// 1 / (1 + exp(-a)), element by element; with y the result, dy/da = y (1 - y).
  public func sigmoid() -> Variable {
    let output = tape.makeTensor(shape, element: tensor.element)
    output.storage.assign(.sigmoid, of: tensor.storage)
    return tape.record("sigmoid", inputs: [self], output: output) { backward in
      let upstream = backward.upstream.storage
      backward.accumulate(0) {
        $0.assignActivationGradient(output: output.storage, upstream: upstream, activation: .sigmoid)
      }
    }
  }

  private func combined(
    _ operation: BinaryOperator, _ other: Variable, _ name: String, _ backward: @escaping (inout Backward) -> Void
  ) -> Variable {
    precondition(
      shape == other.shape && tensor.element == other.tensor.element,
      "\(name): \(shape) of \(tensor.element) and \(other.shape) of \(other.tensor.element) do not match")
    let output = tape.makeTensor(shape, element: tensor.element)
    output.storage.assign(operation, tensor.storage, other.tensor.storage)
    return tape.record(name, inputs: [self, other], output: output, backward: backward)
  }
}
