import Latent
import LatentAnomalies
import LatentData
import LatentTraining

/// What a run's model says of rows that are kept for validation, or where there are none of those that it has learned from.
extension ScoreCalibration {
  /// - Parameters:
  ///   - data: windows of series, or vectors, in the model's own scaling
  ///   - settings: what a row's score is
  /// - Returns: nil where rows of such data have no scores
  /// - Throws: `AnomalyError` for a model that is not of rows
  package init?(
    of saved: SavedModel, on data: some Dataset, isValidation: Bool, _ settings: ScoreSettings = ScoreSettings(),
    workers: DataParallel
  ) throws(AnomalyError) {
    guard let rows = Self.rows(of: data), rows.contains(where: { $0.rows > 0 }) else { return nil }
    var scorer = try saved.scorer(settings)
    scorer.period = nil
    self.init(settings, of: rows, part: isValidation ? "validation" : "training", by: scorer, on: workers)
  }

  /// The rows that examples are made of, in the units that they were read in; nil where they are made of none.
  package static func rows(of data: some Dataset) -> [Series]? {
    switch AnyDataset(data).base {
    case let series as SeriesDataset: return series.covered
    case let vectors as TensorDataset:
      guard case .vector = vectors.shape else { return nil }
      return [vectors.asSeries]
    default: return nil
    }
  }
}

extension TensorDataset {
  /// Vectors as the rows of a series, in the units that they were read in.
  fileprivate var asSeries: Series {
    let known = observed.map(\.values)
    let values = (scaling.map { $0.undone(tensors[0]) } ?? tensors[0]).values
    return Series(
      name: name, columns: (0..<shape.features).map { "column \($0 + 1)" },
      values: known.map { zip(values, $0).map { $1 == 0 ? .nan : $0 } } ?? values)
  }
}
