import Latent
import LatentVAE

/// The names and layouts that a program gives to the weights of each kind of layer.
///
/// It says both directions at once: import is export read backwards.
protocol WeightTable: Sendable {
  /// Where each of the layer's tensors is.
  func correspondences(_ layer: PlannedLayer) -> [Correspondence]

  /// What stands between the names of layers.
  var separator: Character { get }

  /// A name from a file as ``correspondences(_:)`` gives it, where the program has several for the same.
  func canonical(_ name: String) -> String
}

extension WeightTable {
  var separator: Character { "." }

  func canonical(_ name: String) -> String { name }

  /// Where each tensor of a model is.
  func correspondences(_ plan: ModelPlan) -> [Correspondence] { plan.layers.all.flatMap { correspondences($0) } }
}

/// This project's own names and layouts.
struct LatentTable: WeightTable {
  func correspondences(_ layer: PlannedLayer) -> [Correspondence] {
    layer.parameters.map { Correspondence(layer.path($0.name), layer.path($0.name)) }
  }
}
