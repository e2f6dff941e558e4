import Latent
import LatentData
import LatentRun
import LatentVAE

/// What settings make of the data once the likelihood is known.
extension RunSettings {
  /// Looks once at all numbers that the likelihood can't take.
  ///
  /// - Throws: ``Failure`` that names the first of them
  package func check(_ data: RunData) throws(Failure) {
    // Tokens are numbers of the vocabulary, and of its likelihood alone, which the plan says.
    if case .text = data.whole.shape { return }
    guard let loss = objective.loss,
      let found = loss.support.firstOutside(of: data.whole, element: training.precision.element)
    else { return }
    let isWhole = loss.support.levels == 1
    let real = LikelihoodKind.freeGaussian(.feature)
    var advice = "give other data, or a loss for any numbers such as \(real.name)"
    if data.areBytes {
      advice = "give bytes as whole numbers of another type, such as 16 bits, or another loss"
    } else if data.isScaled {
      advice =
        (isWhole ? "numbers were scaled, which --scale none leaves out" : "--scale minmax brings them to 0...1")
        + ", or choose a loss for any numbers such as \(real.name)"
    }
    throw Failure("--loss \(loss.name): \(loss.outside(found, of: data.whole)): \(advice)", code: Failure.usage)
  }

  /// The data, of which the part that is learned from is changed by chance where settings say so.
  ///
  /// - Throws: ``Failure`` where they can't be changed so
  package func augmented(_ data: RunData) throws(Failure) -> RunData {
    guard let augmentation = source.augmentation else { return data }
    func refuse(_ reason: String) -> Failure {
      Failure("--augment \(augmentation): \(reason)", code: Failure.usage)
    }
    if let problem = augmentation.problem(for: data.whole.shape) { throw refuse(problem) }
    let support = objective.loss?.support ?? .real
    if augmentation.noise > 0 || augmentation.scale > 0 {
      let rest = "; shift and flip leave numbers what they are"
      if source.binarization != nil { throw refuse("noise and scale make grey of black and white" + rest) }
      if support.levels != nil {
        throw refuse(
          "noise and scale make other numbers than the \(support) that --loss \(objective.loss!.name) takes" + rest)
      }
    }
    return data.augmented(augmentation, within: support == .real ? nil : support.range)
  }
}
