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
    let wanted = RunFolder.File.allCases.filter {
      $0.kind != nil && $0 != .curves && $0.isOf(saved.example) && ($0 != .manifold || saved.latentSize == 2)
    }
    kinds = wanted.map { ($0, $0.kind!) }
  }

  /// Hands over what is in each file, a picture or a text, or the reason why there is none.
  ///
  /// - Parameter isStopped: whether to leave out the rest
  func make(unless isStopped: () -> Bool, _ use: (RunFolder.File, Result<[UInt8], any Error>) -> Void) {
    for (file, kind) in kinds where !isStopped() {
      use(file, Result { file.isText ? Array(try pictures.text(kind).utf8) : try PNG.encode(pictures.picture(kind)) })
    }
  }
}
