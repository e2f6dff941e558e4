import LatentData
import LatentFiles
import LatentTraining

/// What a trained model reads: examples as those that it learned from, cut and scaled alike.
extension SavedModel {
  /// How the examples are read that it was trained on, as its run's folder says; else as its own shape asks for.
  package var reading: Reading {
    var reading = record?.settings.source.reading ?? Reading()
    reading.limit = nil
    if case .series(let steps, _) = example {
      reading.series.window = steps
      reading.series.columns = reading.series.columns ?? featureNames
    }
    return reading
  }

  /// Examples of a source, as the model reads them.
  ///
  /// - Parameter binarization: how images are made black and white; as in its training where left out
  /// - Throws: `DataError`, or ``RunError`` where they are not what the model reads
  package func examples(
    of source: DataSource, _ part: DatasetPart, limit: Int?, binarization: Binarization?? = .none
  ) throws -> AnyDataset {
    var reading = reading
    reading.limit = limit
    let loaded = AnyDataset(try source.load(part, reading))
    let tones = binarization ?? (loaded.base is ImageDataset ? self.binarization : nil)
    let examples = try loaded.binarized(tones)
    try check(examples)
    return scaling.map { examples.scaled(by: $0) } ?? examples
  }
}
