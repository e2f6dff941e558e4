import Latent
import LatentCommand
import LatentData
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

  /// - Throws: `SavedModelError`, `LatentPictureError`
  init(_ file: SafetensorsFile, settings: TrainSettings, data: TrainData) throws {
    let source = data.validation.count > 0 ? data.validation : data.training
    let saved = try SavedModel(file)
    pictures = try LatentPictures(
      of: saved, images: source.prefix(Self.encoded), seed: settings.seed,
      on: DataParallel(threads: settings.threads, shards: 1))
    let all: [(RunFolder.File, PictureKind)] = [
      (.reconstructions, .reconstructions), (.samples, .samples), (.interpolation, .interpolation),
      (.traversal, .traversal), (.manifold, .manifold), (.scatter, .scatter), (.kl, .kl),
    ]
    kinds = all.filter { $0.1 != .manifold || saved.form.sizes.latent == 2 }
  }

  /// Hands over each picture, or the reason why there is none.
  func make(_ use: (RunFolder.File, Result<Picture, LatentPictureError>) -> Void) {
    for (file, kind) in kinds {
      use(file, Result { () throws(LatentPictureError) in try pictures.picture(kind) })
    }
  }
}
