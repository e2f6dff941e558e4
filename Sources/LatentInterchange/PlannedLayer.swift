import Latent

/// A layer of a model: where it is, what it is, and its sizes.
struct PlannedLayer: Sendable, Equatable {
  /// Its place in the model, from outside to inside: `["encoder", "logVariance"]`.
  let place: [String]
  let kind: LayerKind

  init(_ place: [String], _ kind: LayerKind) {
    self.place = place
    self.kind = kind
  }

  /// The path of a parameter: `encoder.logVariance.kernel`.
  func path(_ parameter: String) -> String { (place + [parameter]).joined(separator: ".") }

  /// Its own name as Python programs write names: `log_variance`.
  var pythonName: String { place[place.count - 1].snakeCase }

  /// Its place as Python programs write names: `encoder/log_variance`.
  func pythonPath(separator: String) -> String { place.map(\.snakeCase).joined(separator: separator) }
}

/// The kinds of layers, with their sizes.
enum LayerKind: Sendable, Equatable {
  /// [B, T, D] -> [B, H] or [B, T, H]
  case lstm(inputs: Int, units: Int, returnsSequence: Bool)
  /// [B, T, D] -> [B, 2H]: parts `forward` and `backward`
  case bidirectionalLSTM(inputs: Int, units: Int)
  /// [B, T, D] -> [B, H]
  case gru(inputs: Int, units: Int)
  case dense(DenseSizes)
  case convolution(ConvolutionSizes)
  case transposedConvolution(ConvolutionSizes)
  /// Parameters that belong to no layer.
  case values([String])
}

/// A dense layer's sizes.
struct DenseSizes: Sendable, Equatable {
  let inputs: Int
  let outputs: Int
  let isRelu: Bool
  /// The images whose pixels it reads, where their order matters.
  let from: ImageShape?
  /// The images whose pixels it makes, where their order matters.
  let to: ImageShape?
  /// T, where it is applied to each step of a sequence: [B, T, I] -> [B, T, O].
  let steps: Int?

  init(
    _ inputs: Int, _ outputs: Int, _ activation: Activation = .linear, from: ImageShape? = nil, to: ImageShape? = nil,
    steps: Int? = nil
  ) {
    (self.inputs, self.outputs, isRelu) = (inputs, outputs, activation == .relu)
    (self.from, self.to, self.steps) = (from, to, steps)
  }
}

/// A convolution's sizes, plain or transposed. Images are padded or cropped so that a stride divides or multiplies their
/// sizes (Keras's `same`).
struct ConvolutionSizes: Sendable, Equatable {
  /// Channels that come in.
  let channels: Int
  /// Channels that come out.
  let filters: Int
  let kernel = 3
  let stride: Int
  let isRelu: Bool

  init(_ channels: Int, _ filters: Int, stride: Int, _ activation: Activation = .linear) {
    (self.channels, self.filters, self.stride, isRelu) = (channels, filters, stride, activation == .relu)
  }

  /// Rows or columns around an image whose size is a multiple of the stride (see `Patches`).
  var padding: (before: Int, after: Int) {
    let total = max(kernel - stride, 0)
    return (total / 2, total - total / 2)
  }
}

/// Images as they lie in memory: rows, columns, channels.
struct ImageShape: Sendable, Equatable {
  let height: Int
  let width: Int
  let channels: Int

  var count: Int { height * width * channels }
  var sizes: [Int] { [height, width, channels] }
}

extension String {
  /// `logVariance` as `log_variance`.
  var snakeCase: String { reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) } }
}
