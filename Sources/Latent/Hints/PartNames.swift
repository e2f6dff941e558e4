// What people show to a visitor and put on a tape before they know of parameters, and what to write instead.

extension ParameterVisitor {
  @available(
    *, unavailable,
    message:
      "a tensor that training changes is a Parameter, one that a layer keeps is a Buffer; a constant is not shown"
  )
  public mutating func visit(_ name: String, _ tensor: inout Tensor) { fatalError() }
  @available(
    *, unavailable,
    message: "tensors that training changes are Parameters, those that a layer keeps Buffers; constants are not shown"
  )
  public mutating func visit(_ name: String, _ tensors: inout [Tensor]) { fatalError() }
  @available(
    *, unavailable, message: "a number that training changes is a Parameter(Tensor(number)); another one is not shown"
  )
  public mutating func visit(_ name: String, _ number: inout Double) { fatalError() }
  @available(
    *, unavailable,
    message: "layers of different kinds are a Sequential(first, second), those of one kind an array: [Dense]"
  )
  public mutating func visit(_ name: String, _ layers: inout [any Layer]) { fatalError() }
  @available(
    *, unavailable,
    message: "parts of different kinds are properties, each with a name; those of one kind an array: [Dense]"
  )
  public mutating func visit(_ name: String, _ parts: inout [any Module]) { fatalError() }
  @available(*, unavailable, message: "a dictionary has no order: make it an array, or properties, each with a name")
  public mutating func visit<Part>(_ name: String, _ parts: inout [String: Part]) { fatalError() }
}

extension Tape {
  @available(
    *, unavailable,
    message: "tape.constant(x) of data; parameter.on(tape) of a Parameter; gradient(at: x) { ... } for a gradient at x"
  )
  public func variable(_ x: Tensor) -> Variable { fatalError() }
  @available(*, unavailable, message: "parameter.on(tape)")
  public func variable(_ parameter: Parameter) -> Variable { fatalError() }
  @available(*, unavailable, message: "parameter.on(tape)")
  public func parameter(_ parameter: Parameter) -> Variable { fatalError() }
  @available(*, unavailable, message: "tape.constant(x) of data; gradient(at: x) { ... } for a gradient at x")
  public func watch(_ x: Tensor) { fatalError() }
}

extension Parameter {
  @available(*, unavailable, renamed: "value") public var tensor: Tensor { fatalError() }
  @available(*, unavailable, renamed: "value") public var data: Tensor { fatalError() }
  @available(*, unavailable, message: "gradients come from valueWithGradients(of: model) { model, tape in ... }")
  public var grad: Tensor { fatalError() }
}
