import LatentKernels

/// Convolutions with pixels between those of the kernel, and of groups of channels, made of ordinary ones.
struct ConvolutionForm {
  let strides: Size2D
  let padding: Padding
  let dilation: Size2D
  let groups: Int

  /// activation(x * kernel + bias) of x [B, height, width, C], a kernel [kernel height, kernel width, C / groups, O], a bias [O].
  func convolved(_ x: Variable, _ kernel: Variable, _ bias: Variable, _ activation: Activation) -> Variable {
    let inputs = [x, kernel, bias]
    require(
      dilation.isPositive && strides.isPositive, of: inputs,
      "conv2D: dilation \(dilation) and strides \(strides) must be positive")
    require(
      x.shape.count == 4 && x.shape[0] > 0 && kernel.shape.count == 4 && groups > 0
        && x.shape[3] == kernel.shape[2] * groups && kernel.shape[3] % groups == 0 && bias.shape == [kernel.shape[3]],
      of: inputs,
      "conv2D: x \(x.shape), kernel \(kernel.shape), bias \(bias.shape) do not fit [B, height, width, C], "
        + "[kernel height, kernel width, C / \(groups), O], [O] with B > 0 and O a multiple of \(groups)")
    if dilation == 1 { return grouped(x, kernel, bias, strides, padding, activation) }
    let (down, across) = zeros(x, kernel)
    let padded = x.padded(down.before, down.after, axis: 1).padded(across.before, across.after, axis: 2)
    let covered = [(kernel.shape[0] - 1) * dilation.height + 1, (kernel.shape[1] - 1) * dilation.width + 1]
    require(
      padded.shape[1] >= covered[0] && padded.shape[2] >= covered[1], of: inputs,
      "conv2D: a kernel that covers \(covered) with \(padding) padding does not fit on images \(x.shape)")
    if strides == 1 {
      return inParts(padded) { grouped($0, kernel, bias, strides, .valid, activation) }
        .sliced(0..<padded.shape[1] - covered[0] + 1, axis: 1).sliced(0..<padded.shape[2] - covered[1] + 1, axis: 2)
    }
    return grouped(padded, spaced(kernel, covered), bias, strides, .valid, activation)
  }

  /// Zeros above and below, left and right of images.
  private func zeros(
    _ x: Variable, _ kernel: Variable
  ) -> (down: (before: Int, after: Int), across: (before: Int, after: Int)) {
    (
      padding.zeros(
        x.shape[1], kernel: (kernel.shape[0] - 1) * dilation.height + 1, stride: strides.height,
        explicit: padding.given.down),
      padding.zeros(
        x.shape[2], kernel: (kernel.shape[1] - 1) * dilation.width + 1, stride: strides.width,
        explicit: padding.given.across)
    )
  }

  /// A function of images that are every so many pixels of x, one after the other along the batch, with its results put together
  /// again (TensorFlow's `space_to_batch`).
  private func inParts(_ x: Variable, _ function: (Variable) -> Variable) -> Variable {
    let (down, across, batch) = (dilation.height, dilation.width, x.shape[0])
    let rows = (x.shape[1] + down - 1) / down
    let columns = (x.shape[2] + across - 1) / across
    let whole = x.padded(0, rows * down - x.shape[1], axis: 1).padded(0, columns * across - x.shape[2], axis: 2)
    let parts = whole.reshaped(to: [batch, rows, down, columns, across, x.shape[3]]).transposed([2, 4, 0, 1, 3, 5])
    let y = function(parts.reshaped(to: [down * across * batch, rows, columns, x.shape[3]]))
    let (height, width, outputs) = (y.shape[1], y.shape[2], y.shape[3])
    return y.reshaped(to: [down, across, batch, height, width, outputs]).transposed([2, 3, 0, 4, 1, 5]).reshaped(
      to: [batch, height * down, width * across, outputs])
  }

  /// The kernel with zeros between its pixels.
  private func spaced(_ kernel: Variable, _ covered: [Int]) -> Variable {
    let shape = covered + kernel.shape[2...]
    let own = Shape.strides(shape)
    return kernel.placed(
      "spaced", in: shape, strides: [own[0] * dilation.height, own[1] * dilation.width, own[2], own[3]], start: 0)
  }

  private func grouped(
    _ x: Variable, _ kernel: Variable, _ bias: Variable, _ strides: Size2D, _ padding: Padding,
    _ activation: Activation
  ) -> Variable {
    if groups == 1 {
      return conv2D(x, kernel: kernel, bias: bias, strides: strides, padding: padding, activation: activation)
    }
    if kernel.shape[2] == 1 {
      return (depthwise(x, kernel, strides, padding) + bias).activated(by: activation)
    }
    func parts(_ x: Variable, _ axis: Int) -> [Variable] {
      x.split(Array(repeating: x.shape[axis] / groups, count: groups), axis: axis)
    }
    let (images, kernels, biases) = (parts(x, 3), parts(kernel, 3), parts(bias, 0))
    let results = (0..<groups).map {
      conv2D(images[$0], kernel: kernels[$0], bias: biases[$0], strides: strides, padding: padding)
    }
    return Variable.concatenated(results, axis: 3).activated(by: activation)
  }

  /// Each channel by itself: what lies under each pixel of the kernel [kernel height, kernel width, 1, C M] times it, all added.
  private func depthwise(
    _ x: Variable, _ kernel: Variable, _ strides: Size2D, _ padding: Padding
  ) -> Variable {
    let (channels, outputs, count) = (x.shape[3], kernel.shape[3], kernel.shape[0] * kernel.shape[1])
    let patches = Patches(
      height: x.shape[1], width: x.shape[2], channels: channels, kernelHeight: kernel.shape[0],
      kernelWidth: kernel.shape[1], strides: strides, padding: padding)
    let factors = kernel.reshaped(to: [count, channels, outputs / channels]).split(Array(repeating: 1, count: count))
    let terms = zip(patches.pixels(x, outside: 0), factors).map { pixels, factor in
      outputs == channels ? pixels * factor.reshaped(to: [channels]) : pixels.expanded(at: 4) * factor
    }
    let sum = terms.dropFirst().reduce(terms[0]) { $0 + $1 }
    return outputs == channels ? sum : sum.reshaped(to: [x.shape[0], patches.rows, patches.columns, outputs])
  }
}
