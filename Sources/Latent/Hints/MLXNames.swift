// Names of mlx-swift that are not those of Python's libraries.

extension _NamedElsewhere {
  @available(*, unavailable, renamed: "argmax(axis:keepingDimensions:)")
  public func argMax(axis: Int, keepDims: Bool = false) -> Self { fatalError() }
  @available(*, unavailable, renamed: "argmin(axis:keepingDimensions:)")
  public func argMin(axis: Int, keepDims: Bool = false) -> Self { fatalError() }
  @available(*, unavailable, renamed: "sum(axis:keepingDimensions:)")
  public func sum(axis: Int, keepDims: Bool) -> Self { fatalError() }
  @available(*, unavailable, renamed: "mean(axis:keepingDimensions:)")
  public func mean(axis: Int, keepDims: Bool) -> Self { fatalError() }
  @available(*, unavailable, renamed: "max(axis:keepingDimensions:)")
  public func max(axis: Int, keepDims: Bool) -> Self { fatalError() }
  @available(*, unavailable, renamed: "min(axis:keepingDimensions:)")
  public func min(axis: Int, keepDims: Bool) -> Self { fatalError() }
  @available(*, unavailable, renamed: "cumulativeSum(axis:)")
  public func cumsum(axis: Int) -> Self { fatalError() }
  @available(*, unavailable, renamed: "cumulativeProduct(axis:)")
  public func cumprod(axis: Int) -> Self { fatalError() }
  @available(*, unavailable, renamed: "expanded(at:)")
  public func expandedDimensions(axis: Int) -> Self { fatalError() }
  @available(*, unavailable, message: "x.reshaped(to:), or x[..., 0] for the last axis")
  public func squeezed(axis: Int = -1) -> Self { fatalError() }
  @available(*, unavailable, message: "x.reshaped(to: [-1]), or [x.shape[0], -1]")
  public func flattened(start: Int = 0, end: Int = -1) -> Self { fatalError() }
  @available(*, unavailable, message: "x.transposed(order), with all axes in their new order")
  public func movedAxis(source: Int, destination: Int) -> Self { fatalError() }
  @available(*, unavailable, message: "x.transposed() of the last two, or x.transposed(order) with all axes")
  public func swappedAxes(_ first: Int, _ second: Int) -> Self { fatalError() }
  @available(*, unavailable, message: "tensor.converted(to: element)")
  public func asType(_ element: ElementType) -> Self { fatalError() }
}

@available(*, unavailable, message: "x.gathered(at: places, axis: axis)")
public func takeAlong<X: _NamedElsewhere>(_ x: X, _ places: X, axis: Int) -> X { fatalError() }
@available(*, unavailable, message: "a method of a variable: x.detached()")
public func stopGradient<X: _NamedElsewhere>(_ x: X) -> X { fatalError() }
@available(*, unavailable, message: "a static method: .concatenated([a, b], axis: axis)")
public func concatenated<X: _NamedElsewhere>(_ parts: [X], axis: Int = 0) -> X { fatalError() }
@available(*, unavailable, message: "a static method: .stacked([a, b], axis: axis)")
public func stacked<X: _NamedElsewhere>(_ parts: [X], axis: Int = 0) -> X { fatalError() }
@available(*, unavailable, message: "absoluteError(x, targets: y)")
public func l1Loss<X: _NamedElsewhere>(predictions: X, targets: Tensor) -> X { fatalError() }
@available(*, unavailable, message: "huber(x, targets: y)")
public func huberLoss<X: _NamedElsewhere>(inputs: X, targets: Tensor) -> X { fatalError() }
@available(*, unavailable, message: "valueWithGradients(of: model) { model, tape in ... }, which returns both")
public func valueAndGrad<M: Module>(model: M, _ loss: (M, Tensor, Tensor) -> Variable) -> Never { fatalError() }
