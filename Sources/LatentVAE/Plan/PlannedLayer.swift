import Latent

/// A layer of a plan with the sizes that follow from where it stands: its parameters, and what other programs need to know.
package struct PlannedLayer: Sendable, Equatable {
  /// Its place in the model, from outside to inside: `["encoder", "logVariance"]`.
  package let place: [String]
  package let kind: LayerKind

  package init(_ place: [String], _ kind: LayerKind) {
    self.place = place
    self.kind = kind
  }

  /// Its own name.
  package var name: String { place[place.count - 1] }

  /// The path of a parameter: `encoder.logVariance.kernel`.
  package func path(_ parameter: String) -> String { (place + [parameter]).joined(separator: ".") }

  /// Its own name as Python programs write names: `log_variance`.
  package var pythonName: String { name.snakeCase }

  /// Its place as Python programs write names: `encoder/log_variance`.
  package func pythonPath(separator: String) -> String { place.map(\.snakeCase).joined(separator: separator) }

  /// The shapes of its parameters, in their order.
  package var parameters: [(name: String, shape: [Int])] {
    switch kind {
    case .dense(let sizes): [("kernel", [sizes.inputs, sizes.outputs]), ("bias", [sizes.outputs])]
    case .recurrent(let sizes): sizes.parameters
    case .convolution(let sizes):
      [
        ("kernel", [sizes.kernel.height, sizes.kernel.width, sizes.channels, sizes.filters]), ("bias", [sizes.filters]),
      ]
    case .transposedConvolution(let sizes):
      [
        ("kernel", [sizes.kernel.height, sizes.kernel.width, sizes.filters, sizes.channels]), ("bias", [sizes.filters]),
      ]
    case .embedding(let sizes): [("table", [sizes.vocabulary, sizes.units])]
    case .values(let values): values.map { ($0.name, $0.shape) }
    }
  }
}

/// The kinds of layers, with their sizes.
package enum LayerKind: Sendable, Equatable {
  case dense(DenseSizes)
  case recurrent(RecurrentSizes)
  case convolution(ConvolutionSizes)
  case transposedConvolution(ConvolutionSizes)
  case embedding(EmbeddingSizes)
  /// Parameters that belong to no layer.
  case values([NamedShape])
}

/// A parameter's name and shape.
package struct NamedShape: Sendable, Equatable {
  package let name: String
  package let shape: [Int]

  package init(_ name: String, _ shape: [Int]) { (self.name, self.shape) = (name, shape) }
}

/// A dense layer's sizes.
package struct DenseSizes: Sendable, Equatable {
  package let inputs: Int
  package let outputs: Int
  package let activation: Activation
  /// The images whose pixels it reads, where their order matters.
  package let from: ImageShape?
  /// The images whose pixels it makes, where their order matters.
  package var to: ImageShape?
  /// T, where it is applied to each step of a sequence: [B, T, I] -> [B, T, O].
  package let steps: Int?

  package init(
    _ inputs: Int, _ outputs: Int, _ activation: Activation = .linear, from: ImageShape? = nil, to: ImageShape? = nil,
    steps: Int? = nil
  ) {
    (self.inputs, self.outputs, self.activation) = (inputs, outputs, activation)
    (self.from, self.to, self.steps) = (from, to, steps)
  }
}

/// What a decoder with teacher forcing reads at each step: [B, n] and the example [B, T, D] -> [B, T, n + D]
package struct ForcedSizes: Sendable, Equatable {
  /// T
  package let steps: Int
  /// n
  package let inputs: Int
  /// D
  package let features: Int
  /// The probability with which a step of the example is 0 while training.
  package let wordDropout: Double
  /// What makes D numbers of a text's token; nil where the example's own are read.
  package let embedding: PlannedLayer?
}

/// An embedding's sizes: [B, T, 1] -> [B, T, units]
package struct EmbeddingSizes: Sendable, Equatable {
  /// C
  package let vocabulary: Int
  package let units: Int
  /// T
  package let steps: Int
}

/// A recurrent layer's sizes: [B, T, inputs] -> [B, units] or [B, T, units], twice the units where it reads both ways.
package struct RecurrentSizes: Sendable, Equatable {
  package let cell: RecurrentCell
  package let inputs: Int
  package let units: Int
  package let returnsSequence: Bool
  package let isBidirectional: Bool

  package init(cell: RecurrentCell, inputs: Int, units: Int, returnsSequence: Bool, isBidirectional: Bool) {
    (self.cell, self.inputs, self.units) = (cell, inputs, units)
    (self.returnsSequence, self.isBidirectional) = (returnsSequence, isBidirectional)
  }

  package var outputs: Int { isBidirectional ? 2 * units : units }

  /// The names of its halves, or an empty one for a layer of one direction.
  package var parts: [String] { isBidirectional ? ["forward.", "backward."] : [""] }

  fileprivate var parameters: [(name: String, shape: [Int])] {
    let gates = (cell == .lstm ? 4 : 3) * units
    return parts.flatMap { part in
      [
        (part + "kernel", [inputs, gates]), (part + "recurrentKernel", [units, gates]),
        (part + "bias", cell == .lstm ? [gates] : [2, gates]),
      ]
    }
  }
}

/// A convolution's sizes, plain or transposed: small images have a pixel for each place at which the kernel lies on large
/// ones, with zeros around these as Keras's `same` has them. A plain one goes from large to small, a transposed one back.
package struct ConvolutionSizes: Sendable, Equatable {
  /// Channels that come in.
  package let channels: Int
  /// Channels that come out.
  package let filters: Int
  package let kernel: Size2D
  package let stride: Size2D
  package let activation: Activation
  /// The images that come in.
  package let images: ImageShape
  /// Rows and columns of the large images.
  package let large: Size2D

  /// - Parameter large: nil for a plain convolution, which reads them
  package init(
    channels: Int, filters: Int, kernel: Size2D, stride: Size2D, activation: Activation, images: ImageShape,
    large: Size2D? = nil
  ) {
    (self.channels, self.filters, self.kernel, self.stride) = (channels, filters, kernel, stride)
    (self.activation, self.images) = (activation, images)
    self.large = large ?? Size2D(height: images.height, width: images.width)
  }

  /// Rows and columns of the small images.
  package var small: Size2D {
    Size2D(
      height: (large.height + stride.height - 1) / stride.height,
      width: (large.width + stride.width - 1) / stride.width)
  }

  /// Whether the large images are the largest that a transposed convolution makes of the small ones.
  package var isMost: Bool {
    large == Size2D(height: small.height * stride.height, width: small.width * stride.width)
  }

  /// Rows of zeros before and after the large images; a transposed convolution makes so many too many (see `Patches`).
  package var rowPadding: (before: Int, after: Int) {
    Self.padding(large.height, small.height, kernel.height, stride.height)
  }

  /// Columns of zeros before and after.
  package var columnPadding: (before: Int, after: Int) {
    Self.padding(large.width, small.width, kernel.width, stride.width)
  }

  private static func padding(_ size: Int, _ places: Int, _ kernel: Int, _ stride: Int) -> (before: Int, after: Int) {
    let total = max((places - 1) * stride + kernel - size, 0)
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
