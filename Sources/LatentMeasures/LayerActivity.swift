import Latent
import LatentTraining

/// What is seen of layers in some passes. A layer that computes several times in a pass counts each time apart.
struct LayerActivity: Gatherable {
  /// What each unit or channel of a rectifier gave at most, over examples and places.
  private var largest: [(layer: String, values: Tensor)] = []
  private var saturated: [SaturatedGates] = []

  private struct SaturatedGates: Codable, Gatherable {
    let layer: String
    var sum: Double
    var count: Int
  }

  init() {}

  /// Adds what is seen in a pass.
  mutating func add(_ observation: Observation) {
    let layer = observation.layer ?? observation.operation
    let output = Tape().constant(observation.output)
    if observation.detail == "relu" {
      // The last axis has the units.
      largest.append((layer, output.max(axes: Array(0..<output.shape.count - 1)).tensor))
    } else if observation.detail == "gates", let sigmoids = Self.sigmoids(observation, output) {
      func number(_ value: Double) -> Variable {
        sigmoids.tape.constant(Tensor([value], shape: [1], element: sigmoids.tensor.element))
      }
      let outside = (sigmoids .< number(ModelHealth.saturation)) + (sigmoids .> number(1 - ModelHealth.saturation))
      saturated.append(
        SaturatedGates(layer: layer, sum: outside.sum().tensor.scalar, count: sigmoids.tensor.count))
    }
  }

  /// Adds another pass, of the same layers.
  mutating func add(_ other: LayerActivity) {
    for (index, (layer, values)) in other.largest.enumerated() {
      guard index < largest.count else {
        largest.append((layer, values))
        continue
      }
      let tape = Tape()
      largest[index].values = Variable.maximum(tape.constant(largest[index].values), tape.constant(values)).tensor
    }
    for (index, gates) in other.saturated.enumerated() {
      guard index < saturated.count else {
        saturated.append(gates)
        continue
      }
      saturated[index].sum += gates.sum
      saturated[index].count += gates.count
    }
  }

  var rectifiers: [ModelHealth.Rectifier] {
    largest.map { layer, values in
      let most = values.values
      return ModelHealth.Rectifier(layer: layer, units: most.count, dead: most.count { $0 <= 0 })
    }
  }

  var gates: [ModelHealth.Gates] {
    saturated.map { ModelHealth.Gates(layer: $0.layer, saturated: $0.sum / Double(max($0.count, 1))) }
  }

  func write(to message: inout ShardMessage) {
    largest.map(\.layer).write(to: &message)
    largest.map(\.values).write(to: &message)
    saturated.write(to: &message)
  }

  init(from message: inout ShardMessage) {
    let layers = [String](from: &message)
    largest = Array(zip(layers, [Tensor](from: &message)))
    saturated = [SaturatedGates](from: &message)
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
