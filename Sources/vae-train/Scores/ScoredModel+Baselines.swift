import LatentAnomalies
import LatentCommand
import LatentData
import LatentRun
import LatentTraining

/// Simple methods beside the model.
extension ScoredModel {
  /// What simple methods say of the rows: fitted on the rows that the model has learned from, with thresholds that the same rule
  /// finds from the rows that were kept for validation.
  ///
  /// - Throws: where the data of the model's run can't be read any more
  func baselines(on series: [Series], _ rule: Threshold.Rule?) throws -> [ScoreEvaluation.Method] {
    guard let settings = saved.record?.settings, settings.source.data != nil else {
      throw Failure("the data of the model's run are not known")
    }
    let data = try RunData(settings)
    let learned = Self.values(of: data.training)
    let kept = data.validation.count > 0 ? Self.values(of: data.validation) : learned
    let all = try Baselines.all(
      fitting: learned, features: scorer.model.features, steps: scorer.model.window)
    return all.map { baseline in
      func scores(of values: [Double]) -> [Double] {
        // Each series is a new beginning.
        var own = baseline
        return own.score(values).scores
      }
      var method = ScoreEvaluation.Method(name: baseline.name, scores: series.map { scores(of: $0.values) })
      if case .number = rule { return method }
      // A method whose scores are nearly all the same has no threshold by this rule.
      if let threshold = try? ScoreOptions.threshold(rule, ScoreSketch(scores(of: kept))) {
        method.alarms = method.scores.map { $0.map(threshold.isAlarm) }
      }
      return method
    }
  }

  /// Rows in the units that they were read in: [N, D]
  private static func values(of data: AnyDataset) -> [Double] {
    ScoreCalibration.rows(of: data)?.flatMap(\.values) ?? []
  }
}
