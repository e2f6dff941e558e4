import Latent
import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// The pictures that a run leaves behind, of validation images where there are any.
struct RunPictures {
  private let pictures: LatentPictures
  /// The files, and what is in them.
  private let kinds: [(file: RunFolder.File, kind: PictureKind)]

  /// As many images are encoded as take no time to speak of.
  private static let encoded = 2000

  /// - Throws: `LatentPictureError`
  init(_ saved: SavedModel, settings: TrainSettings, data: RunData) throws(LatentPictureError) {
    let source = data.shown
    pictures = try LatentPictures(
      of: saved, images: source.prefix(Self.encoded), seed: settings.seed,
      on: DataParallel(threads: settings.threads, shards: 1))
    let all: [(RunFolder.File, PictureKind)] = [
      (.reconstructions, .reconstructions), (.samples, .samples), (.interpolation, .interpolation),
      (.traversal, .traversal), (.manifold, .manifold), (.scatter, .scatter), (.kl, .kl),
    ]
    kinds = all.filter { $0.1 != .manifold || saved.latentSize == 2 }
  }

  /// Hands over each picture, or the reason why there is none. A signal leaves out the rest.
  func make(_ use: (RunFolder.File, Result<Picture, LatentPictureError>) -> Void) {
    for (file, kind) in kinds where !Interrupt.happened {
      use(file, Result { () throws(LatentPictureError) in try pictures.picture(kind) })
    }
  }
}

/// The first images, of those for validation where there are any, and their reconstructions from the latent mean.
struct ReconstructedImages {
  let originals: ImageStack
  let reconstructions: ImageStack

  /// - Parameter tensors: what the model's weights and buffers are now, by their paths
  init(
    of model: AnyVariationalAutoencoder, with tensors: [(path: String, value: Tensor)], count: Int,
    settings: TrainSettings, data: RunData
  ) {
    self.init(model: model.loaded(tensors), count: count, settings: settings, data: data)
  }

  init(model: AnyVariationalAutoencoder, count: Int, settings: TrainSettings, data: RunData) {
    let (height, width) = (data.whole.height, data.whole.width)
    let source = data.shown
    let shown = min(count, source.count)
    originals = ImageStack(source, first: shown)
    var bytes: [UInt8] = []
    let size = DataParallel.evaluationSize(elements: height * width)
    for start in stride(from: 0, to: shown, by: size) {
      let batch = source.batch(
        Array(start..<min(start + size, shown))[...], in: BatchContext(element: settings.precision.element))
      let decoded = model.reconstruct(batch.values, labels: batch.labels)
      bytes += ImageStack(decoded.floats, height: height, width: width).bytes
    }
    reconstructions = ImageStack(bytes, height: height, width: width)
  }

  /// Each image above its reconstruction, in rows of ten.
  func picture(title: String = "") -> Picture {
    ImageGrid.reconstructions(
      originals: originals, reconstructions: reconstructions, columns: min(10, originals.count),
      bands: (originals.count + 9) / 10, scale: ImageGrid.scale(height: originals.height, width: originals.width),
      title: title)
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
