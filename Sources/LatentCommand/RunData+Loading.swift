import LatentData
import LatentRun

extension RunData {
  /// The images that settings name.
  ///
  /// - Throws: `DataError`, or ``Failure`` where nothing is left to train on.
  package init(_ settings: RunSettings) throws {
    let (source, dropped) = (settings.source, settings.source.dropped)
    guard let data = source.data else {
      throw Failure("--data: the run's data are a program's own, and not known here", code: Failure.usage)
    }
    let loaded = try data.loadImages(limit: source.limit.map { $0 + dropped })
    let whole = loaded.dropFirst(dropped).binarized(source.binarization)
    guard whole.count > 0 else {
      throw Failure(
        "--preset \(settings.training.preset ?? "") leaves out the first \(dropped) images, but \(loaded.name) has "
          + "only \(loaded.count): give more images with --data", code: Failure.usage)
    }
    let (training, validation) = whole.split(validationFraction: source.validationSplit)
    guard training.count > 0 else {
      throw Failure(
        "--validation-split \(source.validationSplit) leaves none of \(whole.count) images to train on: "
          + "give a smaller one, or more images", code: Failure.usage)
    }
    self.init(whole: whole, training: training, validation: validation)
  }
}
