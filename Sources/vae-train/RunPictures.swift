import Latent
import LatentCommand
import LatentData
import LatentReport
import LatentVAE

/// The pictures of a trained model.
struct RunPictures {
  /// Images, validation images where there are any, with their reconstructions from the latent mean below them.
  let reconstructions: Picture
  /// Ten rows of ten images decoded from N(0, I), drawn by the seed.
  let samples: Picture

  private static let columns = 10
  private static let bands = 3

  init(model: VariationalAutoencoder<LSTMEncoder, DenseDecoder>, settings: TrainSettings, data: TrainData) {
    let (height, width) = (data.whole.height, data.whole.width)
    // Small images are drawn larger, and large ones as they are.
    let scale = max(1, min(3, 100 / max(height, width)))
    let key = RandomKey(seed: settings.seed).child("samples")
    let element = settings.precision.element

    let source = data.validation.count > 0 ? data.validation : data.training
    let shown = min(Self.columns * Self.bands, source.count)
    let batch = source.batch(Array(0..<shown)[...], noiseKey: key, element: element)
    let originals = (0..<shown).flatMap { source.image($0) }
    reconstructions = ImageGrid.reconstructions(
      originals: ImageStack(originals, height: height, width: width),
      reconstructions: ImageStack(model.reconstruct(batch.images).floats, height: height, width: width),
      columns: min(Self.columns, shown), bands: Self.bands, scale: scale)

    let noise = Tensor(uninitialized: [100, settings.sizes.latent], element: element)
    noise.storage.fillNormal(key: key.bits, streams: (0..<100).map { UInt64($0) }, columns: settings.sizes.latent)
    samples = ImageGrid.samples(
      ImageStack(model.decode(noise).floats, height: height, width: width), scale: scale)
  }
}
