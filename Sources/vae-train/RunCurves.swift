import LatentCommand
import LatentReport
import LatentTraining

extension CurveChart {
  /// A run's losses, training against validation: total, reconstruction and KL divergence.
  init(_ history: History, settings: TrainSettings, data: String) {
    func curves(_ losses: [LatentTraining.Losses]) -> CurveChart.Losses {
      CurveChart.Losses(
        total: losses.map(\.total), reconstruction: losses.map { $0["reconstruction"] ?? .nan },
        kl: losses.map { $0["kl"] ?? .nan })
    }
    let validation = history.epochs.compactMap(\.validation)
    self = .lossCurves(
      training: curves(history.epochs.map(\.training)), validation: validation.isEmpty ? nil : curves(validation),
      title: "Loss on \(data)", unit: settings.objective.isInNats ? "nats per image" : "per image")
    // Only this sum is a bound of the likelihood.
    if !settings.objective.isBound { panels[0].title = "Total" }
  }
}
