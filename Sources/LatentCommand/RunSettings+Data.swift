import Latent
import LatentData
import LatentRun
import LatentVAE

/// What settings make of the data once the likelihood is known.
extension RunSettings {
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
