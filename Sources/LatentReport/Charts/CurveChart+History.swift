import LatentFiles
import LatentTraining

extension CurveChart.Losses {
  /// Those of the epochs in order; an epoch without them, or without one of their parts, leaves a gap.
  init(_ losses: [LatentTraining.Losses?]) {
    func values(_ value: (LatentTraining.Losses) -> Double?) -> [Double] { losses.map { $0.flatMap(value) ?? .nan } }
    self.init(
      total: values(\.total), reconstruction: values { $0["reconstruction"] }, kl: values { $0["kl"] })
  }
}

extension History {
  /// The losses of all epochs for curves; nil for validation where no epoch has a validation part.
  package var curves: (training: CurveChart.Losses, validation: CurveChart.Losses?) {
    let validation = epochs.map(\.validation)
    return (
      CurveChart.Losses(epochs.map(\.training)),
      validation.contains { $0 != nil } ? CurveChart.Losses(validation) : nil
    )
  }
}

extension CurveChart {
  /// What the total of losses is called.
  ///
  /// - Parameter bound: of -log p(x) that it is; nil where it is none
  package static func totalTitle(_ bound: String?) -> String { bound.map { "Total (\($0))" } ?? "Total" }

  /// Adds an epoch to the chart that ``lossCurves(training:validation:title:unit:)`` made of a run's ``History``. It takes
  /// no longer the more epochs there are.
  package mutating func append(_ record: EpochRecord) {
    let sides = [Losses([record.training]), Losses([record.validation])]
    for (panel, part) in zip(panels.indices, [\Losses.total, \.reconstruction, \.kl]) {
      for (series, losses) in zip(panels[panel].series.indices, sides) {
        panels[panel].series[series].values += losses[keyPath: part]
      }
    }
  }
}
