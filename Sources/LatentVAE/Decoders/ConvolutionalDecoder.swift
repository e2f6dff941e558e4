import Latent

/// A hidden layer seen as small images with many channels, two transposed convolutions that double their sizes, and a
/// third one down to a single channel: the decoder of Keras's example of a convolutional variational auto-encoder
/// (Chollet 2020, "Variational AutoEncoder").
///
///     z [B, Z] -> [B, height / 4, width / 4, first] -> [B, height / 2, width / 2, first] -> [B, height, width, second]
///     -> [B, height, width, 1] -> logits [B, height width]
///
/// All but the last layer end with relu; kernels are 3x3.
public struct ConvolutionalDecoder: Decoder {
  /// [Z, height / 4 width / 4 first]
  public var hidden: Dense
  /// Doubles the size.
  public var first: Conv2DTranspose
  /// Doubles the size again.
  public var second: Conv2DTranspose
  /// To a single channel.
  public var output: Conv2DTranspose
  /// Rows and columns of an image.
  public let height: Int, width: Int

  /// - Parameters:
  ///   - latentSize: Z, or Z + C of a conditional model
  ///   - height: rows of an image, a multiple of 4
  ///   - width: columns of an image, a multiple of 4
  ///   - filters: channels of the hidden layer's images and after the first transposed convolution, and after the second
  public init(
    latentSize: Int, height: Int, width: Int, filters: (first: Int, second: Int) = (64, 32),
    key: RandomKey = RandomKey(seed: 1), element: ElementType = .float32
  ) {
    require(
      height > 0 && width > 0 && height % 4 == 0 && width % 4 == 0,
      "ConvolutionalDecoder: images of [\(height), \(width)]; two strides of 2 make heights and widths that are "
        + "multiples of 4")
    (self.height, self.width) = (height, width)
    func transposed(
      _ name: String, _ channels: Int, _ filters: Int, stride: Int, _ activation: Activation
    ) -> Conv2DTranspose {
      Conv2DTranspose(
        inputChannels: channels, outputChannels: filters, kernelSize: (3, 3),
        strides: .init(height: stride, width: stride), padding: .same, activation: activation, key: key.child(name),
        element: element)
    }
    hidden = Dense(
      inputSize: latentSize, outputSize: height / 4 * (width / 4) * filters.first, activation: .relu,
      key: key.child("hidden"), element: element)
    first = transposed("first", filters.first, filters.first, stride: 2, .relu)
    second = transposed("second", filters.first, filters.second, stride: 2, .relu)
    output = transposed("output", filters.second, 1, stride: 1, .linear)
  }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("hidden", &hidden)
    visitor.visit("first", &first)
    visitor.visit("second", &second)
    visitor.visit("output", &output)
  }

  /// z [B, Z] -> logits [B, height width]
  public func callAsFunction(_ z: Variable) -> Variable {
    let small = hidden(z)
    let images = small.reshaped(to: [z.shape[0], height / 4, width / 4, first.kernel.value.shape[3]])
    return Flatten()(output(second(first(images))))
  }
}
