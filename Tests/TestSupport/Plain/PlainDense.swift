extension Plain {
  /// A Dense layer: y = activation(x · kernel + bias), for each row of x.
  public struct Dense: Sendable {
    /// [D, H].
    public var kernel: [Double]
    /// [H].
    public var bias: [Double]
    public var activation: Activation

    /// D, the features of a row of the input.
    public var inputs: Int { kernel.count / bias.count }
    /// H, the features of a row of the output.
    public var outputs: Int { bias.count }

    public init(kernel: [Double], bias: [Double], activation: Activation = .linear) {
      precondition(!bias.isEmpty && kernel.count % bias.count == 0, "kernel and bias do not fit")
      self.kernel = kernel
      self.bias = bias
      self.activation = activation
    }

    /// The gradients of a number with respect to the input and the weights, in their shapes.
    public struct Gradients: Sendable {
      public var x: [Double]
      public var kernel: [Double]
      public var bias: [Double]
    }

    /// x · kernel + bias, before the activation: [rows, H] for x [rows, D].
    public func preactivation(_ x: [Double]) -> [Double] {
      let rows = x.count / inputs
      var z = Plain.product(x, kernel, rows: rows, inner: inputs, columns: outputs)
      for index in z.indices { z[index] += bias[index % outputs] }
      return z
    }

    /// The output [rows, H] for x [rows, D].
    public func forward(_ x: [Double]) -> [Double] { activation.values(preactivation(x), columns: outputs) }

    /// The gradients for x [rows, D], given those for the output, upstream [rows, H]:
    /// dz = upstream · activation'(z), dx = dz · kernelᵀ, dkernel = xᵀ · dz, dbias = the sum of dz over the rows.
    public func backward(_ x: [Double], upstream: [Double]) -> Gradients {
      let rows = x.count / inputs
      let dz = activation.gradient(preactivation(x), upstream: upstream, columns: outputs)
      let transposed = Plain.transpose(kernel, rows: inputs, columns: outputs)
      return Gradients(
        x: Plain.product(dz, transposed, rows: rows, inner: outputs, columns: inputs),
        kernel: Plain.product(
          Plain.transpose(x, rows: rows, columns: inputs), dz, rows: inputs, inner: rows, columns: outputs),
        bias: Plain.columnSums(dz, columns: outputs))
    }
  }
}
