import Latent
import LatentVAE

extension [LayerPlan] {
  /// The same layers with activations that have no corner, of which central differences can be taken.
  ///
  /// - Parameter enlarging: that of transposed convolutions
  func withoutCorners(enlarging: Activation = .elu) -> [LayerPlan] {
    map { layer in
      switch layer.kind {
      case .convolution(let filters, let kernel, let stride, _):
        LayerPlan(layer.name, .convolution(filters: filters, kernel: kernel, stride: stride, activation: .elu))
      case .transposedConvolution(let filters, let kernel, let stride, let size, .relu):
        LayerPlan(
          layer.name,
          .transposedConvolution(filters: filters, kernel: kernel, stride: stride, size: size, activation: enlarging))
      case .dense(let units, .relu): LayerPlan(layer.name, .dense(units: units, activation: .silu))
      default: layer
      }
    }
  }
}
