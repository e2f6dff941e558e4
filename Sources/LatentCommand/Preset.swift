import ArgumentParser
import LatentRun
import LatentVAE

/// The three runs of the reference notebook, with the losses that it published.
package enum Preset: String, CaseIterable, ExpressibleByArgument {
  case reference1 = "reference-1"
  case reference2 = "reference-2"
  case reference3 = "reference-3"

  /// Published total losses after an epoch, in nats per image; nil where none was published.
  package struct Published: Sendable, Equatable {
    package let epoch: Int
    package let training: Double
    package let validation: Double
  }

  /// Its LSTM model.
  package var recipe: ModelRecipe {
    self == .reference1
      ? ModelRecipe(encoder: .recurrent(.lstm, units: 128), latentSize: 8, decoder: .dense([128])) : .lstm()
  }

  /// Nil where the notebook does not differ from the program's default.
  package var epochs: Int? { self == .reference2 ? 50 : nil }

  package var validationSplit: Double { self == .reference3 ? 0.2 : 0.3 }

  /// How many of the first training images were left out.
  package var dropped: Int { self == .reference3 ? 5000 : 0 }

  /// Begins with the preset's settings.
  func apply(to settings: inout RunSettings) {
    settings.training.preset = rawValue
    settings.training.epochs = epochs ?? RunSettings().training.epochs
    settings.source.validationSplit = validationSplit
    settings.source.dropped = dropped
    (settings.model.recipe, settings.model.plan, settings.model.kind) = (recipe, nil, nil)
  }

  /// The published validation loss of the finished model.
  package var publishedValidation: Double {
    switch self {
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
