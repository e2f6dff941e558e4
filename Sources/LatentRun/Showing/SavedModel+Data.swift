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
    if case .text(let steps, _) = example, let vocabulary {
      reading.series.window = steps
      reading.text = TextReading(tokens: vocabulary.kind, vocabulary: vocabulary)
    }
    return reading
  }

  /// Examples of a source, as the model reads them.
  ///
  /// - Parameters:
  ///   - source: where they are; nil for what it was trained on, of which the test part is what its run kept apart, if it did
  ///   - binarization: how images are made black and white; as in its training where left out
  /// - Throws: `DataError`, or ``RunError`` where they are not what the model reads
  package func examples(
    of source: DataSource?, _ part: DatasetPart, limit: Int?, binarization: Binarization?? = .none
  ) throws -> AnyDataset {
    var reading = reading
    let loaded: AnyDataset
    if source == nil, part == .test, let settings = record?.settings, settings.source.testSplit > 0 {
      // What the run read, cut as it was cut.
      reading.limit = settings.source.reading.limit
      let whole = AnyDataset(try dataSource.load(.training, reading)).dropFirst(settings.source.dropped)
      let kept = settings.split.parts(of: whole).test
      loaded = limit.map { kept.prefix($0) } ?? kept
    } else {
      reading.limit = limit
      loaded = AnyDataset(try (source ?? dataSource).load(part, reading))
    }
    let tones = binarization ?? (loaded.base is ImageDataset ? self.binarization : nil)
    let examples = try loaded.binarized(tones)
    try check(examples)
    let scaled = scaling.map { examples.scaled(by: $0) } ?? examples
    if let found = likelihood.support.firstOutside(of: scaled, element: element) {
      throw RunError(
        "the model's likelihood is \(likelihood.name): \(likelihood.outside(found, of: scaled)); give data like those that it was trained on"
      )
    }
    return scaled
  }
}
