import ArgumentParser
import LatentRun
import LatentVAE

/// The three runs of the reference notebook, with the losses that it published, and a model that learns what is normal in a
/// series.
package enum Preset: String, CaseIterable, ExpressibleByArgument {
  case reference1 = "reference-1"
  case reference2 = "reference-2"
  case reference3 = "reference-3"
  case anomalies

  /// Published total losses after an epoch, in nats per image; nil where none was published.
  package struct Published: Sendable, Equatable {
    package let epoch: Int
    package let training: Double
    package let validation: Double
  }

  /// Begins with the preset's settings.
  func apply(to settings: inout RunSettings) {
    settings.training.preset = rawValue
    settings.training.epochs = RunSettings().training.epochs
    settings.source.validationSplit = self == .reference3 ? 0.2 : 0.3
    (settings.model.recipe, settings.model.plan, settings.model.kind) = (.lstm(), nil, nil)
    switch self {
    case .reference1:
      settings.model.recipe = ModelRecipe(encoder: .recurrent(.lstm, units: 128), latentSize: 8, decoder: .dense([128]))
    case .reference2: settings.training.epochs = 50
    case .reference3: settings.source.dropped = 5000
    case .anomalies:
      settings.model.recipe = ModelRecipe(encoder: .dense([64]), latentSize: 8, decoder: .dense([64]))
      (settings.training.epochs, settings.training.batchSize, settings.steering.schedule) = (50, 64, .cosine)
      settings.source.series.window = 32
    }
  }

  /// The published validation loss of the finished model; nil where none was.
  package var publishedValidation: Double? {
    switch self {
    case .anomalies: nil
    case .reference1: 119.18
    case .reference2: 105.67
    case .reference3: 106.75
    }
  }

  /// Points of the published curve.
  package var publishedCurve: [Published] {
    guard self == .reference3 else { return [] }
    return [
      Published(epoch: 1, training: 232.52, validation: 199.26),
      Published(epoch: 10, training: 116.63, validation: 116.36),
      Published(epoch: 30, training: 105.92, validation: 106.80),
    ]
  }

  /// The data that the published losses belong to.
  package static let publishedData = "MNIST"
}
