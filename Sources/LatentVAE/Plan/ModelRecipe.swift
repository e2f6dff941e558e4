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
    /// encoder, `units` of a hidden layer follow.
    case convolution([Int], kernel: Int = 3, units: Int = 16)
  }

  /// x -> features
  public var encoder: Part
  /// Z
  public var latentSize: Int
  /// z -> the example
  public var decoder: Part

  public init(encoder: Part, latentSize: Int, decoder: Part) {
    (self.encoder, self.latentSize, self.decoder) = (encoder, latentSize, decoder)
  }

  /// The plan of a model for examples of a shape.
  ///
  /// - Parameter classLabels: the labels of the classes that it is conditional on, ascending
  /// - Throws: ``PlanError`` if such a model can't read such examples
  public func plan(
    for example: ExampleShape, likelihood: LikelihoodKind = .bernoulli, classLabels: [UInt8] = []
  ) throws(PlanError) -> ModelPlan {
    try ModelPlan(
      example: example, encoder: encoder.reading(example), latentSize: latentSize,
      decoder: decoder.making(example, numbersPerElement: likelihood.numbersPerElement), likelihood: likelihood,
      classLabels: classLabels)
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
    case .convolution(let filters, let kernel, let units):
      let (height, width, channels) = try Self.image(example)
      return [LayerPlan("images", .images(height: height, width: width, channels: channels))]
        + filters.enumerated().map { place, filters in
          LayerPlan(Self.ordinal(place), .convolution(filters: filters, kernel: kernel))
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
    case .convolution(let filters, let kernel, _):
      let (height, width, channels) = try Self.image(example)
      let factor = 1 << min(filters.count, 30)
      guard let deepest = filters.last, height % factor == 0, width % factor == 0 else {
        throw PlanError(
          "convolutions with \(filters.count) strides of 2 need images whose heights and widths are multiples of "
            + "\(factor), not \(example)")
      }
      let (rows, columns) = (height / factor, width / factor)
      return [
        LayerPlan("hidden", .dense(units: rows * columns * deepest, activation: .relu)),
        LayerPlan("images", .images(height: rows, width: columns, channels: deepest)),
      ]
        + filters.reversed().enumerated().map { place, filters in
          LayerPlan(Self.ordinal(place), .transposedConvolution(filters: filters, kernel: kernel))
        } + [
          LayerPlan(
            "output",
            .transposedConvolution(filters: channels * numbers, kernel: kernel, stride: 1, activation: .linear))
        ]
    }
  }

  private static func image(_ example: ExampleShape) throws(PlanError) -> (height: Int, width: Int, channels: Int) {
    guard case .image(let height, let width, let channels) = example else {
      throw PlanError("convolutions read images, and an example is \(example)")
    }
    return (height, width, channels)
  }
}
