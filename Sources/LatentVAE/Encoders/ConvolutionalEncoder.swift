import Latent

/// Two convolutions with strides of 2, a hidden layer, and from it mean and log-variance: the encoder of Keras's example
/// of a convolutional variational auto-encoder (Chollet 2020, "Variational AutoEncoder").
///
///     x [B, height, width C] -> [B, ceil(height / 2), ceil(width / 2), first] -> [B, height', width', second]
///     -> [B, height' width' second] -> [B, H] -> mean and log-variance [B, Z]
///     height' = ceil(height / 4), width' = ceil(width / 4)
///
/// All but the last layers end with relu; kernels are 3x3, with zeros around the images.
public struct ConvolutionalEncoder: Encoder {
  /// Halves the size.
  public var first: Conv2D
  /// Halves the size again.
  public var second: Conv2D
  /// [height' width' second, H]
  public var hidden: Dense
  /// From H to mean and log-variance.
  public var heads: GaussianHeads
  /// Rows, columns and channels of an image.
  public let height: Int, width: Int, channels: Int

  /// - Parameters:
  ///   - height: rows of an image
  ///   - width: columns of an image
  ///   - channels: C, 3 for colours
  ///   - filters: channels after the first and the second convolution
  ///   - hiddenSize: H, units between the convolutions and the latent space
  ///   - latentSize: Z
  ///   - conditionSize: C, 0 for none
  public init(
    height: Int, width: Int, channels: Int = 1, filters: (first: Int, second: Int) = (32, 64), hiddenSize: Int = 16,
    latentSize: Int, conditionSize: Int = 0, key: RandomKey = RandomKey(seed: 0), element: ElementType = .float32
  ) {
    require(
      height > 0 && width > 0 && channels > 0,
      "ConvolutionalEncoder: images of [\(height), \(width), \(channels)] have no pixels")
    (self.height, self.width, self.channels) = (height, width, channels)
    func convolution(_ name: String, _ channels: Int, _ filters: Int) -> Conv2D {
      Conv2D(
        inputChannels: channels, outputChannels: filters, kernelSize: 3, strides: 2,
        padding: .same, activation: .relu, key: key.child(name), element: element)
    }
    first = convolution("first", channels, filters.first)
    second = convolution("second", filters.first, filters.second)
    hidden = Dense(
      inputSize: (height + 3) / 4 * ((width + 3) / 4) * filters.second, outputSize: hiddenSize, activation: .relu,
      key: key.child("hidden"), element: element)
    heads = GaussianHeads(
      inputSize: hiddenSize, conditionSize: conditionSize, latentSize: latentSize, key: key, element: element)
  }

  public var latentSize: Int { heads.latentSize }

  public mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("first", &first)
    visitor.visit("second", &second)
    visitor.visit("hidden", &hidden)
    heads.visit(&visitor)
  }

  /// x [B, height, width C] -> mean and log-variance [B, Z]
  public func callAsFunction(_ x: Variable, condition: Variable?) -> (mean: Variable, logVariance: Variable) {
    require(
      x.shape.dropFirst() == [height, width * channels],
      "ConvolutionalEncoder: x \(x.shape) is not [B, \(height), \(width * channels)]")
    let images = x.reshaped(to: [x.shape[0], height, width, channels])
    return heads(hidden(Flatten()(second(first(images)))), condition: condition)
  }
}
