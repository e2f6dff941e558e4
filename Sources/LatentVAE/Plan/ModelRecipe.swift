import Latent
import LatentData
import LatentFiles

/// A family of models before it is known what they read: sizes and kinds of layers, from which a ``ModelPlan`` for examples
/// of any shape follows.
///
///     let plan = try ModelRecipe.lstm().plan(for: .image(height: 28, width: 28))
///     let deep = try ModelRecipe(
///       encoder: .dense([400, 200], .tanh), latentSize: 8, decoder: .dense([200, 400], .tanh)
///     ).plan(for: .vector(size: 30))
public struct ModelRecipe: Sendable, Equatable {
  /// The layers of an encoder or decoder.
  public enum Part: Sendable, Equatable {
    /// Hidden layers of so many units.
    case dense([Int], Activation = .relu)
    /// Recurrent layers of `units`, one on top of the other.
    case recurrent(RecurrentCell, units: Int, cells: Int = 1, isBidirectional: Bool = false)
    /// Convolutions of so many filters, each of which halves an image on its way in and doubles it on its way out; of an
    /// encoder, `units` of a hidden layer follow. Those over steps halve and double the number of steps of a series, or of
    /// an image's rows, and see the features of a step as channels.
    case convolution([Int], kernel: Int = 3, units: Int = 16, overSteps: Bool = false)
  }

  /// x -> features
  public var encoder: Part
  /// Z
  public var latentSize: Int
  /// z -> the example
  public var decoder: Part
  /// A recurrent decoder reads the step before of the example too (teacher forcing), which is 0 with this probability while
  /// training; nil where it reads the latent point alone.
  public var wordDropout: Double?
  /// Whether the encoder reads beside each value whether it is known.
  public var maskChannel: Bool

  /// The units of a token's embedding, where examples are texts; nil for 64.
  public var embeddingSize: Int?

  public init(
    encoder: Part, latentSize: Int, decoder: Part, wordDropout: Double? = nil, maskChannel: Bool = false,
    embeddingSize: Int? = nil
  ) {
    (self.encoder, self.latentSize, self.decoder) = (encoder, latentSize, decoder)
    (self.wordDropout, self.maskChannel) = (wordDropout, maskChannel)
    self.embeddingSize = embeddingSize
  }

  /// The plan of a model for examples of a shape.
  ///
  /// - Parameter classLabels: the labels of the classes that it is conditional on, ascending
  /// - Throws: ``PlanError`` if such a model can't read such examples
  public func plan(
    for example: ExampleShape, likelihood: LikelihoodKind = .bernoulli, classLabels: [UInt8] = []
  ) throws(PlanError) -> ModelPlan {
    var (read, before, units) = (example, [LayerPlan](), nil as Int?)
    if case .text(let steps, _) = example {
      let size = embeddingSize ?? 64
      (read, before, units) = (
        .series(steps: steps, features: size), [LayerPlan("embedding", .embedding(units: size))], size
      )
      guard !maskChannel else { throw PlanError("a mask channel is of numbers, and an example is \(example)") }
    } else if embeddingSize != nil {
      throw PlanError("an embedding is of texts, and an example is \(example)")
    }
    return try ModelPlan(
      example: example, encoder: before + masked(encoder.reading(read)), latentSize: latentSize,
      decoder: forced(decoder.making(example, numbersPerElement: likelihood.numbersPerElement), units: units),
      likelihood: likelihood, classLabels: classLabels)
  }
}

extension ModelRecipe {
  /// An encoder's layers, which read what is known where that is asked for: of images, as channels.
  private func masked(_ layers: [LayerPlan]) -> [LayerPlan] {
    guard maskChannel else { return layers }
    var layers = layers
    let isOfImages = if case .images? = layers.first?.kind { true } else { false }
    layers.insert(LayerPlan("mask_channel", .maskChannel), at: isOfImages ? 1 : 0)
    return layers
  }

  /// A decoder's layers, which read the example where that is asked for.
  ///
  /// - Parameter units: of an embedding of what they read
  private func forced(_ layers: [LayerPlan], units: Int?) throws(PlanError) -> [LayerPlan] {
    guard let wordDropout else { return layers }
    guard case .repeated? = layers.first?.kind else {
      throw PlanError("teacher forcing is for decoders of recurrent layers, such as lstm-lstm's")
    }
    return [LayerPlan("teacher_forcing", .teacherForcing(wordDropout: wordDropout, units: units))] + layers.dropFirst()
  }
}

extension ModelRecipe.Part {
  /// `hidden`, `hidden2`, `hidden3`
  static func name(_ stem: String, _ place: Int) -> String { place == 0 ? stem : "\(stem)\(place + 1)" }

  static func ordinal(_ place: Int) -> String {
    let names = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"]
    return place < names.count ? names[place] : "convolution\(place + 1)"
  }

  /// `lstm`, `bilstm2`
  static func name(_ cell: RecurrentCell, _ isBidirectional: Bool, _ place: Int) -> String {
    name((isBidirectional ? "bi" : "") + cell.rawValue, place)
  }

  /// As the layers of an encoder.
  fileprivate func reading(_ example: ExampleShape) throws(PlanError) -> [LayerPlan] {
    switch self {
    case .dense(let units, let activation):
      let hidden = units.enumerated().map { place, units in
        LayerPlan(Self.name("hidden", place), .dense(units: units, activation: activation))
      }
      return (example.dimensions.count > 1 ? [LayerPlan("flatten", .flatten)] : []) + hidden
    case .recurrent(let cell, let units, let cells, let isBidirectional):
      return (0..<cells).map { place in
        LayerPlan(
          Self.name(cell, isBidirectional, place),
          .recurrent(
            cell, units: units, returnsSequence: place < cells - 1, isBidirectional: isBidirectional))
      }
    case .convolution(let filters, let kernel, let units, let overSteps):
      let images = try Self.images(example, overSteps: overSteps)
      let (kernel, stride) = Self.sizes(kernel, overSteps: overSteps)
      return [LayerPlan("images", .images(height: images.height, width: images.width, channels: images.channels))]
        + filters.enumerated().map { place, filters in
          LayerPlan(Self.ordinal(place), .convolution(filters: filters, kernel: kernel, stride: stride))
        } + [
          LayerPlan("flatten", .flatten), LayerPlan("hidden", .dense(units: units, activation: .relu)),
        ]
    }
  }

  /// As the layers of a decoder.
  ///
  /// - Parameter numbers: that it gives for each element of an example
  fileprivate func making(_ example: ExampleShape, numbersPerElement numbers: Int) throws(PlanError) -> [LayerPlan] {
    switch self {
    case .dense(let units, let activation):
      return units.enumerated().map { place, units in
        LayerPlan(Self.name("hidden", place), .dense(units: units, activation: activation))
      } + [LayerPlan("output", .dense(units: example.count * numbers))]
    case .recurrent(let cell, let units, let cells, let isBidirectional):
      return [LayerPlan("repeat", .repeated(count: example.steps))]
        + (0..<cells).map { place in
          LayerPlan(
            Self.name(cell, isBidirectional, place),
            .recurrent(cell, units: units, returnsSequence: true, isBidirectional: isBidirectional))
        } + [LayerPlan("output", .dense(units: example.features * numbers))]
    case .convolution(let filters, let kernel, _, let overSteps):
      let images = try Self.images(example, overSteps: overSteps)
      let (kernel, stride) = Self.sizes(kernel, overSteps: overSteps)
      // From the examples' size to that of the deepest layer, as the encoder's convolutions make it.
      var areas = [Size2D(height: images.height, width: images.width)]
      for _ in filters {
        areas.append(
          Size2D(
            height: (areas.last!.height + stride.height - 1) / stride.height,
            width: (areas.last!.width + stride.width - 1) / stride.width))
      }
      let (small, deepest) = (areas.removeLast(), filters.last ?? images.channels)
      let (cells, overflow) = (small.height * small.width).multipliedReportingOverflow(by: deepest)
      guard !overflow else { throw PlanError("layers of more units than can be counted") }
      var before = small
      return [
        LayerPlan("hidden", .dense(units: cells, activation: .relu)),
        LayerPlan("images", .images(height: small.height, width: small.width, channels: deepest)),
      ]
        + zip(filters, areas).reversed().enumerated().map { place, layer in
          let (filters, area) = layer
          let isMost = area == Size2D(height: before.height * stride.height, width: before.width * stride.width)
          before = area
          return LayerPlan(
            Self.ordinal(place),
            .transposedConvolution(filters: filters, kernel: kernel, stride: stride, size: isMost ? nil : area))
        } + [
          LayerPlan(
            "output",
            .transposedConvolution(
              filters: images.channels * numbers, kernel: kernel, stride: 1, activation: .linear))
        ]
    }
  }

  /// A convolution's kernel and stride.
  private static func sizes(_ kernel: Int, overSteps: Bool) -> (kernel: Size2D, stride: Size2D) {
    overSteps ? ([kernel, 1], [2, 1]) : (Size2D(kernel), 2)
  }

  /// An example as convolutions see it.
  private static func images(_ example: ExampleShape, overSteps: Bool) throws(PlanError) -> ImageShape {
    switch example {
    case .image(let height, let width, let channels) where !overSteps:
      return ImageShape(height: height, width: width, channels: channels)
    case .image, .series, .text:
      guard overSteps else {
        throw PlanError("its convolutions read images, and an example is \(example): conv1d reads series")
      }
      return ImageShape(height: example.steps, width: 1, channels: example.features)
    case .vector:
      throw PlanError("convolutions read \(overSteps ? "series" : "images"), and an example is \(example)")
    }
  }
}
