import LatentKernels

/// A layer with one kernel, which can be computed with another in its place: what ``SpectralNorm`` and ``WeightNorm`` go around.
public protocol KernelLayer: Layer {
  /// The weights that multiply what it reads.
  var kernel: Parameter { get set }
  /// The axes of the kernel whose entries make one output each.
  var outputAxes: [Int] { get }
  /// The layer's output for x with this kernel, of the shape of its own.
  func callAsFunction(_ x: Variable, kernel: Variable) -> Variable
}

extension Dense: KernelLayer {
  public var outputAxes: [Int] { [1] }
}

extension Conv1D: KernelLayer {
  public var outputAxes: [Int] { [2] }
}

extension Conv2D: KernelLayer {
  public var outputAxes: [Int] { [3] }
}

extension Conv2DTranspose: KernelLayer {
  public var outputAxes: [Int] { [2] }
}

extension DepthwiseConv2D: KernelLayer {
  public var outputAxes: [Int] { [2, 3] }
}

extension Conv3D: KernelLayer {
  public var outputAxes: [Int] { [4] }
}

extension KernelLayer {
  /// The axes that are summed over for an output.
  var inputAxes: [Int] { kernel.value.shape.indices.filter { !outputAxes.contains($0) } }
}
