import Latent
import LatentFiles
import LatentVAE

extension SavedModel {
  /// The same model with its numbers in another type. With bfloat16 they are those that bfloat16 has, so that a file may store
  /// them in half the bytes, and the model computes with them in float32.
  ///
  /// - Throws: ``LatentFiles/FileError`` for a model without a plan
  public func converted(to weights: ElementType) throws(FileError) -> SavedModel {
    guard weights != self.element else { return self }
    let element = weights == .bfloat16 ? .float32 : weights
    let tensors = model.tensors.map { ($0.path, $0.value.converted(to: weights).converted(to: element)) }
    return try SavedModel(
      Dictionary(uniqueKeysWithValues: tensors), plan: plan(for: "another number type"),
      metadata: metadata.merging(["precision": "\(element)"]) { $1 }, file: file)
  }
}
