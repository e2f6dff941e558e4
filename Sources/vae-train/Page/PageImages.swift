import LatentCommand
import LatentData
import LatentFiles
import LatentReport
import LatentTraining
import LatentVAE

/// The images that a page shows: the test part of the run's data, else what the run itself had.
struct PageImages {
  let dataset: ImageDataset?
  /// What they are, for people.
  let title: String
  let notes: [String]

  /// - Parameters:
  ///   - data: the run's, to fall back on; nil where that is not at hand
  init(_ source: DataSource, for saved: SavedModel, else data: RunData? = nil) {
    do {
      let images = try source.loadImages(.test, limit: Playground.mostImages).binarized(saved.binarization)
      try saved.check(images)
      (dataset, title, notes) = (images, "Test images", [])
    } catch {
      let reason = "\((error as? Failure)?.message ?? "\(error)")"
      guard let data else {
        (dataset, title) = (nil, "")
        notes = [
          "There are no images to encode, and no layer table: \(reason). Give images of the right kind with --data."
        ]
        return
      }
      let isValidation = data.validation.count > 0
      dataset = (isValidation ? data.validation : data.training).prefix(Playground.mostImages)
      title = isValidation ? "Validation images" : "Training images"
      notes = ["\(title) are shown, since there are no test images that fit: \(reason)."]
    }
  }
}
