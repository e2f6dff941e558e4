import Latent

/// The optimizers that settings name, each with its other settings as they are by default. The raw value is the type's name,
/// as records have it.
public enum RunOptimizer: String, Sendable, CaseIterable {
  case adam = "Adam"
  case adamW = "AdamW"
  case adaMax = "AdaMax"
  case nAdam = "NAdam"
  case rAdam = "RAdam"
  case sgd = "SGD"
  case rmsprop = "RMSprop"
  case adagrad = "Adagrad"
  case adadelta = "Adadelta"
  case lion = "Lion"
  case lamb = "LAMB"
  /// Of the matrices; AdamW, with the same rate, of everything else.
  case muon = "Muon<AdamW>"
  case lookahead = "Lookahead<Adam>"

  /// `adam`, `muon`
  package var name: String { rawValue.prefix { $0 != "<" }.lowercased() }

  /// The one of this name, in letters of any size; nil where there is none.
  package init?(named name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
    self = found
  }

  package func make(learningRate rate: Double) -> any Optimizer {
    switch self {
    case .adam: Adam(learningRate: rate)
    case .adamW: AdamW(learningRate: rate)
    case .adaMax: AdaMax(learningRate: rate)
    case .nAdam: NAdam(learningRate: rate)
    case .rAdam: RAdam(learningRate: rate)
    case .sgd: SGD(learningRate: rate)
    case .rmsprop: RMSprop(learningRate: rate)
    case .adagrad: Adagrad(learningRate: rate)
    case .adadelta: Adadelta(learningRate: rate)
    case .lion: Lion(learningRate: rate)
    case .lamb: LAMB(learningRate: rate)
    case .muon: Muon(learningRate: rate, others: AdamW(learningRate: rate))
    case .lookahead: Lookahead(Adam(learningRate: rate))
    }
  }
}
