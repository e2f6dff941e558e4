import Foundation
import Latent
import LatentData
import LatentTraining

/// A layer of one's own, in other models, summaries, gradient checks and a trainer.
func checkHighway() throws {
  let (size, batch) = (3, 2)
  let layer = Highway(size: size, key: RandomKey(seed: 1), element: .float64)
  let x = Tensor(numbers(batch * size), shape: [batch, size], element: .float64)

  // By the formula, element by element.
  func dense(_ layer: Dense, _ row: [Double], _ column: Int) -> Double {
    (0..<size).reduce(layer.bias!.value.values[column]) { $0 + row[$1] * layer.kernel.value.values[$1 * size + column] }
  }
  let expected = (0..<batch).flatMap { b -> [Double] in
    let row = Array(x.values[b * size..<(b + 1) * size])
    return (0..<size).map { column in
      let t = 1 / (1 + exp(-dense(layer.gate, row, column)))
      return t * tanh(dense(layer.transform, row, column)) + (1 - t) * row[column]
    }
  }
  check(layer(Tape().constant(x)).tensor.values, expected, "a layer's values")

  let differences = checkGradients(of: layer) { $0($1.constant(x)) }
  check(differences.isEmpty, "a layer's gradients: \(differences)")
  let paths = Sequential(Flatten(), layer).parameters.map(\.path)
  check(
    paths == ["1.transform.kernel", "1.transform.bias", "1.gate.kernel", "1.gate.bias"], "a layer's paths: \(paths)")

  // Learns to turn the signs around, which takes its gate open.
  var model = Highway(size: size, key: RandomKey(seed: 2))
  let inputs = Tensor(numbers(600, seed: 3), shape: [200, size])
  let data = TensorDataset(inputs, Tensor(inputs.values.map { -0.8 * $0 }, shape: [200, size]))
  var trainer = Trainer(optimizer: Adam(learningRate: 0.05), batchSize: 50, threads: 2)
  let history = try trainer.fit(&model, to: data, epochs: 40) { model, batch, tape in
    LossTerms(total: squaredError(model(tape.constant(batch[0])), targets: batch[1]))
  }
  let (first, last) = (history.epochs[0].training.total, history.epochs[39].training.total)
  check(last < 0.1 * first, "a layer's training: from \(first) to \(last)")
}
