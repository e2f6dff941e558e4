import Latent

/// A variational auto-encoder whose encoder and decoder are chosen at run time.
public typealias AnyVariationalAutoencoder = VariationalAutoencoder<AnyEncoder, AnyDecoder>

/// The encoders and decoders that have a name.
public enum Architecture: String, Sendable, CaseIterable {
  /// The reference: an LSTM over the rows of an image, a dense decoder.
  case lstm
  /// A hidden layer each way (Keras's example of a dense VAE).
  case mlp
  /// Two strided convolutions and three transposed ones (Keras's example of a convolutional VAE).
  case conv
  /// A GRU over the rows, a dense decoder.
  case gru
  /// LSTMs over the rows from the top and from the bottom, a dense decoder.
  case bilstm
  /// An LSTM over the rows, and one that draws them.
  case lstmLSTM = "lstm-lstm"

  /// The sizes of a model.
  public struct Sizes: Sendable, Equatable {
    /// H: units of the recurrent or hidden layer of the encoder.
    public var hidden: Int
    /// Z
    public var latent: Int
    /// Units of the decoder's hidden or recurrent layer; nil where the architecture gives it none of its own.
    public var decoder: Int?

    public init(hidden: Int, latent: Int, decoder: Int?) {
      (self.hidden, self.latent, self.decoder) = (hidden, latent, decoder)
    }
  }

  /// The sizes of the example or paper that it comes from.
  public var defaultSizes: Sizes {
    switch self {
    case .lstm, .gru, .bilstm, .lstmLSTM: Sizes(hidden: 256, latent: 16, decoder: 256)
    case .mlp: Sizes(hidden: 512, latent: 2, decoder: 512)
    case .conv: Sizes(hidden: 16, latent: 2, decoder: nil)
    }
  }

  /// Why it can't be used for images of this size; nil where it can.
  public func objection(toImagesOf height: Int, _ width: Int) -> String? {
    guard self == .conv, height % 4 != 0 || width % 4 != 0 else { return nil }
    return "its two strides of 2 need heights and widths that are multiples of 4"
  }

  /// A model with its first weights, for images of `height` rows of `width` pixels.
  ///
  /// - Parameter classes: the number of classes that it is conditional on, 0 for none
  public func makeModel(
    height: Int, width: Int, sizes: Sizes, classes: Int = 0, likelihood: any Likelihood = BernoulliLikelihood(),
    objective: Objective = Objective(), key: RandomKey, element: ElementType = .float32
  ) -> AnyVariationalAutoencoder {
    let (encoderKey, decoderKey) = (key.child("encoder"), key.child("decoder"))
    let latent = sizes.latent + classes
    let encoder: any Encoder =
      switch self {
      case .lstm, .lstmLSTM:
        LSTMEncoder(
          inputSize: width, hiddenSize: sizes.hidden, latentSize: sizes.latent, conditionSize: classes,
          key: encoderKey, element: element)
      case .gru:
        GRUEncoder(
          inputSize: width, hiddenSize: sizes.hidden, latentSize: sizes.latent, conditionSize: classes,
          key: encoderKey, element: element)
      case .bilstm:
        BidirectionalLSTMEncoder(
          inputSize: width, hiddenSize: sizes.hidden, latentSize: sizes.latent, conditionSize: classes,
          key: encoderKey, element: element)
      case .mlp:
        MLPEncoder(
          inputSize: height * width, hiddenSize: sizes.hidden, latentSize: sizes.latent, conditionSize: classes,
          key: encoderKey, element: element)
      case .conv:
        ConvolutionalEncoder(
          height: height, width: width, hiddenSize: sizes.hidden, latentSize: sizes.latent, conditionSize: classes,
          key: encoderKey, element: element)
      }
    let decoder: any Decoder =
      switch self {
      case .lstm, .mlp, .gru, .bilstm:
        DenseDecoder(
          latentSize: latent, hiddenSize: sizes.decoder ?? sizes.hidden, outputSize: height * width, key: decoderKey,
          element: element)
      case .conv:
        ConvolutionalDecoder(latentSize: latent, height: height, width: width, key: decoderKey, element: element)
      case .lstmLSTM:
        LSTMDecoder(
          latentSize: latent, hiddenSize: sizes.decoder ?? sizes.hidden, time: height, outputSize: width,
          key: decoderKey, element: element)
      }
    return AnyVariationalAutoencoder(
      encoder: AnyEncoder(encoder), decoder: AnyDecoder(decoder), likelihood: likelihood, objective: objective,
      classes: classes)
  }

  /// The number of numbers that training changes, without making the model; in floating point, since absurd sizes must
  /// not overflow.
  public func parameterCount(height: Int, width: Int, sizes: Sizes, classes: Int = 0) -> Double {
    let (t, d, h, z, c) = (Double(height), Double(width), Double(sizes.hidden), Double(sizes.latent), Double(classes))
    let g = Double(sizes.decoder ?? sizes.hidden)
    func dense(_ inputs: Double, _ outputs: Double) -> Double { (inputs + 1) * outputs }
    func lstm(_ inputs: Double, _ units: Double) -> Double { 4 * units * (inputs + units + 1) }
    func heads(_ features: Double) -> Double { 2 * dense(features + c, z) }
    let denseDecoder = dense(z + c, g) + dense(g, t * d)
    switch self {
    case .lstm: return lstm(d, h) + heads(h) + denseDecoder
    case .gru: return 3 * h * (d + h + 2) + heads(h) + denseDecoder
    case .bilstm: return 2 * lstm(d, h) + heads(2 * h) + denseDecoder
    case .lstmLSTM: return lstm(d, h) + heads(h) + lstm(z + c, g) + dense(g, d)
    case .mlp: return dense(t * d, h) + heads(h) + denseDecoder
    case .conv:
      let cells = t * d / 16 * 64
      let encoder = dense(9, 32) + dense(9 * 32, 64) + dense(cells, h) + heads(h)
      return encoder + dense(z + c, cells) + dense(9 * 64, 64) + dense(9 * 64, 32) + dense(9 * 32, 1)
    }
  }
}
