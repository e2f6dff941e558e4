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
  public init<M: Module, D: TrainingData>(of model: M, on data: D, _ run: (M, D.Batch, Tape) -> Void) {
    let layout = ParameterLayout(of: model)
    var activity = Activity()
    let count = min(data.count, 1024)
    let size = DataParallel.evaluationSize(elements: data.elementsPerExample)
    let work = LongWork("looking at layers", total: count)
    for start in stride(from: 0, to: count, by: size) {
      let tape = Tape(layout: layout)
      activity.beginPass()
      tape.observer = { activity.add($0) }
      let indices = Array(start..<min(start + size, count))
      run(model, data.batch(indices[...], in: BatchContext(element: layout.element)), tape)
      tape.observer = nil
      work.advance(to: min(start + size, count))
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

/// What is seen of layers in some passes. A layer that computes several times in a pass counts each time apart.
private struct Activity {
  private var largest: [(layer: String, values: Variable)] = []
  private var saturated: [(layer: String, sum: Double, count: Int)] = []
  private var nextRectifier = 0
  private var nextGates = 0

  mutating func beginPass() { (nextRectifier, nextGates) = (0, 0) }

  mutating func add(_ observation: Observation) {
    let layer = observation.layer ?? observation.operation
    let output = Tape().constant(observation.output)
    if observation.detail == "relu" {
      // The last axis has the units; what a unit gave at most, over images and places.
      let axes = Array(0..<output.shape.count - 1)
      let values = output.max(axes: axes)
      if nextRectifier < largest.count {
        let before = largest[nextRectifier].values
        largest[nextRectifier].values = .maximum(before, before.tape.constant(values.tensor))
      } else {
        largest.append((layer, values))
      }
      nextRectifier += 1
    } else if observation.detail == "gates", let sigmoids = Self.sigmoids(observation, output) {
      func number(_ value: Double) -> Variable {
        sigmoids.tape.constant(Tensor([value], shape: [1], element: sigmoids.tensor.element))
      }
      let outside = (sigmoids .< number(ModelHealth.saturation)) + (sigmoids .> number(1 - ModelHealth.saturation))
      let (sum, count) = (outside.sum().tensor.scalar, sigmoids.tensor.count)
      if nextGates < saturated.count {
        saturated[nextGates].sum += sum
        saturated[nextGates].count += count
      } else {
        saturated.append((layer, sum, count))
      }
      nextGates += 1
    }
  }

  var rectifiers: [ModelHealth.Rectifier] {
    largest.map { layer, values in
      let most = values.tensor.values
      return ModelHealth.Rectifier(layer: layer, units: most.count, dead: most.count { $0 <= 0 })
    }
  }

  var gates: [ModelHealth.Gates] {
    saturated.map { ModelHealth.Gates(layer: $0.layer, saturated: $0.sum / Double(max($0.count, 1))) }
  }

  /// The gates that are sigmoids: i, f, o of an LSTM's i, f, g, o; z, r of a GRU's z, r, n.
  private static func sigmoids(_ observation: Observation, _ gates: Variable) -> Variable? {
    switch observation.operation {
    case "LSTM":
      let parts = gates.split([Int](repeating: gates.shape[1] / 4, count: 4), axis: 1)
      return .concatenated([parts[0], parts[1], parts[3]], axis: 1)
    case "GRU": return gates.sliced(0..<gates.shape[1] / 3 * 2, axis: 1)
    default: return nil
    }
  }
}
