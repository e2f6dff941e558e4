extension Plain {
  /// Layers one after the other: what the encoders and decoders without a recurrence are made of.
  public struct Chain: Sendable {
    /// A layer with its weights; all arrays are flat.
    public enum Layer: Sendable {
      case dense(Dense)
      case convolution(Convolution, kernel: [Double], bias: [Double], Activation)

      var activation: Activation {
        switch self {
        case .dense(let dense): dense.activation
        case .convolution(_, _, _, let activation): activation
        }
      }

      func preactivation(_ x: [Double]) -> [Double] {
        switch self {
        case .dense(let dense): dense.preactivation(x)
        case .convolution(let convolution, let kernel, let bias, _):
          convolution.preactivation(x, kernel: kernel, bias: bias)
        }
      }

      func backward(_ x: [Double], upstream: [Double]) -> (x: [Double], kernel: [Double], bias: [Double]) {
        switch self {
        case .dense(let dense):
          let gradients = dense.backward(x, upstream: upstream)
          return (gradients.x, gradients.kernel, gradients.bias)
        case .convolution(let convolution, let kernel, _, let activation):
          let dz = zip(upstream, preactivation(x)).map { $0 * activation.derivative($1) }
          return convolution.backward(x, kernel: kernel, upstream: dz)
        }
      }
    }

    public let layers: [Layer]

    public init(_ layers: [Layer]) { self.layers = layers }

    /// Each layer's output, the last one's last.
    public func outputs(_ x: [Double]) -> [[Double]] {
      var outputs: [[Double]] = []
      for layer in layers { outputs.append(layer.preactivation(outputs.last ?? x).map(layer.activation.value)) }
      return outputs
    }

    /// The smallest distance of a relu layer's input from relu's corner.
    public func distanceFromCorners(_ x: [Double]) -> Double {
      zip(layers, [x] + outputs(x)).flatMap { layer, input in
        layer.activation == .relu ? layer.preactivation(input).map { abs($0) } : []
      }.min() ?? .infinity
    }

    /// The gradients for x and for each layer's kernel and bias, given those for the last output.
    public func backward(_ x: [Double], upstream: [Double]) -> (
      x: [Double], layers: [(kernel: [Double], bias: [Double])]
    ) {
      var (upstream, gradients) = (upstream, [(kernel: [Double], bias: [Double])]())
      for (layer, input) in zip(layers, [x] + outputs(x)).reversed() {
        let (dx, kernel, bias) = layer.backward(input, upstream: upstream)
        gradients.insert((kernel, bias), at: 0)
        upstream = dx
      }
      return (upstream, gradients)
    }
  }
}
