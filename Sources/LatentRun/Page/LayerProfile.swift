import Latent
import LatentData
import LatentReport
import LatentTraining
import LatentVAE

/// A few training steps of a copy of a model with the profiler on. The model itself stays as it is.
enum LayerProfile {
  /// About how long the measured steps take.
  private static let seconds = 0.4

  /// - Returns: nil where training fails, as with weights that are not finite
  static func measure(
    _ model: AnyVariationalAutoencoder, on images: some Dataset, batchSize: Int, threads: Int
  ) -> LayerTable? {
    let batch = min(batchSize, images.count)
    Machine.releaseFreeMemory()
    var copy = model
    var trainer = Trainer(optimizer: Adam(), batchSize: batch, threads: threads)
    // The first step finds the memory, and shows how long one takes.
    let start = monotonicSeconds()
    guard (try? trainer.fit(&copy, to: images.prefix(batch), epochs: 1)) != nil else { return nil }
    let steps = min(max(Int(seconds / (monotonicSeconds() - start)), 1), 10)
    let profiler = Profiler()
    trainer.profiler = profiler
    guard (try? trainer.fit(&copy, to: images.prefix(batch), epochs: steps)) != nil else { return nil }
    return LayerTable(profiler.profile, steps: steps, batchSize: batch, threads: threads)
  }
}
