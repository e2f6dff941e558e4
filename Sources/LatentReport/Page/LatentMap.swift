import Latent
import LatentFiles
import LatentMeasures

/// The latent means of images in two dimensions, and the way back from there: the plain dimensions where there are no more
/// than two, else the plane of their first two principal components.
struct LatentMap: Sendable {
  /// [N, 2]; of one dimension, the second is a height in -1...1 that only keeps points apart
  let points: [Float]
  /// The latent point at the map's (0, 0): [Z]
  let center: [Float]
  /// What a step to the right and a step up are in the latent space: [2, Z], each of length 1
  let axes: [Float]
  /// Whether only the horizontal matters.
  let isFlat: Bool
  /// What the axes are, for people.
  let caption: String

  /// - Parameter means: [N, Z], finite
  /// - Returns: nil if there are too few images to have directions
  init?(_ means: Tensor) {
    let (count, size) = (means.shape[0], means.shape[1])
    switch size {
    case 1:
      // The golden ratio's multiples spread evenly, however many there are.
      points = means.floats.enumerated().flatMap { index, value in
        [value, Float((Double(index) * 0.6180339887).truncatingRemainder(dividingBy: 1) * 1.7 - 0.85)]
      }
      (center, axes, isFlat) = ([0], [1, 0], true)
      caption = "Across: z0. The height only keeps points apart."
    case 2:
      (points, center, axes, isFlat) = (means.floats, [0, 0], [1, 0, 0, 1], false)
      caption = "Across: z0. Up: z1."
    default:
      guard count > 2, let plane = try? PrincipalComponents(of: means, count: 2) else { return nil }
      (points, center) = (plane.transform(means).floats, plane.mean.floats)
      (axes, isFlat) = (plane.components.floats, false)
      let shares = plane.explained.map { Format.percent($0) }
      caption =
        "The plane of the first two principal components: \(shares[0]) of the variance across, \(shares[1]) up. "
        + "A place is decoded as the point of the plane."
    }
  }
}
