import LatentKernels

extension Variable {
  /// One half times the sigmoid of the other along an axis (Dauphin et al. 2017): [..., 2 C] -> [..., C].
  public func glu(axis: Int = -1) -> Variable {
    let axis = place(of: axis, "glu")
    require(shape[axis] % 2 == 0, of: [self], "glu: \(shape) has no two halves along axis \(axis)")
    let half = shape[axis] / 2
    let parts = split([half, half], axis: axis)
    return parts[0] * parts[1].sigmoid()
  }
}

/// The gated part of a Transformer's block: down(silu(gate(x)) up(x)), without biases (Shazeer 2020, "GLU variants improve Transformer").
public struct SwiGLU: Layer {
  /// [D, hidden], of what opens and closes the other product
  public var gate: Parameter
  /// [D, hidden], of the product that is let through
  public var up: Parameter
  /// [hidden, D], back to the size of x
  public var down: Parameter

  /// Glorot-uniform kernels.
  ///
  /// - Parameter size: D
  public init(size: Int, hiddenSize: Int, key: RandomKey, element: ElementType = .float32) {
    require(size > 0 && hiddenSize > 0, "SwiGLU: sizes \(size) and \(hiddenSize) must be positive")
    func kernel(_ name: String, _ shape: [Int]) -> Parameter {
      Parameter(Initializer.glorotUniform(shape: shape, key: key.child(name), element: element))
    }
    (gate, up) = (kernel("gate", [size, hiddenSize]), kernel("up", [size, hiddenSize]))
    down = kernel("down", [hiddenSize, size])
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("gate", &gate)
    visitor.visit("up", &up)
    visitor.visit("down", &down)
  }

  /// x [..., D] -> [..., D]
  public func callAsFunction(_ x: Variable) -> Variable {
    let (tape, size) = (x.tape, down.value.shape[1])
    require(x.shape.last == size, of: [x, gate.on(tape)], "SwiGLU: x \(x.shape) is not [..., \(size)]")
    let rows = x.reshaped(to: [x.shape.dropLast().reduce(1, *), size])
    let hidden = matmul(rows, gate.on(tape)).silu() * matmul(rows, up.on(tape))
    return matmul(hidden, down.on(tape)).reshaped(to: x.shape)
  }
}

/// x above 0, a learned slope times x below, one for each channel (He et al. 2015).
public struct PReLU: Layer {
  /// [C]
  public var slope: Parameter

  /// - Parameters:
  ///   - size: C
  ///   - slope: at first
  public init(size: Int, slope: Double = 0.25, element: ElementType = .float32) {
    require(size > 0, "PReLU: the size \(size) must be positive")
    self.slope = Parameter(Tensor(repeating: slope, shape: [size], element: element))
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("slope", &slope) }

  /// x [..., C] -> [..., C]
  public func callAsFunction(_ x: Variable) -> Variable {
    let slopes = slope.on(x.tape)
    require(
      x.shape.last == slopes.shape[0], of: [x, slopes],
      "PReLU: x \(x.shape) for \(slopes.shape)"
        + "; the last axis of x must be of that size")
    return x.relu() - slopes * (-x).relu()
  }
}
