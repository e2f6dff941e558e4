import LatentKernels

/// A three-dimensional convolution, as in Keras: activation(x * kernel + bias) with volumes [B, depth, height, width, C], such as
/// scans or the frames of a film.
///
/// The slices that a place sees become the channels of one image, on which it is a ``Conv2D``: as many copies of the volumes are made as
/// the kernel is deep.
public struct Conv3D: Layer {
  /// [kernel depth, kernel height, kernel width, C, O]
  public var kernel: Parameter
  /// [O]; nil where there is none
  public var bias: Parameter?
  /// Voxels from one place of the kernel to the next.
  public let strides: Size3D
  /// What happens at the faces.
  public let padding: Padding
  /// Voxels from one of the kernel's to the next.
  public let dilation: Size3D
  /// Applied at the end.
  public let activation: Activation

  /// Glorot-uniform kernel and zero bias, as in Keras, where no initializer is given.
  ///
  /// - Parameters:
  ///   - inputChannels: C
  ///   - outputChannels: O
  ///   - kernelSize: voxels of the kernel
  ///   - strides: voxels from one place of the kernel to the next
  ///   - padding: what happens at the faces; explicit zeros at the top and the bottom are as many at the first and the last slice
  ///   - dilation: voxels from one of the kernel's to the next
  ///   - hasBias: whether a bias is learned
  ///   - initializer: how the kernel starts; the bias is 0 but for ``Initializer/torchUniform``
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Size3D,
    strides: Size3D = 1, padding: Padding = .valid,
    dilation: Size3D = 1, activation: Activation = .linear,
    hasBias: Bool = true, initializer: Initializer = .glorotUniform, key: RandomKey, element: ElementType = .float32
  ) {
    let shape = [kernelSize.depth, kernelSize.height, kernelSize.width, inputChannels, outputChannels]
    require(
      shape.allSatisfy { $0 > 0 } && strides.isPositive && dilation.isPositive,
      "Conv3D: the kernel's sizes \(shape), strides \(strides), dilation \(dilation) must be positive")
    (kernel, bias) = initializer.layer(
      kernel: shape, bias: hasBias ? outputChannels : nil, key: key, element: element)
    (self.strides, self.padding, self.dilation, self.activation) = (strides, padding, dilation, activation)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("kernel", &kernel)
    visitor.visit("bias", &bias)
  }

  /// x [B, depth, height, width, C] -> [B, places in depth, down, across, O]
  public func callAsFunction(_ x: Variable) -> Variable { self(x, kernel: kernel.on(x.tape)) }

  /// The same with another kernel of the same shape.
  public func callAsFunction(_ x: Variable, kernel weights: Variable) -> Variable {
    let size = weights.shape
    require(
      x.shape.count == 5 && x.shape[0] > 0 && x.shape[4] == size[3], of: [x, weights],
      "Conv3D: x \(x.shape), kernel \(size) do not fit [B, depth, height, width, C], "
        + "[kernel depth, kernel height, kernel width, C, O] with B > 0")
    let covered = (size[0] - 1) * dilation.depth + 1
    let zeros = padding.zeros(x.shape[1], kernel: covered, stride: strides.depth, explicit: padding.given.down)
    let padded = x.padded(zeros.before, zeros.after, axis: 1)
    require(
      padded.shape[1] >= covered, of: [x, weights],
      "Conv3D: a kernel that covers \(covered) slices with \(padding) padding does not fit on \(x.shape)")
    let places = (padded.shape[1] - covered) / strides.depth + 1
    let shape = [x.shape[0], places] + x.shape[2...]
    var steps = Shape.strides(padded.shape)
    let slice = steps[1]
    steps[1] *= strides.depth
    let slices = (0..<size[0]).map {
      padded.moved("sliced", to: shape, strides: steps, start: $0 * dilation.depth * slice)
    }
    let images = Variable.concatenated(slices, axis: 4).reshaped(
      to: [x.shape[0] * places, shape[2], shape[3], size[0] * size[3]])
    let kernel = weights.transposed([1, 2, 0, 3, 4]).reshaped(to: [size[1], size[2], size[0] * size[3], size[4]])
    let y = conv2D(
      images, kernel: kernel, bias: bias.on(x.tape, zeros: [size[4]], weights.element),
      strides: .init(height: strides.height, width: strides.width), padding: padding,
      dilation: [dilation.height, dilation.width], activation: activation)
    return y.reshaped(to: [x.shape[0], places] + y.shape[1...])
  }
}
