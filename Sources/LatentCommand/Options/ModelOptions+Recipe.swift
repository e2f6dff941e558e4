import Latent
import LatentVAE

/// What the options change in a recipe.
extension ModelOptions {
  func change(_ recipe: inout ModelRecipe) throws(Failure) {
    recipe.latentSize = latentSize ?? recipe.latentSize
    recipe.maskChannel = maskChannel || recipe.maskChannel
    recipe.embeddingSize = embeddingSize ?? recipe.embeddingSize
    let isMirrored = layers != nil || filters != nil || kernel != nil || activation != nil
    recipe.encoder = try changedEncoder(recipe.encoder)
    if isMirrored { recipe.decoder = recipe.encoder.mirrored(like: recipe.decoder) }
    recipe.decoder = try changedDecoder(recipe.decoder)
    if teacherForcing || wordDropout != nil {
      guard case .recurrent(_, _, _, isBidirectional: false) = recipe.decoder else {
        throw Failure(
          "\(teacherForcing ? "--teacher-forcing" : "--word-dropout") goes with a decoder of recurrent layers that read "
            + "forward, such as that of --model lstm-lstm", code: Failure.usage)
      }
      recipe.wordDropout = wordDropout ?? recipe.wordDropout ?? 0
    }
  }

  private func changedEncoder(_ part: ModelRecipe.Part) throws(Failure) -> ModelRecipe.Part {
    switch part {
    case .dense(let units, let function):
      try refuse(
        [("--cell", cell != nil), ("--cells", cells != nil), ("--bidirectional", bidirectional)], "recurrent layers")
      try refuse([("--filters", filters != nil), ("--kernel", kernel != nil)], "convolutions")
      if layers != nil && hiddenSize != nil {
        throw Failure("--layers and --hidden-size both say the units of hidden layers: give one", code: Failure.usage)
      }
      return .dense(layers ?? hiddenSize.map { [$0] } ?? units, activation ?? function)
    case .recurrent(let usual, let units, let count, let isBidirectional):
      try refuse([("--layers", layers != nil), ("--activation", activation != nil)], "hidden layers")
      try refuse([("--filters", filters != nil), ("--kernel", kernel != nil)], "convolutions")
      return .recurrent(
        cell ?? usual, units: hiddenSize ?? units, cells: cells ?? count,
        isBidirectional: bidirectional || isBidirectional)
    case .convolution(let usual, let size, let units, let overSteps):
      try refuse(
        [("--cell", cell != nil), ("--cells", cells != nil), ("--bidirectional", bidirectional)], "recurrent layers")
      try refuse([("--layers", layers != nil), ("--activation", activation != nil)], "hidden layers alone")
      return .convolution(filters ?? usual, kernel: kernel ?? size, units: hiddenSize ?? units, overSteps: overSteps)
    }
  }

  private func changedDecoder(_ part: ModelRecipe.Part) throws(Failure) -> ModelRecipe.Part {
    if decoderLayers != nil && decoderSize != nil {
      throw Failure("--decoder-layers and --decoder-size both say the decoder's units: give one", code: Failure.usage)
    }
    switch part {
    case .dense(let units, let function):
      return .dense(decoderLayers ?? decoderSize.map { [$0] } ?? units, function)
    case .recurrent(let usual, let units, let count, let isBidirectional):
      if decoderLayers != nil {
        throw Failure(
          "--decoder-layers: the decoder of this model is recurrent; give --decoder-size and --cells",
          code: Failure.usage)
      }
      return .recurrent(
        cell ?? usual, units: decoderSize ?? units, cells: cells ?? count, isBidirectional: isBidirectional)
    case .convolution(let usual, let size, let units, let overSteps):
      if decoderSize != nil {
        throw Failure("--decoder-size: the decoder of this model has no hidden layer of that kind", code: Failure.usage)
      }
      return .convolution(
        decoderLayers.map { $0.reversed() } ?? usual, kernel: size, units: units, overSteps: overSteps)
    }
  }

  private func refuse(_ options: [(name: String, isGiven: Bool)], _ layers: String) throws(Failure) {
    guard let option = options.first(where: \.isGiven) else { return }
    throw Failure("\(option.name) goes with a model of \(layers)", code: Failure.usage)
  }
}

extension ModelRecipe.Part {
  /// As the decoder of this encoder, where that is of the same kind.
  fileprivate func mirrored(like decoder: Self) -> Self {
    switch (self, decoder) {
    case (.dense(let units, let function), .dense): .dense(units.reversed(), function)
    case (.convolution, .convolution): self
    case (.dense, _), (.recurrent, _), (.convolution, _): decoder
    }
  }
}
