import Latent

/// A layer of a model: where it is, what it is, and its sizes.
package struct PlannedLayer: Sendable, Equatable {
  /// Its place in the model, from outside to inside: `["encoder", "logVariance"]`.
  package let place: [String]
  package let kind: LayerKind

  package init(_ place: [String], _ kind: LayerKind) {
    self.place = place
    self.kind = kind
  }

  /// The path of a parameter: `encoder.logVariance.kernel`.
  package func path(_ parameter: String) -> String { (place + [parameter]).joined(separator: ".") }

  /// Its own name as Python programs write names: `log_variance`.
  package var pythonName: String { place[place.count - 1].snakeCase }

  /// Its place as Python programs write names: `encoder/log_variance`.
  package func pythonPath(separator: String) -> String { place.map(\.snakeCase).joined(separator: separator) }
}

/// The kinds of layers, with their sizes.
package enum LayerKind: Sendable, Equatable {
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
package struct DenseSizes: Sendable, Equatable {
  package let inputs: Int
  package let outputs: Int
  package let isRelu: Bool
  /// The images whose pixels it reads, where their order matters.
  package let from: ImageShape?
  /// The images whose pixels it makes, where their order matters.
  package let to: ImageShape?
  /// T, where it is applied to each step of a sequence: [B, T, I] -> [B, T, O].
  package let steps: Int?

  package init(
    _ inputs: Int, _ outputs: Int, _ activation: Activation = .linear, from: ImageShape? = nil, to: ImageShape? = nil,
    steps: Int? = nil
  ) {
    (self.inputs, self.outputs, isRelu) = (inputs, outputs, activation == .relu)
    (self.from, self.to, self.steps) = (from, to, steps)
  }
}

/// A convolution's sizes, plain or transposed. Images are padded or cropped so that a stride divides or multiplies their
/// sizes (Keras's `same`).
package struct ConvolutionSizes: Sendable, Equatable {
  /// Channels that come in.
  package let channels: Int
  /// Channels that come out.
  package let filters: Int
  package let kernel = 3
  package let stride: Int
  package let isRelu: Bool

  package init(_ channels: Int, _ filters: Int, stride: Int, _ activation: Activation = .linear) {
    (self.channels, self.filters, self.stride, isRelu) = (channels, filters, stride, activation == .relu)
  }

  /// Rows or columns around an image whose size is a multiple of the stride (see `Patches`).
  package var padding: (before: Int, after: Int) {
    let total = max(kernel - stride, 0)
    return (total / 2, total - total / 2)
  }
}

/// Images as they lie in memory: rows, columns, channels.
package struct ImageShape: Sendable, Equatable {
  package let height: Int
  package let width: Int
  package let channels: Int

  package init(height: Int, width: Int, channels: Int) {
    (self.height, self.width, self.channels) = (height, width, channels)
  }

  package var count: Int { height * width * channels }
  package var sizes: [Int] { [height, width, channels] }
}

extension String {
  /// `logVariance` as `log_variance`.
  package var snakeCase: String { reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) } }
}
