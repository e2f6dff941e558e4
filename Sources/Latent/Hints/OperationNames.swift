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
  @available(*, unavailable, renamed: "reshaped(to:)") public func view(_ shape: [Int]) -> Self { fatalError() }
  @available(*, unavailable, message: "x.reshaped(to: [x.shape[0], -1])")
  public func flatten(_ axis: Int = 1) -> Self { fatalError() }
  @available(*, unavailable, renamed: "transposed(_:)") public func transpose(_ order: Int...) -> Self { fatalError() }
  @available(*, unavailable, renamed: "transposed(_:)") public func transpose(_ order: [Int]) -> Self { fatalError() }
  @available(*, unavailable, renamed: "transposed(_:)") public func permute(_ order: Int...) -> Self { fatalError() }
  @available(*, unavailable, renamed: "transposed(_:)") public func permute(_ order: [Int]) -> Self { fatalError() }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  @available(*, unavailable, renamed: "transposed()") public var T: Self { fatalError() }
  @available(*, unavailable, renamed: "expanded(at:)") public func unsqueeze(_ axis: Int) -> Self { fatalError() }
  @available(*, unavailable, renamed: "expanded(at:)") public func expandDims(_ axis: Int) -> Self { fatalError() }
  @available(*, unavailable, message: "x.reshaped(to:), or x[..., 0] for the last axis")
  public func squeeze(_ axis: Int = -1) -> Self { fatalError() }
  @available(*, unavailable, renamed: "broadcast(to:)") public func expand(_ shape: Int...) -> Self { fatalError() }
  @available(*, unavailable, renamed: "broadcast(to:)") public func expand(_ shape: [Int]) -> Self { fatalError() }
  @available(*, unavailable, renamed: "clipped(to:)")
  public func clamp(_ low: Double, _ high: Double) -> Self { fatalError() }
  @available(*, unavailable, renamed: "clipped(to:)")
  public func clip(_ low: Double, _ high: Double) -> Self { fatalError() }
  @available(*, unavailable, renamed: "flipped(axes:)") public func flip(_ axes: Int...) -> Self { fatalError() }
  @available(*, unavailable, renamed: "flipped(axes:)") public func flip(_ axes: [Int]) -> Self { fatalError() }
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
  @available(*, unavailable, renamed: "variance(axes:unbiased:keepingDimensions:)")
  public func `var`() -> Self { fatalError() }
  @available(*, unavailable, message: "x.variance(unbiased: true).squareRoot() is PyTorch's, without unbiased NumPy's")
  public func std() -> Self { fatalError() }
  @available(
    *, unavailable, message: "x.variance(axis: 0, unbiased: true).squareRoot() is PyTorch's, without unbiased NumPy's"
  )
  public func std(_ axis: Int) -> Self { fatalError() }
  @available(
    *, unavailable, message: "x.variance(axis: 0, unbiased: true).squareRoot() is PyTorch's, without unbiased NumPy's"
  )
  public func std(axis: Int) -> Self { fatalError() }
  @available(*, unavailable, renamed: "sum(axis:keepingDimensions:)")
  public func sum(dim: Int, keepdim: Bool = false) -> Self { fatalError() }
  @available(*, unavailable, renamed: "mean(axis:keepingDimensions:)")
  public func mean(dim: Int, keepdim: Bool = false) -> Self { fatalError() }
  @available(*, unavailable, renamed: "max(axis:keepingDimensions:)")
  public func max(dim: Int, keepdim: Bool = false) -> Self { fatalError() }
  @available(*, unavailable, renamed: "min(axis:keepingDimensions:)")
  public func min(dim: Int, keepdim: Bool = false) -> Self { fatalError() }
  @available(*, unavailable, renamed: "argmax(axis:keepingDimensions:)")
  public func argmax(dim: Int, keepdim: Bool = false) -> Self { fatalError() }
  @available(*, unavailable, renamed: "argmin(axis:keepingDimensions:)")
  public func argmin(dim: Int, keepdim: Bool = false) -> Self { fatalError() }
  @available(*, unavailable, renamed: "softmax(axis:)") public func softmax(dim: Int) -> Self { fatalError() }
  @available(*, unavailable, renamed: "logSoftmax(axis:)") public func logSoftmax(dim: Int) -> Self { fatalError() }
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

/// Comparisons, which are of each element and give tensors of 1 and 0.
extension _NamedElsewhere {
  @available(*, unavailable, message: "a .< b, which gives 1 where it is true and 0 elsewhere")
  public static func < (a: Self, b: Self) -> Self { fatalError() }
  @available(*, unavailable, message: "a .< b, which gives 1 where it is true and 0 elsewhere")
  public static func < (a: Self, number: Double) -> Self { fatalError() }
  @available(*, unavailable, message: "a .<= b, which gives 1 where it is true and 0 elsewhere")
  public static func <= (a: Self, b: Self) -> Self { fatalError() }
  @available(*, unavailable, message: "a .<= b, which gives 1 where it is true and 0 elsewhere")
  public static func <= (a: Self, number: Double) -> Self { fatalError() }
  @available(*, unavailable, message: "a .> b, which gives 1 where it is true and 0 elsewhere")
  public static func > (a: Self, b: Self) -> Self { fatalError() }
  @available(*, unavailable, message: "a .> b, which gives 1 where it is true and 0 elsewhere")
  public static func > (a: Self, number: Double) -> Self { fatalError() }
  @available(*, unavailable, message: "a .>= b, which gives 1 where it is true and 0 elsewhere")
  public static func >= (a: Self, b: Self) -> Self { fatalError() }
  @available(*, unavailable, message: "a .>= b, which gives 1 where it is true and 0 elsewhere")
  public static func >= (a: Self, number: Double) -> Self { fatalError() }
  @available(*, unavailable, message: "a .== b, which gives 1 where it is true and 0 elsewhere")
  public static func == (a: Self, b: Self) -> Self { fatalError() }
  @available(*, unavailable, message: "a .== b, which gives 1 where it is true and 0 elsewhere")
  public static func == (a: Self, number: Double) -> Self { fatalError() }
}

/// What a tensor or a variable is.
extension _NamedElsewhere {
  @available(*, unavailable, message: "x.shape.count") public var rank: Int { fatalError() }
  @available(*, unavailable, message: "x.shape.count") public var ndim: Int { fatalError() }
  @available(*, unavailable, message: "x.shape.count") public func dim() -> Int { fatalError() }
  @available(*, unavailable, message: "x.shape[axis]") public func size(_ axis: Int) -> Int { fatalError() }
  @available(*, unavailable, message: "x.shape") public func size() -> [Int] { fatalError() }
  @available(*, unavailable, message: "x.count of a tensor, x.tensor.count of a variable")
  public func numel() -> Int { fatalError() }
  @available(*, unavailable, message: "x.element of a tensor, x.tensor.element of a variable")
  public var dtype: ElementType { fatalError() }
  @available(*, unavailable, message: "x.tensor.values of a variable, x.values of a tensor")
  public func tolist() -> [Double] { fatalError() }
  @available(*, unavailable, message: "gradients come from valueWithGradients(of: model) { model, tape in ... }")
  public var grad: Tensor { fatalError() }
}

extension Tensor {
  @available(*, unavailable, renamed: "converted(to:)")
  public func to(_ element: ElementType) -> Tensor { fatalError() }
  @available(*, unavailable, renamed: "converted(to:)")
  public func astype(_ element: ElementType) -> Tensor { fatalError() }
  @available(*, unavailable, message: "x.converted(to: .float64)") public func double() -> Tensor { fatalError() }
  @available(*, unavailable, message: "x.converted(to: .float32)") public func float() -> Tensor { fatalError() }
  @available(*, unavailable, message: "a tensor is a value: x itself") public func clone() -> Tensor { fatalError() }
  @available(*, unavailable, message: "a tensor is the value; x.values are its numbers")
  public var value: Tensor { fatalError() }
  @available(*, unavailable, renamed: "identity(_:element:)") public static func eye(_ size: Int) -> Tensor {
    fatalError()
  }
  @available(*, unavailable, message: "Tensor.normal(shape, key: RandomKey(seed: 0)), or tape.normal(shape) in a loss")
  public static func randn(_ shape: Int...) -> Tensor { fatalError() }
  @available(*, unavailable, message: "Tensor.normal(shape, key: RandomKey(seed: 0)), or tape.normal(shape) in a loss")
  public static func randn(_ shape: [Int]) -> Tensor { fatalError() }
  @available(
    *, unavailable, message: "Tensor.uniform(shape, key: RandomKey(seed: 0)), or tape.uniform(shape) in a loss"
  )
  public static func rand(_ shape: Int...) -> Tensor { fatalError() }
  @available(
    *, unavailable, message: "Tensor.uniform(shape, key: RandomKey(seed: 0)), or tape.uniform(shape) in a loss"
  )
  public static func rand(_ shape: [Int]) -> Tensor { fatalError() }
  @available(*, unavailable, message: "Tensor.zeros([2, 3])")
  public static func zeros(_ shape: Int...) -> Tensor { fatalError() }
  @available(*, unavailable, message: "Tensor.ones([2, 3])")
  public static func ones(_ shape: Int...) -> Tensor { fatalError() }
  @available(*, unavailable, message: "Tensor(zeros: x.shape)")
  public static func zerosLike(_ x: Tensor) -> Tensor { fatalError() }
  @available(*, unavailable, message: "Tensor(ones: x.shape)")
  public static func onesLike(_ x: Tensor) -> Tensor { fatalError() }
}

extension Variable {
  @available(*, unavailable, message: "tape.constant(x), or parameter.on(tape)")
  public init(_ x: Tensor) { fatalError() }
  @available(*, unavailable, renamed: "tensor") public var value: Tensor { fatalError() }
  @available(*, unavailable, renamed: "tensor") public var data: Tensor { fatalError() }
  @available(*, unavailable, message: "x.tensor.values") public var values: [Double] { fatalError() }
  @available(*, unavailable, message: "x.tensor.count") public var count: Int { fatalError() }
  @available(*, unavailable, message: "a tape computes in the element type of its operands: `element:` of each layer")
  public func to(_ element: ElementType) -> Variable { fatalError() }
}
