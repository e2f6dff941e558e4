import LatentKernels

/// A layer whose kernel is divided by its largest singular value (Miyato et al. 2018, "Spectral normalization for generative adversarial
/// networks"), so that it changes no difference between inputs to more than its own size.
///
///     let critic = Sequential(SpectralNorm(Conv2D(…)), Flatten(), SpectralNorm(Dense(…)))
///
/// The singular value is v^T W u, W [inputs, outputs] being the kernel as a matrix. In training (``Pass/isTraining``) u and v come a power
/// iteration nearer to W's singular vectors, u = W^T v / |W^T v| and v = W u / |W u|, which are constants for the gradient; evaluation
/// takes them as they are. They are buffers, which change after the step. As PyTorch's `parametrizations.spectral_norm` and Keras's
/// `SpectralNormalization`.
public struct SpectralNorm<Wrapped: KernelLayer>: Layer {
  /// Its kernel is what is divided.
  public var layer: Wrapped
  /// u, [outputs], of length 1
  public var u: Buffer
  /// v, [inputs], of length 1
  public var v: Buffer
  /// Power iterations in each step.
  public let iterations: Int

  /// u is normal at first, and fifteen iterations nearer.
  ///
  /// - Parameters:
  ///   - layer: dense or a convolution
  ///   - iterations: power iterations in each step
  public init(_ layer: Wrapped, iterations: Int = 1, key: RandomKey = RandomKey(seed: 0)) {
    require(iterations > 0, "SpectralNorm: \(iterations) power iterations; at least one is needed")
    (self.layer, self.iterations) = (layer, iterations)
    let matrix = Self.matrix(Tape().constant(layer.kernel.value), of: layer).tensor
    let first = Initializer.normal(standardDeviation: 1)(
      shape: [matrix.shape[0]], key: key, element: matrix.element)
    let (left, right) = Self.iterated(matrix, first, count: 15)
    (u, v) = (Buffer(left), Buffer(right))
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("layer", &layer)
    visitor.visit("u", &u)
    visitor.visit("v", &v)
  }

  /// What the layer makes of x with its kernel over its largest singular value.
  public func callAsFunction(_ x: Variable) -> Variable {
    let tape = x.tape
    let kernel = layer.kernel.on(tape)
    let matrix = Self.matrix(kernel, of: layer)
    var (left, right) = (u.value, v.value)
    if tape.pass.isTraining && !u.isFrozen {
      (left, right) = Self.iterated(matrix.tensor, right, count: iterations)
      tape.set(u, to: left)
      tape.set(v, to: right)
    }
    let (rows, columns) = (right.reshaped(to: [right.count, 1]), left.reshaped(to: [1, left.count]))
    let value = (matrix * tape.constant(rows * columns)).sum()
    return layer(x, kernel: kernel / value)
  }

  /// The kernel as a matrix [inputs, outputs].
  private static func matrix(_ kernel: Variable, of layer: Wrapped) -> Variable {
    let (outputs, inputs) = (layer.outputAxes, layer.inputAxes)
    let ordered = inputs.last ?? -1 < outputs[0] ? kernel : kernel.transposed(inputs + outputs)
    let rows = inputs.reduce(1) { $0 * kernel.shape[$1] }
    return ordered.reshaped(to: [rows, kernel.tensor.count / rows])
  }

  private static func iterated(_ matrix: Tensor, _ v: Tensor, count: Int) -> (u: Tensor, v: Tensor) {
    func normalized(_ x: Tensor) -> Tensor {
      let length = (x * x).sum().scalar.squareRoot()
      return x.reshaped(to: [x.count]) / max(length, 1e-12)
    }
    var (u, v) = (v, v)
    for _ in 0..<count {
      u = normalized(matmul(v.reshaped(to: [1, v.count]), matrix))
      v = normalized(matmul(matrix, u.reshaped(to: [u.count, 1])))
    }
    return (u, v)
  }
}
