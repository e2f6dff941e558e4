import LatentData
import LatentFiles

/// The images of a run and their two parts.
package struct RunData {
  /// All images of the run, training and validation.
  package let whole: ImageDataset
  package let training: ImageDataset
  package let validation: ImageDataset
  /// What a model is looked at with: the images for validation where there are any.
  package var shown: ImageDataset { validation.count > 0 ? validation : training }

  /// - Throws: `DataError`, or ``Failure`` where nothing is left to train on.
  package init(_ settings: TrainSettings) throws {
    let dropped = settings.dropped
    let loaded = try settings.data.loadImages(limit: settings.limit.map { $0 + dropped })
    whole = loaded.dropFirst(dropped).binarized(settings.binarization)
    guard whole.count > 0 else {
      throw Failure(
        "--preset \(settings.preset?.rawValue ?? "") leaves out the first \(dropped) images, but \(loaded.name) has "
          + "only \(loaded.count): give more images with --data", code: Failure.usage)
    }
    (training, validation) = whole.split(validationFraction: settings.validationSplit)
    guard training.count > 0 else {
      throw Failure(
        "--validation-split \(settings.validationSplit) leaves none of \(whole.count) images to train on: "
          + "give a smaller one, or more images", code: Failure.usage)
    }
  }

  private init(whole: ImageDataset, training: ImageDataset, validation: ImageDataset) {
    (self.whole, self.training, self.validation) = (whole, training, validation)
  }

  /// The same images in rows of another length.
  package func reshaped(height: Int, width: Int) -> RunData {
    RunData(
      whole: whole.reshaped(height: height, width: width), training: training.reshaped(height: height, width: width),
      validation: validation.reshaped(height: height, width: width))
  }
}
