import Latent
import LatentVAE

/// The central difference of a function of a model's weights, at one coordinate of a parameter.
///
/// - Parameters:
///   - path: of the parameter, in float64
///   - place: the coordinate
///   - step: how far the weight is moved either way
func centralDifference(
  of vae: AnyVariationalAutoencoder, _ path: String, _ place: Int, step: Double,
  _ function: (AnyVariationalAutoencoder, Tape) -> Variable
) -> Double {
  func at(_ distance: Double) -> Double {
    var moved = vae
    moved.updateParameters {
      guard $0 == path else { return }
      var values = $1.value.values
      values[place] += distance
      $1.value = Tensor(values, shape: $1.value.shape, element: .float64)
    }
    return function(moved, Tape()).scalar
  }
  return (at(step) - at(-step)) / (2 * step)
}
