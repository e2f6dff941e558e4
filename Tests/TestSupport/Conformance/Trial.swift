import Latent

/// A layer or a primitive at some sizes: what it reads, what it computes, and what it should.
public struct Trial: Sendable {
  /// The value by an implementation that shares nothing with the library's.
  public typealias Plain = @Sendable (Values) -> [PlainTensor]
  /// The gradient of sum(upstream * y) for every operand and parameter, by name.
  public typealias PlainGradient = @Sendable (_ values: Values, _ upstreams: [[Double]]) -> [String: [Double]]

  let operands: [Operand]
  let makeLayer: @Sendable (ElementType) -> any Module
  let call: @Sendable (any Module, Inputs) -> [Variable]
  let plain: Plain
  let plainGradient: PlainGradient?

  /// A primitive of several results.
  public init(
    _ operands: [Operand], calls call: @escaping @Sendable (Inputs) -> [Variable], plain: @escaping Plain,
    gradient: PlainGradient? = nil
  ) {
    self.operands = operands
    makeLayer = { _ in NoParameters() }
    self.call = { call($1) }
    self.plain = plain
    plainGradient = gradient
  }

  /// A primitive.
  public init(
    _ operands: [Operand], call: @escaping @Sendable (Inputs) -> Variable,
    plain: @escaping @Sendable (Values) -> PlainTensor,
    gradient: (@Sendable (_ values: Values, _ upstream: [Double]) -> [String: [Double]])? = nil
  ) {
    self.init(operands, calls: { [call($0)] }, plain: { [plain($0)] }, gradient: Trial.ofFirst(gradient))
  }

  /// A layer of several results, made with the same parameters whatever the batch.
  public init<L: Module>(
    _ operands: [Operand], layer: @escaping @Sendable (ElementType) -> L,
    calls call: @escaping @Sendable (L, Inputs) -> [Variable], plain: @escaping Plain, gradient: PlainGradient? = nil
  ) {
    self.operands = operands
    makeLayer = layer
    self.call = { layer, inputs in call(layer as! L, inputs) }
    self.plain = plain
    plainGradient = gradient
  }

  /// A layer.
  public init<L: Module>(
    _ operands: [Operand], layer: @escaping @Sendable (ElementType) -> L,
    call: @escaping @Sendable (L, Inputs) -> Variable, plain: @escaping @Sendable (Values) -> PlainTensor,
    gradient: (@Sendable (_ values: Values, _ upstream: [Double]) -> [String: [Double]])? = nil
  ) {
    self.init(
      operands, layer: layer, calls: { [call($0, $1)] }, plain: { [plain($0)] }, gradient: Trial.ofFirst(gradient))
  }

  private static func ofFirst(
    _ gradient: (@Sendable (_ values: Values, _ upstream: [Double]) -> [String: [Double]])?
  ) -> PlainGradient? {
    guard let gradient else { return nil }
    return { values, upstreams in gradient(values, upstreams[0]) }
  }

  /// Numbers for all operands, and for the layer's parameters and buffers, near those that it starts with.
  func values(seed: Int = 1) -> Values {
    var sample = SampleValues(seed: seed)
    var values = Values()
    for operand in operands { values.tensors[operand.name] = operand.sample(&sample) }
    let layer = makeLayer(.float64)
    for (path, tensor) in layer.parameters + layer.buffers {
      precondition(values.tensors[path] == nil, "an operand and a parameter are both called \(path)")
      // Upwards: variances stay positive.
      let near = tensor.values.map { Double(Float($0 + sample.number(0...0.4))) }
      values.tensors[path] = PlainTensor(near, tensor.shape)
    }
    return values
  }
}

/// What a case is called with: its operands as variables of a tape.
@dynamicMemberLookup
public struct Inputs {
  public let tape: Tape
  let variables: [String: Variable]

  public subscript(dynamicMember name: String) -> Variable {
    guard let variable = variables[name] else { fatalError("Inputs: no \(name) among \(variables.keys.sorted())") }
    return variable
  }

  /// An operand's tensor.
  public func tensor(_ name: String) -> Tensor { self[dynamicMember: name].tensor }

  /// An operand of whole numbers.
  public func numbers(_ name: String) -> [Int] { tensor(name).values.map { Int($0) } }
}

/// What stands in a layer's place where there is none.
struct NoParameters: Module {
  mutating func visit(_ visitor: inout ParameterVisitor) {}
}
