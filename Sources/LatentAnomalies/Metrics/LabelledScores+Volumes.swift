import Foundation
import Latent

extension LabelledScores {
  /// The volumes under the surfaces that curves make when the borders of anomalies get a width.
  public struct Volumes: Sendable, Equatable, Codable {
    /// Under that of the true over the false positive rate.
    public let roc: Double
    /// Under that of precision over recall.
    public let precisionRecall: Double
  }

  /// VUS-ROC and VUS-PR (Paparrizos et al., Volume Under the Surface: A New Accuracy Evaluation Measure for Time-Series Anomaly
  /// Detection, VLDB 2022), as TSB-AD's `generate_curve` computes them with 250 thresholds.
  ///
  /// A score a little beside an anomaly is not all wrong: for each width w from 0 to `window`, rows at a distance d up to w / 2
  /// from an anomaly count as one by sqrt(1 - d / w), and two of these as a whole one. The volume is the mean of the areas over
  /// all widths. The rows are read once, whatever the window is.
  ///
  /// - Parameter window: the widest border, in rows; the length of a period of the series is usual
  /// - Returns: nil where all rows are of one kind
  public func volumes(window: Int = 100) -> Volumes? {
    require(window >= 0, "LabelledScores.volumes: a window of \(window) rows; it must not be negative")
    guard hasBothKinds else { return nil }
    let thresholds = Self.curveThresholds(descending.map(\.score))
    var borders = AnomalyBorders(scores, labels.events, thresholds: thresholds.scores, reach: window / 2)
    var (roc, precisionRecall) = (0.0, 0.0)
    for width in 0...window {
      let curve = borders.curve(
        width: width, alarms: thresholds.alarms, anomalies: labels.anomalies)
      roc += curve.roc
      precisionRecall += curve.precisionRecall
    }
    return Volumes(roc: roc / Double(window + 1), precisionRecall: precisionRecall / Double(window + 1))
  }

  /// 250 scores from the greatest to the least, at even places of all, and for each how many are as high.
  private static func curveThresholds(_ descending: [Double]) -> (scores: [Double], alarms: [Int]) {
    let (most, last) = (250, descending.count - 1)
    // As NumPy's linspace rounds.
    let step = Double(last) / Double(most - 1)
    let scores = (0..<most).map { descending[$0 == most - 1 ? last : Int(Double($0) * step)] }
    let ascending = Array(descending.reversed())
    return (scores, scores.map { score in ascending.count - ascending.partitioningIndex { $0 >= score } })
  }
}
