import LatentAnomalies
import LatentData

extension ScoredModel {
  /// What simple methods say of the rows.
  func baselines(on series: [Series]) -> [ScoreEvaluation.Method] { [] }
}
