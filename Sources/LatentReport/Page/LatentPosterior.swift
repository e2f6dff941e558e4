import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentTraining

/// What an encoder makes of images.
struct LatentPosterior {
  let images: any Dataset
  /// [N, Z]
  let mean: Tensor
  private let logVariance: Tensor
  /// By falling divergence from the prior.
  let dimensions: [Playground.Dimension]

  /// - Returns: nil where there are no images, or where what comes out is not finite
  init?(_ saved: SavedModel, _ images: some Dataset, on workers: DataParallel) {
    guard images.count > 0 else { return nil }
    self.images = images
    (mean, logVariance) = saved.encode(images, on: workers)
    let latents = LatentStatistics(mean: mean, logVariance: logVariance)
    let (spread, means) = (latents.aggregatedVariances, latents.averageMeans)
    guard (latents.divergences + spread).allSatisfy(\.isFinite), mean.storage.isFinite() else { return nil }
    let largest = Tape().constant(mean).abs().max(axes: [0]).tensor.values
    dimensions = spread.indices.map { index in
      let reach = max(3, abs(means[index]) + 3 * spread[index].squareRoot(), largest[index])
      return Playground.Dimension(
        index: index, divergence: latents.divergences[index], mean: means[index], reach: (reach * 2).rounded(.up) / 2)
    }.sorted { ($0.divergence ?? 0, $1.index) > ($1.divergence ?? 0, $0.index) }
  }

  /// Dimensions that nothing is known of.
  static func unknown(_ count: Int) -> [Playground.Dimension] {
    (0..<count).map { Playground.Dimension(index: $0, divergence: nil, mean: nil, reach: 3) }
  }

  /// In the units of the data, NaN where a value is missing: [B, T D].
  private func values(_ indices: [Int], of saved: SavedModel) -> [Float] {
    let batch = images.batch(indices[...], in: BatchContext(element: saved.element))
    let known = batch.observed?.floats
    return saved.inUnits(batch.values).floats.enumerated().map { known?[$0] == 0 ? .nan : $1 }
  }

  /// A few images, of all classes in turn where they have labels.
  func examples(title: String, of saved: SavedModel) -> Playground.Examples {
    let count = min(20, max(4, 1 << 16 / images.shape.count), images.count)
    var met: [UInt8: Int] = [:]
    let rounds = (images.labels ?? Array(repeating: 0, count: images.count)).map { label -> Int in
      met[label, default: 0] += 1
      return met[label]!
    }
    let order = rounds.indices.sorted { a, b in
      images.labels == nil ? a < b : (rounds[a], images.labels![a], a) < (rounds[b], images.labels![b], b)
    }
    // Windows that follow each other are nearly the same.
    let isSpread = images.shape.drawn == nil && images.labels == nil && count > 1
    let chosen: [Int] =
      isSpread ? (0..<count).map { $0 * (images.count - 1) / (count - 1) } : Array(order.prefix(count))
    return Playground.Examples(
      title: title, pixels: images.shape.drawn == nil ? [] : ImageStack(images, chosen).bytes,
      values: images.shape.drawn == nil ? values(chosen, of: saved) : [],
      means: mean.rows(chosen).converted(to: .float32).floats,
      labels: images.labels.map { labels in chosen.map { labels[$0] } })
  }
}
