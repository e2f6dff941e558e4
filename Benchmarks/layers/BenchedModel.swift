import Latent
import LatentData

/// A model on examples that are made up: what it costs does not depend on them.
protocol BenchedModel: Module {
  /// The mean loss of a batch of what ``examples(_:)`` makes.
  func loss(_ batch: ExampleBatch, tape: Tape) -> Variable
  /// So many examples to learn from.
  func examples(_ count: Int) -> TensorDataset
}

/// What a model is made of, in the letters of the other programs' options.
struct ModelSizes {
  /// T
  var steps: Int
  /// D
  var inputs: Int
  /// H, the width of a Transformer
  var hidden: Int
  var heads: Int
  /// Blocks of a Transformer.
  var layers: Int
}

extension TensorDataset {
  /// Numbers of a standard normal distribution for each example: values and targets.
  static func normal(_ count: Int, values: [Int], targets: [Int]) -> TensorDataset {
    func drawn(_ shape: [Int], _ name: String) -> Tensor {
      Initializer.normal(standardDeviation: 1)(shape: [count] + shape, key: RandomKey(seed: 1).child(name))
    }
    return TensorDataset(drawn(values, "values"), drawn(targets, "targets"))
  }
}
