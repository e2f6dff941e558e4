import LatentData
import LatentRun

extension RunData {
  /// The examples that settings name.
  ///
  /// - Throws: `DataError`, or ``Failure`` where nothing is left to train on.
  package init(_ settings: RunSettings) throws {
    let (source, dropped) = (settings.source, settings.source.dropped)
    guard let data = source.data else {
      throw Failure("--data: the run's data are a program's own, and not known here", code: Failure.usage)
    }
    let loaded = AnyDataset(try data.load(.training, source.reading))
    let whole: AnyDataset
    do throws(RunError) { whole = try loaded.dropFirst(dropped).binarized(source.binarization) } catch {
      throw Failure("--binarize: \(error)", code: Failure.usage)
    }
    guard whole.count > 0 else {
      throw Failure(
        "--preset \(settings.training.preset ?? "") leaves out the first \(dropped) images, but \(loaded.name) has "
          + "only \(loaded.count): give more images with --data", code: Failure.usage)
    }
    self.init(
      splitting: whole, settings.split, scaling: source.scaling ?? settings.objective.loss?.support.usualScaling)
    guard training.count > 0 else {
      throw Failure(
        "--validation-split \(source.validationSplit)\(source.testSplit > 0 ? " and --test-split \(source.testSplit)" : "") "
          + "leaves none of \(whole.count) \(whole.shape.plural) to train on: "
          + "give less, or more \(whole.shape.plural)", code: Failure.usage)
    }
  }
}
