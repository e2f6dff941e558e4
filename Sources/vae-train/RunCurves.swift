import LatentCommand
import LatentReport
import LatentTraining

extension CurveChart {
  /// A run's losses, training against validation: total, reconstruction and KL divergence.
  init(_ history: History, settings: TrainSettings, data: String) {
    self.init(
      history, data: data, isInNats: settings.objective.loss.isInNats,
      bound: settings.objective.record.bound(of: settings.objective.loss))
  }

  /// - Parameters:
  ///   - isInNats: whether the reconstruction loss is
  ///   - bound: of -log p(x) that the total is; nil for none
  init(_ history: History, data: String, isInNats: Bool, bound: String?) {
    let curves = history.curves
    self = .lossCurves(
      training: curves.training, validation: curves.validation, title: "Loss on \(data)",
      unit: isInNats ? "nats per image" : "per image")
    panels[0].title = Self.totalTitle(bound)
  }
}
