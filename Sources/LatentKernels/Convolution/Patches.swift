/// What a convolution does at the edges of an image. A number is that many zeros at all sides.
public enum Padding: Equatable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
  /// The kernel stays inside the image.
  case valid
  /// Zeros around the image, so that strides of 1 keep its size; where their number is odd, the last side gets one more,
  /// as in TensorFlow.
  case same
  /// So many rows and columns of zeros around the image.
  case explicit(top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0)

  /// As many zeros at all sides.
  public static func explicit(_ size: Int) -> Padding { .explicit(top: size, left: size, bottom: size, right: size) }

  /// As many zeros at all sides.
  public init(integerLiteral size: Int) { self = .explicit(size) }

  /// The case's name, or the zeros at the top, left, bottom and right.
  public var description: String {
    switch self {
    case .valid: "valid"
    case .same: "same"
    case .explicit(let top, let left, let bottom, let right): "[\(top), \(left), \(bottom), \(right)]"
    }
  }

  /// The zeros before and after an axis of this size, where places of the kernel reach beyond it.
  ///
  /// - Parameter explicit: those that are given, of this axis
  package func zeros(
    _ size: Int, kernel: Int, stride: Int, explicit: (before: Int, after: Int)
  ) -> (before: Int, after: Int) {
    switch self {
    case .valid: return (0, 0)
    case .explicit: return explicit
    case .same:
      let all = max(((size + stride - 1) / stride - 1) * stride + kernel - size, 0)
      return (all / 2, all - all / 2)
    }
  }

  /// Those that are given down, and across.
  package var given: (down: (before: Int, after: Int), across: (before: Int, after: Int)) {
    guard case .explicit(let top, let left, let bottom, let right) = self else { return ((0, 0), (0, 0)) }
    return ((top, bottom), (left, right))
  }
}

/// Where a convolution's kernel lies on the images: the places at which it is applied, and the patch of pixels that it
/// sees at each of them.
///
///     same:   places = ceil(size / stride), pixels outside = max((places - 1) stride + kernel - size, 0), half of them
///             (rounded down) before the image
///     valid:  places = (size - kernel) / stride + 1, rounded down; with explicit zeros they count as the image does
///
/// Sources: TensorFlow's `tf.nn.convolution`; the matrix of patches is "im2col" (Chellapilla, Puri & Simard 2006),
/// which ``PatchProducts`` multiplies without making it.
public struct Patches: Equatable, Sendable {
  /// The image.
  public let height: Int, width: Int, channels: Int
  /// The kernel.
  public let kernelHeight: Int, kernelWidth: Int
  /// Pixels from one place to the next.
  public let strides: Size2D
  /// Places of the kernel: how many rows and columns of them an image has.
  public let rows: Int, columns: Int
  /// Pixels outside of the image at the first place.
  package let top: Int, left: Int

  /// - Precondition: sizes and strides are positive, and a valid kernel fits into the image, with the zeros where these are explicit.
  public init(
    height: Int, width: Int, channels: Int, kernelHeight: Int, kernelWidth: Int, strides: Size2D, padding: Padding
  ) {
    require(strides.isPositive, "convolution: strides \(strides) must be positive")
    let vertical = padding.zeros(height, kernel: kernelHeight, stride: strides.height, explicit: padding.given.down)
    let horizontal = padding.zeros(width, kernel: kernelWidth, stride: strides.width, explicit: padding.given.across)
    let (tall, wide) = (height + vertical.before + vertical.after, width + horizontal.before + horizontal.after)
    require(
      [height, width, channels, kernelHeight, kernelWidth].allSatisfy { $0 > 0 }
        && [vertical, horizontal].allSatisfy { $0.before >= 0 && $0.after >= 0 } && tall >= kernelHeight
        && wide >= kernelWidth,
      "convolution: a kernel of [\(kernelHeight), \(kernelWidth)] with \(padding) padding does not fit on an image of "
        + "[\(height), \(width), \(channels)]")
    (self.height, self.width, self.channels) = (height, width, channels)
    (self.kernelHeight, self.kernelWidth, self.strides) = (kernelHeight, kernelWidth, strides)
    (rows, top) = ((tall - kernelHeight) / strides.height + 1, vertical.before)
    (columns, left) = ((wide - kernelWidth) / strides.width + 1, horizontal.before)
  }

  /// Elements of one image.
  public var imageCount: Int { height * width * channels }
  /// Places of the kernel on one image: rows of the matrix of patches.
  public var placeCount: Int { rows * columns }
  /// Elements of one patch: columns of the matrix of patches.
  public var patchCount: Int { kernelHeight * kernelWidth * channels }
}
