import LatentTraining

extension CurveChart.Losses {
  /// Those of the epochs in order.
  package init(_ losses: [LatentTraining.Losses]) {
    self.init(
      total: losses.map(\.total), reconstruction: losses.map { $0["reconstruction"] ?? .nan },
      kl: losses.map { $0["kl"] ?? .nan })
  }
}
