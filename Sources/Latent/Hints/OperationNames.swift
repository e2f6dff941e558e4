/// What tensors and variables share: the names that other libraries have for their operations, of which each says its own here.
public protocol _NamedElsewhere {}

extension Tensor: _NamedElsewhere {}
extension Variable: _NamedElsewhere {}

extension _NamedElsewhere {
  @available(*, unavailable, renamed: "squareRoot()") public func sqrt() -> Self { fatalError() }
  @available(*, unavailable, message: "1 / x.squareRoot()") public func rsqrt() -> Self { fatalError() }
  @available(*, unavailable, renamed: "squared()") public func square() -> Self { fatalError() }
  @available(*, unavailable, renamed: "power(_:)") public func pow(_ exponent: Double) -> Self { fatalError() }
  @available(*, unavailable, renamed: "logGamma()") public func lgamma() -> Self { fatalError() }
  @available(*, unavailable, renamed: "reshaped(to:)") public func reshape(_ shape: [Int]) -> Self { fatalError() }
  @available(*, unavailable, renamed: "reshaped(to:)") public func reshape(_ shape: Int...) -> Self { fatalError() }
  @available(*, unavailable, renamed: "reshaped(to:)") public func reshaped(_ shape: Int...) -> Self { fatalError() }
  @available(*, unavailable, renamed: "reshaped(to:)") public func view(_ shape: Int...) -> Self { fatalError() }
  @available(*, unavailable, message: "x.reshaped(to: [x.shape[0], -1])")
  public func flatten(_ axis: Int = 1) -> Self { fatalError() }
  @available(*, unavailable, renamed: "transposed(_:)") public func transpose(_ order: Int...) -> Self { fatalError() }
  @available(*, unavailable, renamed: "transposed(_:)") public func permute(_ order: Int...) -> Self { fatalError() }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  @available(*, unavailable, renamed: "transposed()") public var T: Self { fatalError() }
  @available(*, unavailable, renamed: "expanded(at:)") public func unsqueeze(_ axis: Int) -> Self { fatalError() }
  @available(*, unavailable, renamed: "expanded(at:)") public func expandDims(_ axis: Int) -> Self { fatalError() }
  @available(*, unavailable, message: "x.reshaped(to:), or x[..., 0] for the last axis")
  public func squeeze(_ axis: Int = -1) -> Self { fatalError() }
  @available(*, unavailable, renamed: "broadcast(to:)") public func expand(_ shape: Int...) -> Self { fatalError() }
  @available(*, unavailable, renamed: "clipped(to:)")
  public func clamp(_ low: Double, _ high: Double) -> Self { fatalError() }
  @available(*, unavailable, renamed: "clipped(to:)")
  public func clip(_ low: Double, _ high: Double) -> Self { fatalError() }
  @available(*, unavailable, renamed: "flipped(axes:)") public func flip(_ axes: Int...) -> Self { fatalError() }
  @available(*, unavailable, renamed: "rolled(by:axis:)") public func roll(_ shift: Int) -> Self { fatalError() }
  @available(*, unavailable, renamed: "tiled(_:axis:)") public func tile(_ count: Int) -> Self { fatalError() }
  @available(*, unavailable, renamed: "split(_:axis:)") public func split(_ size: Int) -> [Self] { fatalError() }
  @available(*, unavailable, renamed: "chunked(into:axis:)") public func chunk(_ count: Int) -> [Self] { fatalError() }
  @available(*, unavailable, renamed: "gathered(at:axis:)")
  public func gather(_ axis: Int, _ places: Self) -> Self { fatalError() }
  @available(*, unavailable, renamed: "gathered(at:axis:)")
  public func takeAlongAxis(_ places: Self, axis: Int) -> Self { fatalError() }
  @available(*, unavailable, renamed: "cumulativeSum(axis:)") public func cumsum(_ axis: Int = -1) -> Self {
    fatalError()
  }
  @available(*, unavailable, renamed: "cumulativeProduct(axis:)")
  public func cumprod(_ axis: Int = -1) -> Self { fatalError() }
  @available(*, unavailable, renamed: "logSumExp(axes:keepingDimensions:)")
  public func logsumexp(_ axis: Int = -1) -> Self { fatalError() }
  @available(*, unavailable, renamed: "variance(axes:unbiased:keepingDimensions:)")
  public func `var`(_ axis: Int) -> Self { fatalError() }
  @available(*, unavailable, message: "x.variance(axes:).squareRoot()") public func std() -> Self { fatalError() }
  @available(*, unavailable, message: "x.squared().sum().squareRoot()") public func norm() -> Self { fatalError() }
  @available(*, unavailable, message: "x.tensor.scalar of a variable, x.scalar of a tensor")
  public func item() -> Double { fatalError() }
  @available(*, unavailable, message: "x.tensor.values of a variable, x.values of a tensor")
  public func numpy() -> [Double] { fatalError() }
  @available(*, unavailable, message: "gradients come from valueWithGradients(of: model) { model, tape in ... }")
  public func backward() { fatalError() }
  @available(*, unavailable, renamed: "detached()") public func detach() -> Self { fatalError() }
  @available(*, unavailable, renamed: "concatenated(_:axis:)")
  public static func cat(_ parts: [Self], axis: Int = 0) -> Self { fatalError() }
  @available(*, unavailable, renamed: "concatenated(_:axis:)")
  public static func concatenate(_ parts: [Self], axis: Int = 0) -> Self { fatalError() }
  @available(*, unavailable, renamed: "stacked(_:axis:)")
  public static func stack(_ parts: [Self], axis: Int = 0) -> Self { fatalError() }
  @available(*, unavailable, message: "condition.select(a, b)")
  public static func `where`(_ condition: Self, _ a: Self, _ b: Self) -> Self { fatalError() }
}

extension Tensor {
  @available(*, unavailable, renamed: "identity(_:element:)") public static func eye(_ size: Int) -> Tensor {
    fatalError()
  }
  @available(*, unavailable, message: "Tensor.normal(shape, key: RandomKey(seed: 0)), or tape.normal(shape) in a loss")
  public static func randn(_ shape: Int...) -> Tensor { fatalError() }
  @available(
    *, unavailable, message: "Tensor.uniform(shape, key: RandomKey(seed: 0)), or tape.uniform(shape) in a loss"
  )
  public static func rand(_ shape: Int...) -> Tensor { fatalError() }
  @available(*, unavailable, message: "Tensor(zeros: x.shape)")
  public static func zerosLike(_ x: Tensor) -> Tensor { fatalError() }
}
