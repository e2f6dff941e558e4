import Latent

/// A hidden layer seen as small images with many channels, two transposed convolutions that double their sizes, and a
/// third one down to an image's channels: the decoder of Keras's example of a convolutional variational auto-encoder
/// (Chollet 2020, "Variational AutoEncoder").
///
///     z [B, Z] -> [B, ceil(height / 4), ceil(width / 4), first] -> [B, ceil(height / 2), ceil(width / 2), first]
///     -> [B, height, width, second] -> [B, height, width, C] -> logits [B, height width C]
///
/// All but the last layer end with relu; kernels are 3x3.
public struct ConvolutionalDecoder: Decoder {
  /// [Z, ceil(height / 4) ceil(width / 4) first]
  public var hidden: Dense
  /// Doubles the size.
  public var first: Conv2DTranspose
  /// Doubles the size again.
  public var second: Conv2DTranspose
  /// To an image's channels.
  public var output: Conv2DTranspose
  /// Rows, columns and channels of an image.
  public let height: Int, width: Int, channels: Int

  private let smallest: Size2D

  /// - Parameters:
  ///   - latentSize: Z, or Z + C of a conditional model
  ///   - height: rows of an image
  ///   - width: columns of an image
  ///   - channels: C, 3 for colours
  ///   - filters: channels of the hidden layer's images and after the first transposed convolution, and after the second
  public init(
    latentSize: Int, height: Int, width: Int, channels: Int = 1, filters: (first: Int, second: Int) = (64, 32),
    key: RandomKey = RandomKey(seed: 1), element: ElementType = .float32
  ) {
    require(
      height > 0 && width > 0 && channels > 0,
      "ConvolutionalDecoder: images of [\(height), \(width), \(channels)] have no pixels")
    (self.height, self.width, self.channels) = (height, width, channels)
    /// The size of images that a stride, or two, make `height` and `width` of.
    func size(before stride: Int) -> Size2D {
      [(height + stride - 1) / stride, (width + stride - 1) / stride]
    }
    func transposed(
      _ name: String, _ channels: Int, _ filters: Int, stride: Int, to size: Size2D,
      _ activation: Activation
    ) -> Conv2DTranspose {
      Conv2DTranspose(
        inputChannels: channels, outputChannels: filters, kernelSize: 3,
        strides: Size2D(stride), padding: .same, outputSize: size, activation: activation,
        key: key.child(name), element: element)
    }
    smallest = size(before: 4)
    hidden = Dense(
      inputSize: latentSize, outputSize: smallest.height * smallest.width * filters.first, activation: .relu,
      key: key.child("hidden"), element: element)
    first = transposed("first", filters.first, filters.first, stride: 2, to: size(before: 2), .relu)
    second = transposed("second", filters.first, filters.second, stride: 2, to: [height, width], .relu)
    output = transposed("output", filters.second, channels, stride: 1, to: [height, width], .linear)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("hidden", &hidden)
    visitor.visit("first", &first)
    visitor.visit("second", &second)
    visitor.visit("output", &output)
  }

  /// z [B, Z] -> logits [B, height width C]
  public func callAsFunction(_ z: Variable) -> Variable {
    let small = hidden(z)
    let images = small.reshaped(
      to: [z.shape[0], smallest.height, smallest.width, first.kernel.value.shape[3]])
    return Flatten()(output(second(first(images))))
  }
}
