import Latent
import LatentData
import LatentFiles
import LatentTraining

/// Whether the parts of a model still work, as some images show it.
public struct ModelHealth: Sendable, Equatable {
  /// A layer whose activation can lose units for good.
  public struct Rectifier: Sendable, Equatable {
    /// `decoder.hidden`
    public let layer: String
    /// Units, or channels of a convolution.
    public let units: Int
    /// Those that gave 0 for every image.
    public let dead: Int
  }

  /// A recurrent layer's sigmoid gates.
  public struct Gates: Sendable, Equatable {
    /// `encoder.lstm`
    public let layer: String
    /// The share of gates, over images, steps and units, below ``saturation`` or above one minus it: there a sigmoid's
    /// slope is under a tenth of a tenth, and learning is slow.
    public let saturated: Double
  }

  /// Layers with rectifiers, in the order in which they compute.
  public let rectifiers: [Rectifier]
  /// Recurrent layers, in the order in which they compute.
  public let gates: [Gates]
  /// The share of weights that are denormal numbers, with which some processors are a hundred times slower (while training
  /// they are taken for 0).
  public let denormalWeights: Double
  /// Parameters with an infinite or undefined element, by their paths.
  public let nonFinite: [String]

  /// How near to 0 or 1 a saturated gate is.
  public static let saturation = 0.01

  /// Runs the model on examples, at most 1,024 of them.
  ///
  ///     ModelHealth(of: model, on: images) { model, batch, tape in _ = model.loss(batch, tape: tape) }
  ///
  /// - Parameter workers: with a sum over several processes, each of them calls this and gets the same
  public init<M: Module, D: TrainingData>(
    of model: M, on data: D, workers: DataParallel = DataParallel(threads: 1, shards: 1),
    _ run: @Sendable (M, D.Batch, Tape) -> Void
  ) {
    let layout = ParameterLayout(of: model)
    let activity = workers.fold(
      data, first: 1024, as: "looking at layers", in: BatchContext(element: layout.element), into: LayerActivity()
    ) { batch in
      let tape = Tape(layout: layout)
      var activity = LayerActivity()
      tape.observer = { activity.add($0) }
      run(model, batch, tape)
      tape.observer = nil
      return activity
    } add: {
      $0.add($1)
    }
    rectifiers = activity.rectifiers
    gates = activity.gates
    let parameters = model.parameters
    let total = parameters.reduce(0) { $0 + $1.value.count }
    denormalWeights = Double(parameters.reduce(0) { $0 + $1.value.storage.denormalCount() }) / Double(max(total, 1))
    nonFinite = parameters.filter { !$0.value.storage.isFinite() }.map(\.path)
  }

  /// The rectified units of all layers that give nothing, as a share of all.
  public var deadShare: Double {
    let units = rectifiers.reduce(0) { $0 + $1.units }
    return units == 0 ? 0 : Double(rectifiers.reduce(0) { $0 + $1.dead }) / Double(units)
  }
}
