import LatentKernels

/// The value of a function and its gradient at a tensor, with any layers inside, whose parameters are constants:
///
///     let (score, saliency) = valueWithGradient(at: image) { image in model(image).sum() }
///
/// - Parameters:
///   - point: the argument, of any shape
///   - pass: whether the layers train; they evaluate by default
///   - function: computes a variable of one element; `$0.tape.constant(_:)` brings other tensors
/// - Returns: the gradient in the argument's shape
public func valueWithGradient(
  at point: Tensor, pass: Pass = Pass(), _ function: (Variable) -> Variable
) -> (value: Double, gradient: Tensor) {
  let (value, gradients) = valueWithGradient(at: [point], pass: pass) { function($0[0]) }
  return (value, gradients[0])
}

/// The value of a function of two tensors and its gradients.
public func valueWithGradient(
  at first: Tensor, _ second: Tensor, pass: Pass = Pass(), _ function: (Variable, Variable) -> Variable
) -> (value: Double, gradients: (Tensor, Tensor)) {
  let (value, gradients) = valueWithGradient(at: [first, second], pass: pass) { function($0[0], $0[1]) }
  return (value, (gradients[0], gradients[1]))
}

/// The value of a function of any number of tensors and its gradients.
///
///     let (value, slopes) = valueWithGradient(at: [x, y]) { ($0[0] * $0[1]).sum() }
///
/// - Parameters:
///   - points: the arguments, of one element type
///   - workspace: memory to use over and over
///   - pass: whether the layers train; they evaluate by default
///   - function: computes a variable of one element
/// - Returns: the gradients in the arguments' shapes
public func valueWithGradient(
  at points: [Tensor], workspace: Workspace? = nil, pass: Pass = Pass(), _ function: ([Variable]) -> Variable
) -> (value: Double, gradients: [Tensor]) {
  require(!points.isEmpty, "valueWithGradient: no argument to find a gradient for")
  require(
    points.allSatisfy { $0.element == points[0].element },
    "valueWithGradient: arguments of several element types, \(points.map(\.element)); all must be of one")
  let arguments = Arguments(points)
  let (value, gradients) = arguments.open {
    valueWithGradients(of: arguments, workspace: workspace, pass: pass) { arguments, tape in
      function(arguments.points.map { $0.on(tape) })
    }
  }
  return (value, zip(points, gradients.layout.slots).map { Tensor(gradients.flat[$1.range], shape: $0.shape) })
}

/// The gradient of a function of one tensor, with any layers inside, whose parameters are constants.
///
///     let slope = gradient(at: x) { ($0 * $0).sum() }     // 2x
///     let saliency = gradient(at: image) { model($0).sum() }
///
/// - Parameters:
///   - point: the argument, of any shape
///   - pass: whether the layers train; they evaluate by default
///   - function: computes a variable of one element
/// - Returns: the gradient in the argument's shape
public func gradient(at point: Tensor, pass: Pass = Pass(), _ function: (Variable) -> Variable) -> Tensor {
  valueWithGradient(at: point, pass: pass, function).gradient
}

/// The gradients of a function of two tensors.
public func gradient(
  at first: Tensor, _ second: Tensor, pass: Pass = Pass(), _ function: (Variable, Variable) -> Variable
) -> (Tensor, Tensor) {
  valueWithGradient(at: first, second, pass: pass, function).gradients
}

/// Tensors as a module.
private struct Arguments: Module {
  var points: [Parameter]
  /// Where the arguments of the gradients are in memory that are being found now, around this one.
  @TaskLocal private static var places: Set<Int> = []

  /// Calls `body`, in which no gradient is to be found at these points: it would be a constant to the gradient around it, whose own
  /// part in that would be missing without a word.
  func open<R>(_ body: () -> R) -> R {
    let own = points.map(\.value).filter { $0.count > 0 }.map(\.storage.place)
    require(
      Self.places.isDisjoint(with: own),
      "gradient(at:): the tensor is the value of a variable at which another gradient is being found; take the gradient at the "
        + "variable, which can be differentiated again, or at its detached() where it is to be a constant")
    return Self.$places.withValue(Self.places.union(own)) { body() }
  }

  init(_ points: [Tensor]) { self.points = points.map { Parameter($0) } }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    for index in points.indices { visitor.visit("\(index)", &points[index]) }
  }
}
