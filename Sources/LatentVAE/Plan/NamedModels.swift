import Latent

/// The built-in models. Beside the help of programs, no other place knows their names.
extension ModelRecipe {
  /// The reference: an LSTM over the rows of an image, a dense decoder.
  public static func lstm() -> ModelRecipe {
    ModelRecipe(encoder: .recurrent(.lstm, units: 256), latentSize: 16, decoder: .dense([256]))
  }

  /// A hidden layer each way (Keras's example of a dense VAE).
  public static func mlp() -> ModelRecipe {
    ModelRecipe(encoder: .dense([512]), latentSize: 2, decoder: .dense([512]))
  }

  /// Two strided convolutions and three transposed ones (Keras's example of a convolutional VAE).
  public static func conv() -> ModelRecipe {
    ModelRecipe(
      encoder: .convolution([32, 64], units: 16), latentSize: 2, decoder: .convolution([32, 64]))
  }

  /// Two strided convolutions over the steps of a series, and transposed ones back to as many steps.
  public static func conv1d() -> ModelRecipe {
    ModelRecipe(
      encoder: .convolution([32, 64], kernel: 5, units: 64, overSteps: true), latentSize: 16,
      decoder: .convolution([32, 64], kernel: 5, overSteps: true))
  }

  /// A GRU over the rows, a dense decoder.
  public static func gru() -> ModelRecipe {
    ModelRecipe(encoder: .recurrent(.gru, units: 256), latentSize: 16, decoder: .dense([256]))
  }

  /// LSTMs over the rows from the top and from the bottom, a dense decoder.
  public static func bilstm() -> ModelRecipe {
    ModelRecipe(encoder: .recurrent(.lstm, units: 256, isBidirectional: true), latentSize: 16, decoder: .dense([256]))
  }

  /// An LSTM over the rows, and one that draws them.
  public static func lstmLSTM() -> ModelRecipe {
    ModelRecipe(
      encoder: .recurrent(.lstm, units: 256), latentSize: 16, decoder: .recurrent(.lstm, units: 256))
  }

  /// What texts are given where nothing is said of the model: an LSTM over the tokens, and one that makes them, each with
  /// the token before at hand but for some that are dropped (Bowman et al. 2016).
  public static func text() -> ModelRecipe {
    var recipe = lstmLSTM()
    recipe.wordDropout = 0.25
    return recipe
  }

  /// What rows of numbers without an order are given where nothing is said of the model: a hidden layer each way, with the
  /// sizes of the models that read steps.
  public static func table() -> ModelRecipe {
    ModelRecipe(encoder: .dense([256]), latentSize: 16, decoder: .dense([256]))
  }

  /// Each with its name in options.
  public static let named: [(name: String, recipe: ModelRecipe)] = [
    ("lstm", lstm()), ("mlp", mlp()), ("conv", conv()), ("gru", gru()), ("bilstm", bilstm()), ("lstm-lstm", lstmLSTM()),
    ("conv1d", conv1d()),
  ]

  /// The one of this name; nil if there is none.
  public init?(named name: String) {
    guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
    self = found.recipe
  }
}
