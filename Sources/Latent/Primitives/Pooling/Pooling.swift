import LatentKernels

/// The largest element of each channel under a window that moves over images, as in Keras: what lies outside does not count. The
/// gradient goes to where the largest is, to the first of several.
///
///     x [B, height, width, C]   result [B, places down, places across, C], see `Patches`
///
/// - Parameter strides: pixels from one place of the window to the next, a number for both directions, `2`, or one for
///   each, `[2, 1]`; the window's own size where left out
public func maxPool2D(
  _ x: Variable, size: Size2D, strides: Size2D? = nil, padding: Padding = .valid
) -> Variable {
  let pixels = Patches(pooling: x, size, strides, padding, "maxPool2D").pixels(x, outside: -.infinity)
  return pixels.dropFirst().reduce(pixels[0]) { .maximum($0, $1) }
}

/// The mean of each channel under a window that moves over images, as in Keras: what lies outside does not count.
///
///     x [B, height, width, C]   result [B, places down, places across, C], see `Patches`
///
/// - Parameter strides: pixels from one place of the window to the next, a number for both directions, `2`, or one for
///   each, `[2, 1]`; the window's own size where left out
public func averagePool2D(
  _ x: Variable, size: Size2D, strides: Size2D? = nil, padding: Padding = .valid
) -> Variable {
  let patches = Patches(pooling: x, size, strides, padding, "averagePool2D")
  func sum(_ x: Variable) -> Variable {
    let pixels = patches.pixels(x, outside: 0)
    return pixels.dropFirst().reduce(pixels[0]) { $0 + $1 }
  }
  if padding == .valid { return sum(x) / Double(size.height * size.width) }
  let ones = Tensor(repeating: 1, shape: [1] + x.shape.dropFirst(), element: x.element)
  return sum(x) / sum(x.tape.constant(ones))
}

extension Patches {
  fileprivate init(
    pooling x: Variable, _ size: Size2D, _ strides: Size2D?, _ padding: Padding, _ name: String
  ) {
    require(x.shape.count == 4, of: [x], "\(name): \(x.shape) is not [B, height, width, C]")
    require(
      size.isPositive
        && (padding != .valid || (size.height <= x.shape[1] && size.width <= x.shape[2])), of: [x],
      "\(name): a window of \(size) on images \(x.shape)"
        + "; it must be positive and, with valid padding, no larger than they are")
    let (down, across) = padding.given
    require(
      max(down.before, down.after) < size.height && max(across.before, across.after) < size.width, of: [x],
      "\(name): a window of \(size) may lie outside of images \(x.shape), with padding \(padding)"
    )
    self.init(
      height: x.shape[1], width: x.shape[2], channels: x.shape[3], kernelHeight: size.height, kernelWidth: size.width,
      strides: strides ?? size, padding: padding)
  }
}

extension Variable {
  /// Images with each pixel repeated `factor.height` times down and `factor.width` times across (nearest neighbour).
  ///
  ///     self [B, height, width, C]   result [B, height factor.height, width factor.width, C]
  public func upsampled(_ factor: Size2D) -> Variable {
    require(
      shape.count == 4 && factor.isPositive, of: [self],
      "upsampled: \(shape) by \(factor.height) and \(factor.width); [B, height, width, C] and positive factors are needed"
    )
    let pixels = reshaped(to: [shape[0], shape[1], 1, shape[2], 1, shape[3]])
    return pixels.broadcast(to: [shape[0], shape[1], factor.height, shape[2], factor.width, shape[3]]).reshaped(
      to: [shape[0], shape[1] * factor.height, shape[2] * factor.width, shape[3]])
  }
}
