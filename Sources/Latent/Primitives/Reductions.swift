import LatentKernels

/// Reductions over chosen axes; all of them where none are named. Axes count from 0, negative ones from the end. The
/// reduced axes are left out of the result, or stay with size 1 where dimensions are kept.
extension Variable {
  /// The sum, added in double; dx = dy everywhere
  public func sum(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let runs = runs("sum", axes)
    let result = tensor.summed(runs, workspace: tape.workspace)
    let input = shape
    let output = keepingDimensions ? result.reshaped(to: runs.keptShape) : result
    return tape.record("sum", inputs: [self], output: output) { backward in
      guard backward.needs(0) else { return }
      let upstream = backward.upstream.reshaped(to: runs.keptShape)
      backward.add(upstream.repeated(to: input, workspace: backward.workspace), to: 0)
    }
  }

  /// The mean; dx = dy / n
  public func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let count = runs("mean", axes).count
    return 1 / Double(count) * sum(axes: axes, keepingDimensions: keepingDimensions)
  }

  /// The mean squared distance from the mean, or with `unbiased` the sum over n - 1.
  public func variance(axes: [Int]? = nil, unbiased: Bool = false, keepingDimensions: Bool = false) -> Variable {
    let count = Double(runs("variance", axes).count)
    let squares = (self - mean(axes: axes, keepingDimensions: true)).squared()
    return 1 / (unbiased ? count - 1 : count) * squares.sum(axes: axes, keepingDimensions: keepingDimensions)
  }

  /// The largest element; the gradient goes to where it is, in equal parts where it is in several places.
  public func max(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    extreme("max", axes, keepingDimensions, smallest: false)
  }

  /// The smallest element; the gradient goes to where it is, in equal parts where it is in several places.
  public func min(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    extreme("min", axes, keepingDimensions, smallest: true)
  }

  /// log of the sum of exp(x), without overflow: m + log sum exp(x - m) with m the maximum; dx = dy softmax(x)
  public func logSumExp(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    require(
      runs("logSumExp", axes).count > 0, "logSumExp: no elements along \(axes ?? []) of the shape \(shape)")
    let largest = max(axes: axes, keepingDimensions: true).detached()
    // An infinite maximum would give NaN by x - m.
    let finite = (largest.abs() .< constant(.infinity)).select(largest, constant(0))
    let sum = (self - finite).exp().sum(axes: axes, keepingDimensions: true).log() + finite
    return keepingDimensions ? sum : sum.reshaped(to: runs("logSumExp", axes).reducedShape)
  }

  /// exp(x) over its sum along an axis; dx = y (dy - sum(dy y))
  public func softmax(axis: Int = -1) -> Variable {
    let runs = runs("softmax", [axis])
    require(runs.count > 0, "softmax: no elements along \([axis]) of the shape \(shape)")
    func probabilities(_ workspace: Workspace?) -> Tensor {
      let largest = tensor.extreme(runs, smallest: false, workspace: workspace).reshaped(to: runs.keptShape)
      let shifted = Tensor.combined(.subtract, tensor, largest, workspace: workspace)!
      shifted.storage.assign(.exp, of: shifted.storage)
      let sum = shifted.summed(runs, workspace: workspace).reshaped(to: runs.keptShape)
      return Tensor.combined(.divide, shifted, sum, workspace: workspace)!
    }
    let y = probabilities(tape.workspace)
    return tape.record("softmax", inputs: [self], output: y) { backward in
      let workspace = backward.workspace
      guard backward.needs(0) else { return }
      let weighted = Tensor.combined(.multiply, backward.upstream, y, workspace: workspace)!
      let sum = weighted.summed(runs, workspace: workspace).reshaped(to: runs.keptShape)
      let centered = Tensor.combined(.subtract, backward.upstream, sum, workspace: workspace)!
      backward.addProduct(centered, y, to: 0, shape: y.shape)
    }
  }

  /// log(softmax(x)), exact where the softmax is near 0
  public func logSoftmax(axis: Int = -1) -> Variable { self - logSumExp(axes: [axis], keepingDimensions: true) }

  private func extreme(_ name: String, _ axes: [Int]?, _ keepingDimensions: Bool, smallest: Bool) -> Variable {
    let runs = runs(name, axes)
    require(runs.count > 0, "\(name): no elements along \(axes ?? []) of the shape \(shape)")
    let x = tensor
    let y = x.extreme(runs, smallest: smallest, workspace: tape.workspace)
    let kept = y.reshaped(to: runs.keptShape)
    return tape.record(name, inputs: [self], output: keepingDimensions ? kept : y) { backward in
      guard backward.needs(0) else { return }
      let workspace = backward.workspace
      let places = Tensor.combined(.equal, x, kept, workspace: workspace)!
      let ties = places.summed(runs, workspace: workspace).reshaped(to: runs.keptShape)
      let share = Tensor.combined(
        .divide, backward.upstream.reshaped(to: runs.keptShape), ties, workspace: workspace)!
      backward.addProduct(places, share, to: 0, shape: x.shape)
    }
  }

  private func runs(_ name: String, _ axes: [Int]?) -> AxisRuns {
    AxisRuns(shape, axes: Shape.normalized(axes ?? Array(shape.indices), rank: shape.count, name))
  }
}
