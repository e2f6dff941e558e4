/// A part of a model: a struct of parameters and other modules.
///
/// A module names what it holds, once, in a fixed order; that gives every parameter its path (`encoder.lstm.kernel`):
///
///     struct TwoLayers: Module {
///       var first: Dense, second: Dense
///       mutating func visit(_ visitor: inout ParameterVisitor) {
///         visitor.visit("first", &first)
///         visitor.visit("second", &second)
///       }
///     }
public protocol Module: Sendable {
  /// Shows every parameter, buffer and part to the visitor, in the same order each time.
  mutating func visit(_ visitor: inout ParameterVisitor)
}

/// Walks through a model's parameters and buffers and keeps track of their paths.
public struct ParameterVisitor {
  private var path = ""
  private let body: (String, inout Parameter) -> Void
  private let buffers: (String, inout Buffer) -> Void

  init(
    _ body: @escaping (String, inout Parameter) -> Void,
    buffers: @escaping (String, inout Buffer) -> Void = { _, _ in }
  ) {
    self.body = body
    self.buffers = buffers
  }

  /// Shows a parameter.
  public mutating func visit(_ name: String, _ parameter: inout Parameter) { body(path + name, &parameter) }

  /// Shows a parameter that a layer may lack, such as its bias.
  public mutating func visit(_ name: String, _ parameter: inout Parameter?) {
    if parameter != nil { visit(name, &parameter!) }
  }

  /// Shows a buffer.
  public mutating func visit(_ name: String, _ buffer: inout Buffer) { buffers(path + name, &buffer) }

  /// Shows a part, whose parameters' paths start with its name.
  public mutating func visit(_ name: String, _ part: inout some Module) {
    let outer = path
    path += name + "."
    part.visit(&self)
    path = outer
  }

  /// Shows parts of one kind, whose parameters' paths start with the name and their number: `layers.0.kernel`.
  public mutating func visit(_ name: String, _ parts: inout [some Module]) {
    for place in parts.indices { visit("\(name).\(place)", &parts[place]) }
  }

  /// Shows parameters: `scales.0`.
  public mutating func visit(_ name: String, _ parameters: inout [Parameter]) {
    for place in parameters.indices { visit("\(name).\(place)", &parameters[place]) }
  }

  /// Shows a part, where there is one.
  public mutating func visit(_ name: String, _ part: inout (some Module)?) {
    if part != nil { visit(name, &part!) }
  }
}

extension Module {
  /// Calls `body` with the path and each parameter, to read or write it.
  public mutating func updateParameters(_ body: (_ path: String, _ parameter: inout Parameter) -> Void) {
    withoutActuallyEscaping(body) { body in
      var visitor = ParameterVisitor(body)
      visit(&visitor)
    }
  }

  /// Every parameter's path and value, in order.
  public var parameters: [(path: String, value: Tensor)] {
    var result: [(String, Tensor)] = []
    var copy = self
    copy.updateParameters { result.append(($0, $1.value)) }
    return result
  }

  /// The number of the parameters' elements, of frozen ones too.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }
}
