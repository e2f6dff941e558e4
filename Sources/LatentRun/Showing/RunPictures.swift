import Latent
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
  init(_ saved: SavedModel, of exhibit: Exhibit) throws(LatentPictureError) {
    pictures = try LatentPictures(
      of: saved, images: exhibit.shown.prefix(Self.encoded), seed: exhibit.seed, on: exhibit.workers)
    let all: [(RunFolder.File, PictureKind)] = [
      (.reconstructions, .reconstructions), (.samples, .samples), (.interpolation, .interpolation),
      (.traversal, .traversal), (.manifold, .manifold), (.scatter, .scatter), (.kl, .kl),
    ]
    kinds = all.filter { $0.1 != .manifold || saved.latentSize == 2 }
  }

  /// Hands over each picture, or the reason why there is none.
  ///
  /// - Parameter isStopped: whether to leave out the rest
  func make(unless isStopped: () -> Bool, _ use: (RunFolder.File, Result<Picture, LatentPictureError>) -> Void) {
    for (file, kind) in kinds where !isStopped() {
      use(file, Result { () throws(LatentPictureError) in try pictures.picture(kind) })
    }
  }
}
