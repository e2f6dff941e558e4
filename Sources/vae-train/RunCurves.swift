import LatentCommand
import LatentReport
import LatentTraining

extension CurveChart {
  /// A run's losses, training against validation: total, reconstruction and KL divergence.
  init(_ history: History, settings: TrainSettings, data: String) {
    self.init(
      history, data: data, isInNats: settings.objective.isInNats, isBound: settings.objective.isBound)
  }

  /// - Parameters:
  ///   - isInNats: whether the reconstruction loss is
  ///   - isBound: whether the total is a bound of the likelihood
  init(_ history: History, data: String, isInNats: Bool, isBound: Bool) {
    let curves = history.curves
    self = .lossCurves(
      training: curves.training, validation: curves.validation, title: "Loss on \(data)",
      unit: isInNats ? "nats per image" : "per image")
    if !isBound { panels[0].title = "Total" }
  }
}
