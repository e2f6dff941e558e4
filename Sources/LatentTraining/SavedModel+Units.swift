import Latent
import LatentData

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The units of the data that a model was trained on.
extension SavedModel {
  /// How the numbers were scaled that it was trained on; nil where they were taken as they are.
  public var scaling: Scaling? { decoded("scaling") }

  /// The names of a series' features: [D]; nil where that is not known.
  public var featureNames: [String]? { decoded("feature_names") }

  /// What the numbers of a text's tokens stand for; nil where that is not known, or examples are no texts.
  public var vocabulary: Vocabulary? {
    guard case .text(_, let count) = example, let vocabulary: Vocabulary = decoded("vocabulary"),
      vocabulary.count == count
    else { return nil }
    return vocabulary
  }

  /// What the model gives, in the units of the data: [..., D] or [..., T D].
  public func inUnits(_ values: Tensor) -> Tensor { scaling.map { $0.undone(values) } ?? values }

  private func decoded<Value: Decodable>(_ name: String) -> Value? {
    metadata[name].flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
  }
}
