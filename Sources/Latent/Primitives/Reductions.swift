import LatentKernels

/// Reductions over chosen axes; all of them where none are named. Axes count from 0, negative ones from the end. The
/// reduced axes are left out of the result, or stay with size 1 where dimensions are kept.
extension Variable {
  /// The sum, added in double; dx = dy everywhere
  public func sum(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    summed(runs("sum", axes), times: 1, keepingDimensions, "sum")
  }

  /// The mean; dx = dy / n
  public func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let runs = runs("mean", axes)
    return summed(runs, times: 1 / Double(runs.count), keepingDimensions, "mean")
  }

  /// The mean squared distance from the mean, or with `unbiased` the sum over n - 1.
  public func variance(axes: [Int]? = nil, unbiased: Bool = false, keepingDimensions: Bool = false) -> Variable {
    let runs = runs("variance", axes)
    let squares = (self - mean(axes: axes, keepingDimensions: true)).squared()
    return squares.summed(runs, times: 1 / Double(runs.count - (unbiased ? 1 : 0)), keepingDimensions, "variance")
  }

  /// The largest element; the gradient goes to where it is, in equal parts where it is in several places.
  public func max(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    extreme("max", axes, keepingDimensions, smallest: false)
  }

  /// The smallest element; the gradient goes to where it is, in equal parts where it is in several places.
  public func min(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    extreme("min", axes, keepingDimensions, smallest: true)
  }

  /// log of the sum of exp(x), without overflow: m + log sum exp(x - m) with m the maximum; dx = dy exp(x - y)
  public func logSumExp(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Variable {
    let (runs, x) = (runs("logSumExp", axes), tensor)
    require(runs.count > 0, of: [self], "logSumExp: no elements along \(axes ?? []) of the shape \(shape)")
    let kept = runs.keptShape
    let largest = Tensor(
      unchecked: x.extreme(runs, smallest: false, workspace: tape.workspace), shape: kept)
    // An infinite maximum would give NaN by x - m: 0 is taken in its place.
    let isFinite = tape.makeTensor(like: largest)
    isFinite.storage.assign(.absolute, of: largest.storage)
    isFinite.storage.assign(.less, isFinite.storage, .infinity)
    largest.storage.assign(.selectWhereTrue, isFinite.storage, largest.storage)
    let terms = Tensor.combined(.subtract, x, largest, workspace: tape.workspace)!
    terms.storage.assign(.exp, of: terms.storage)
    let y = Tensor(unchecked: terms.summed(runs, workspace: tape.workspace), shape: kept)
    y.storage.assign(.log, of: y.storage)
    y.storage.assign(.add, y.storage, largest.storage)
    let output = keepingDimensions ? y : Tensor(unchecked: y.storage, shape: runs.reducedShape)
    let result = tape.record("logSumExp", self, output: output) { backward in
      guard backward.needs(0) else { return }
      let softmax = backward.combined(.subtract, x, y)
      softmax.storage.assign(.exp, of: softmax.storage)
      backward.add(backward.combined(.multiply, softmax, backward.upstream.reshaped(to: kept)), to: 0)
    }
    return result.ruled([{ $0.reshaped(to: kept) * (self - result.reshaped(to: kept)).exp() }])
  }

  /// exp(x) over its sum along an axis; dx = y (dy - sum(dy y))
  public func softmax(axis: Int = -1) -> Variable {
    let runs = runs("softmax", [axis])
    let kept = runs.keptShape
    require(runs.count > 0, of: [self], "softmax: no elements along \([axis]) of the shape \(shape)")
    func probabilities(_ workspace: Workspace?) -> Tensor {
      let largest = Tensor(unchecked: tensor.extreme(runs, smallest: false, workspace: workspace), shape: kept)
      let shifted = Tensor.combined(.subtract, tensor, largest, workspace: workspace)!
      shifted.storage.assign(.exp, of: shifted.storage)
      let sum = Tensor(unchecked: shifted.summed(runs, workspace: workspace), shape: kept)
      return Tensor.combined(.divide, shifted, sum, workspace: workspace)!
    }
    let y = probabilities(tape.workspace)
    let result = tape.record("softmax", self, output: y) { backward in
      guard backward.needs(0) else { return }
      let weighted = backward.combined(.multiply, backward.upstream, y)
      let sum = Tensor(unchecked: weighted.summed(runs, workspace: backward.workspace), shape: kept)
      let centered = backward.combined(.subtract, backward.upstream, sum)
      centered.storage.assign(.multiply, centered.storage, y.storage)
      backward.add(centered, to: 0)
    }
    return result.ruled([{ result * ($0 - ($0 * result).sum(axes: [axis], keepingDimensions: true)) }])
  }

  /// log(softmax(x)), exact where the softmax is near 0
  public func logSoftmax(axis: Int = -1) -> Variable { self - logSumExp(axes: [axis], keepingDimensions: true) }

  private func summed(_ runs: AxisRuns, times scale: Double, _ keepingDimensions: Bool, _ name: String) -> Variable {
    let result = tensor.summed(runs, workspace: tape.workspace)
    if scale != 1 { result.assign(result, times: scale) }
    let output = Tensor(unchecked: result, shape: keepingDimensions ? runs.keptShape : runs.reducedShape)
    return tape.record(name, self, output: output) { backward in
      guard let (dx, isAccumulating) = backward.destination(0) else { return }
      var upstream = backward.upstream
      if scale != 1 {
        upstream = backward.makeTensor(like: upstream)
        upstream.storage.assign(backward.upstream.storage, times: scale)
      }
      dx.assign(upstream.storage, of: runs.keptShape, repeatedTo: runs.shape, accumulating: isAccumulating)
    }.ruled([{ (scale * $0.reshaped(to: runs.keptShape)).broadcast(to: runs.shape) }])
  }

  private func extreme(_ name: String, _ axes: [Int]?, _ keepingDimensions: Bool, smallest: Bool) -> Variable {
    let runs = runs(name, axes)
    require(runs.count > 0, of: [self], "\(name): no elements along \(axes ?? []) of the shape \(shape)")
    let x = tensor
    let kept = Tensor(unchecked: x.extreme(runs, smallest: smallest, workspace: tape.workspace), shape: runs.keptShape)
    let output = keepingDimensions ? kept : Tensor(unchecked: kept.storage, shape: runs.reducedShape)
    return tape.record(name, self, output: output) { backward in
      guard backward.needs(0) else { return }
      let places = backward.combined(.equal, x, kept)
      let ties = Tensor(unchecked: places.summed(runs, workspace: backward.workspace), shape: kept.shape)
      let share = backward.combined(.divide, backward.upstream.reshaped(to: kept.shape), ties)
      backward.add(backward.combined(.multiply, places, share), to: 0)
    }.ruled([
      { upstream in
        let places = self.detached() .== upstream.tape.constant(kept)
        return upstream.reshaped(to: kept.shape) * (places / places.sum(axes: axes, keepingDimensions: true))
      }
    ])
  }

  private func runs(_ name: String, _ axes: [Int]?) -> AxisRuns {
    if let runs = AxisRuns(shape, axes: axes) { return runs }
    refuse(
      [self],
      "\(name): the axes \(axes ?? []) are not different axes of \(shape.count) dimensions, of the shape \(shape)")
  }
}
