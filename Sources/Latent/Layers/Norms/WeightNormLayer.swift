import LatentKernels

/// A layer whose kernel is a direction and a length for each output (Salimans & Kingma 2016, "Weight normalization"): g v / |v|, v being the
/// weights of an output, and g its gain. As PyTorch's `parametrizations.weight_norm`.
///
///     let layer = WeightNorm(Conv1D(…))
public struct WeightNorm<Wrapped: KernelLayer>: Layer {
  /// Its kernel has the directions v, of any length.
  public var layer: Wrapped
  /// g, of the shape of the kernel's axes of outputs: [O], and [C, M] of a ``DepthwiseConv2D``
  public var gain: Parameter

  /// The gains are the lengths of the layer's own weights at first, so that it computes what it did.
  ///
  /// - Parameter layer: dense or a convolution
  public init(_ layer: Wrapped) {
    self.layer = layer
    let lengths = Self.lengths(Tape().constant(layer.kernel.value), of: layer).tensor
    gain = Parameter(lengths.reshaped(to: layer.outputAxes.map { layer.kernel.value.shape[$0] }))
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("layer", &layer)
    visitor.visit("gain", &gain)
  }

  /// What the layer makes of x with the kernel g v / |v|.
  public func callAsFunction(_ x: Variable) -> Variable {
    let kernel = layer.kernel.on(x.tape)
    let lengths = Self.lengths(kernel, of: layer)
    return layer(x, kernel: kernel * (gain.on(x.tape).reshaped(to: lengths.shape) / lengths))
  }

  /// |v| of each output, with 1 in the place of the other axes.
  private static func lengths(_ kernel: Variable, of layer: Wrapped) -> Variable {
    kernel.squared().sum(axes: layer.inputAxes, keepingDimensions: true).squareRoot()
  }
}
