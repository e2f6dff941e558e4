import Latent
import LatentData
import LatentFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// As JSON:
///
///     {
///       "example": {"kind": "image", "height": 28, "width": 28, "channels": 1},
///       "encoder": [{"kind": "lstm", "units": 256}],
///       "latent_size": 16,
///       "decoder": [{"kind": "dense", "name": "hidden", "units": 256, "activation": "relu"},
///                   {"kind": "dense", "name": "output", "units": 784}],
///       "likelihood": "bce",
///       "classes": []
///     }
extension ModelPlan: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case example, encoder, decoder, likelihood, classes
    case latentSize = "latent_size"
  }

  public init(from decoder: any Swift.Decoder) throws {
    let fields = try StrictFields<Key>(decoder)
    let name: String = try fields.value(.likelihood, else: LikelihoodKind.bernoulli.name, "a text")
    guard let likelihood = LikelihoodKind(named: name) else {
      let names = LikelihoodKind.all.map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw fields.wrong(.likelihood, "one of \(names)")
    }
    let labels: [UInt8] = try fields.value(.classes, else: [], "a list of ascending labels, each 0 to 255")
    guard zip(labels, labels.dropFirst()).allSatisfy(<) else {
      throw fields.wrong(.classes, "a list of ascending labels, each 0 to 255")
    }
    try self.init(
      example: fields.container.decode(ExampleShape.self, forKey: .example),
      encoder: fields.container.decode([LayerPlan].self, forKey: .encoder), latentSize: fields.size(.latentSize),
      decoder: fields.container.decode([LayerPlan].self, forKey: .decoder), likelihood: likelihood, classLabels: labels)
  }

  public func encode(to encoder: any Swift.Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(example, forKey: .example)
    try fields.encode(self.encoder, forKey: .encoder)
    try fields.encode(latentSize, forKey: .latentSize)
    try fields.encode(self.decoder, forKey: .decoder)
    try fields.encode(likelihood.name, forKey: .likelihood)
    try fields.encode(classLabels, forKey: .classes)
  }

  /// Reads a plan.
  ///
  /// - Throws: ``PlanError``, which names the field that can't be used and what is allowed there
  public init(json: some Sequence<UInt8>) throws(PlanError) {
    do {
      self = try JSONDecoder().decode(ModelPlan.self, from: Data(json))
    } catch let error as PlanError {
      throw error
    } catch {
      throw PlanError((error as? DecodingError)?.line ?? "it can't be read")
    }
  }

  /// The plan as one line, or as people read it.
  public func json(isPretty: Bool = false) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = isPretty ? [.prettyPrinted, .sortedKeys] : [.sortedKeys]
    // Whole numbers, texts and lists of them are always encoded.
    return String(decoding: try! encoder.encode(self), as: UTF8.self)
  }
}
