import LatentCommand
import LatentReport
import LatentTraining

extension CurveChart {
  /// A run's losses, training against validation: total, reconstruction and KL divergence.
  init(_ history: History, settings: TrainSettings, data: String) {
    let validation = history.epochs.compactMap(\.validation)
    self = .lossCurves(
      training: CurveChart.Losses(history.epochs.map(\.training)),
      validation: validation.isEmpty ? nil : CurveChart.Losses(validation),
      title: "Loss on \(data)", unit: settings.objective.isInNats ? "nats per image" : "per image")
    // Only this sum is a bound of the likelihood.
    if !settings.objective.isBound { panels[0].title = "Total" }
  }
}

extension CurveChart.Losses {
  /// Those of the epochs in order.
  init(_ losses: [LatentTraining.Losses]) {
    self.init(
      total: losses.map(\.total), reconstruction: losses.map { $0["reconstruction"] ?? .nan },
      kl: losses.map { $0["kl"] ?? .nan })
  }
}
