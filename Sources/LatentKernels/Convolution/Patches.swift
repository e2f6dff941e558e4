/// What a convolution does at the edges of an image.
public enum Padding: String, Sendable, CaseIterable {
  /// The kernel stays inside the image.
  case valid
  /// Zeros around the image, so that strides of 1 keep its size; where their number is odd, the last side gets one more,
  /// as in TensorFlow.
  case same
}

/// Where a convolution's kernel lies on the images: the places at which it is applied, and the patch of pixels that it
/// sees at each of them.
///
///     same:   places = ceil(size / stride), pixels outside = max((places - 1) stride + kernel - size, 0), half of them
///             (rounded down) before the image
///     valid:  places = (size - kernel) / stride + 1, rounded down
///
/// Sources: TensorFlow's `tf.nn.convolution`; the matrix of patches is "im2col" (Chellapilla, Puri & Simard 2006),
/// which ``PatchProducts`` multiplies without making it.
public struct Patches: Equatable, Sendable {
  /// The image.
  public let height: Int, width: Int, channels: Int
  /// The kernel.
  public let kernelHeight: Int, kernelWidth: Int
  /// Pixels from one place to the next.
  public let strides: Strides
  /// Places of the kernel: how many rows and columns of them an image has.
  public let rows: Int, columns: Int
  /// Pixels outside of the image at the first place.
  package let top: Int, left: Int

  /// Pixels from one place of the kernel to the next.
  public struct Strides: Equatable, Sendable, ExpressibleByIntegerLiteral {
    /// Down and across.
    public let height: Int, width: Int

    public init(height: Int, width: Int) {
      require(height > 0 && width > 0, "strides: \(height) and \(width) must be positive")
      self.height = height
      self.width = width
    }

    /// The same down and across: `strides: 2`.
    public init(integerLiteral stride: Int) { self.init(height: stride, width: stride) }
  }

  /// - Precondition: sizes and strides are positive, and a valid kernel fits into the image.
  public init(
    height: Int, width: Int, channels: Int, kernelHeight: Int, kernelWidth: Int, strides: Strides, padding: Padding
  ) {
    require(
      [height, width, channels, kernelHeight, kernelWidth].allSatisfy { $0 > 0 }
        && (padding == .same || (height >= kernelHeight && width >= kernelWidth)),
      "convolution: a kernel of [\(kernelHeight), \(kernelWidth)] with \(padding) padding does not fit on an image of "
        + "[\(height), \(width), \(channels)]")
    func places(_ size: Int, _ kernel: Int, _ stride: Int) -> (count: Int, before: Int) {
      switch padding {
      case .valid: return ((size - kernel) / stride + 1, 0)
      case .same:
        let count = (size + stride - 1) / stride
        return (count, max((count - 1) * stride + kernel - size, 0) / 2)
      }
    }
    (self.height, self.width, self.channels) = (height, width, channels)
    (self.kernelHeight, self.kernelWidth, self.strides) = (kernelHeight, kernelWidth, strides)
    (rows, top) = places(height, kernelHeight, strides.height)
    (columns, left) = places(width, kernelWidth, strides.width)
  }

  /// Elements of one image.
  public var imageCount: Int { height * width * channels }
  /// Places of the kernel on one image: rows of the matrix of patches.
  public var placeCount: Int { rows * columns }
  /// Elements of one patch: columns of the matrix of patches.
  public var patchCount: Int { kernelHeight * kernelWidth * channels }
}
