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

extension CurveChart.Panel {
  /// What of a history a panel shows.
  enum Source: Sendable, Equatable {
    case total
    case part(String)
    case metric(String)

    /// What an epoch has of it, curve by curve: training and validation, or the one of a metric. What it has not is a gap.
    func values(_ record: EpochRecord) -> [Double] {
      let sides = [record.training, record.validation]
      return switch self {
      case .total: sides.map { $0?.total ?? .nan }
      case .part(let name): sides.map { $0?[name] ?? .nan }
      case .metric(let name): [record.metrics.first { $0.name == name }?.value ?? .nan]
      }
    }
  }
}

extension CurveChart {
  /// What the total of losses is called.
  ///
  /// - Parameter bound: of -log p(x) that it is; nil where it is none
  package static func totalTitle(_ bound: String?) -> String { bound.map { "Total (\($0))" } ?? "Total" }

  /// A run's losses, training against validation, and its metrics: a panel each. An auto-encoder's parts are reconstruction
  /// and KL divergence; of another model's loss there are all parts that it has.
  ///
  /// - Parameter total: what the total of the losses is called
  package init(_ history: History, title: String, unit: String, total: String) {
    let table = history.table
    let isAutoencoder = table.parts.contains { ["reconstruction", "kl"].contains($0) }
    let parts = isAutoencoder ? ["reconstruction", "kl"] : table.parts
    let hasValidation = history.epochs.contains { $0.validation != nil }
    let sides = [
      Series("training", [], color: .blue), Series("validation", [], color: .orange, dashed: true),
    ].prefix(hasValidation ? 2 : 1)
    func panel(_ title: String, _ source: Panel.Source, _ unit: String, _ series: some Collection<Series>) -> Panel {
      var panel = Panel(title, yTitle: unit, series: Array(series))
      panel.source = source
      return panel
    }
    self.init(
      title: title,
      panels: [panel(total, .total, unit, sides)]
        + parts.map { panel(Self.title($0), .part($0), unit, sides) }
        + table.metrics.map { panel(Self.title($0), .metric($0), "", sides.suffix(1)) })
    for record in history.epochs { append(record) }
  }

  /// `kl` and `mean_error` as titles.
  package static func title(_ name: String) -> String {
    if name == "kl" { return "KL divergence" }
    let words = name.replacing("_", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// Adds an epoch to the chart of a run's ``History``. It takes no longer the more epochs there are.
  package mutating func append(_ record: EpochRecord) {
    for panel in panels.indices {
      guard let source = panels[panel].source else { continue }
      for (series, value) in zip(panels[panel].series.indices, source.values(record)) {
        panels[panel].series[series].values.append(value)
      }
    }
  }
}
