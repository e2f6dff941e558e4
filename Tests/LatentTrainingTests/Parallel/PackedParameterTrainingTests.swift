import Latent
import LatentData
import LatentTraining
import TestSupport
import Testing

/// Training by products with a parameter, which is packed once a step and must not be used beyond it.
@Suite struct PackedParameterTrainingTests {
  private struct Model: Module {
    var matrix = Parameter(Initializer.normal(standardDeviation: 0.1)(shape: [128, 96], key: RandomKey(seed: 4)))
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("matrix", &matrix) }
  }

  @Test func followsTheWeights() throws {
    let key = RandomKey(seed: 5)
    func normal(_ columns: Int, _ name: String) -> Tensor {
      Initializer.normal(standardDeviation: 1)(shape: [512, columns], key: key.child(name))
    }
    let data = TensorDataset([normal(128, "x"), normal(96, "y")])
    func trained(_ matrix: @escaping @Sendable (Variable) -> Variable) throws -> (weights: [Double], losses: [Double]) {
      var (model, trainer) = (Model(), Trainer(optimizer: SGD(learningRate: 0.1), batchSize: 256, shards: 2))
      let history = try trainer.fit(&model, to: data, validation: data, epochs: 3) { model, batch, tape in
        let y = matmul(tape.constant(batch[0]), matrix(model.matrix.on(tape)))
        return LossTerms(total: squaredError(y, targets: batch[1]))
      }
      return (
        model.matrix.value.values, history.epochs.map(\.training.total) + history.epochs.compactMap(\.validation?.total)
      )
    }
    let (packed, other) = (try trained { $0 }, try trained { $0 * 1 })
    #expect(packed.weights == other.weights && packed.losses == other.losses)
    #expect(packed.losses[2] < packed.losses[0])
  }
}
