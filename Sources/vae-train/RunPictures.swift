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

  init(model: AnyVariationalAutoencoder, settings: TrainSettings, data: TrainData) {
    let (height, width) = (data.whole.height, data.whole.width)
    let scale = ImageGrid.scale(height: height, width: width)
    let key = RandomKey(seed: settings.seed).child("samples")
    let element = settings.precision.element
    reconstructions = Self.reconstructions(
      ReconstructedImages(model: model, count: Self.columns * Self.bands, settings: settings, data: data), scale: scale)

    let noise = Tensor.normalNoise(
      key: key, streams: (0..<100).map { UInt64($0) }, columns: model.encoder.latentSize, element: element)
    // Of a conditional model, each column shows a class.
    let labels = model.classes > 0 ? (0..<100).map { UInt8($0 % Self.columns % model.classes) } : nil
    samples = ImageGrid.samples(
      ImageStack(model.decode(noise, labels: labels).floats, height: height, width: width), scale: scale)
  }

  /// Images with their reconstructions below them, in rows of ten.
  static func reconstructions(_ images: ReconstructedImages, scale: Int) -> Picture {
    ImageGrid.reconstructions(
      originals: images.originals, reconstructions: images.reconstructions,
      columns: min(columns, images.originals.count), bands: bands, scale: scale)
  }
}

/// The first images, of those for validation where there are any, and their reconstructions from the latent mean.
struct ReconstructedImages {
  let originals: ImageStack
  let reconstructions: ImageStack

  /// - Parameter tensors: what the model's weights and buffers are now, by their paths
  init(
    of model: AnyVariationalAutoencoder, with tensors: [(path: String, value: Tensor)], count: Int,
    settings: TrainSettings, data: TrainData
  ) {
    self.init(model: model.loaded(tensors), count: count, settings: settings, data: data)
  }

  init(model: AnyVariationalAutoencoder, count: Int, settings: TrainSettings, data: TrainData) {
    let (height, width) = (data.whole.height, data.whole.width)
    let source = data.validation.count > 0 ? data.validation : data.training
    let shown = min(count, source.count)
    let batch = source.firstBatch(shown, element: settings.precision.element)
    originals = ImageStack((0..<shown).flatMap { source.image($0) }, height: height, width: width)
    reconstructions = ImageStack(
      model.reconstruct(batch.images, labels: batch.labels).floats, height: height, width: width)
  }
}

extension AnyVariationalAutoencoder {
  /// The model with these weights and buffers of its own kind.
  func loaded(_ tensors: [(path: String, value: Tensor)]) -> Self {
    var model = self
    try! model.load(Dictionary(uniqueKeysWithValues: tensors.map { ($0.path, $0.value) }))
    return model
  }
}
