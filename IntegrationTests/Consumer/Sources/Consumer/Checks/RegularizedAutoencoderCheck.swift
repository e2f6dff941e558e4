import Latent
import LatentVAE

/// An objective of one's own: its parts from the model's own outputs, and gradients.
func checkRegularizedAutoencoder() {
  let (batch, rows, columns) = (3, 2, 3)
  let model = VariationalAutoencoder(
    encoder: RowEncoder(rowSize: columns, latentSize: 2, key: RandomKey(seed: 1), element: .float64),
    decoder: OuterDecoder(latentSize: 2, rows: rows, columns: columns, key: RandomKey(seed: 2), element: .float64),
    likelihood: LaplaceLikelihood(), objective: RegularizedAutoencoder(weight: 3))
  let x = Tensor(numbers(batch * rows * columns), shape: [batch, rows, columns], element: .float64)
  let noise = Tensor(zeros: [batch, 2], element: .float64)
  let terms = model.loss(x, noise: noise, tape: Tape())
  let (means, tape) = (model.encode(x).mean, Tape())
  let length = means.values.reduce(0) { $0 + $1 * $1 / 2 } / Double(batch)
  let output = model.decoder(tape.constant(means))
  let reconstruction = model.likelihood.negativeLogLikelihoods(
    output, of: tape.constant(x.reshaped(to: [batch, rows * columns])))
  let expected = reconstruction.tensor.values.reduce(0, +) / Double(batch)
  check([terms.total.scalar], [expected + 3 * length], "an objective's total")
  check(terms.parts.map { $0.value.scalar }, [expected, length], "an objective's parts")
  // Nothing depends on the head of the log-variance.
  let differences = checkGradients(of: model) { $0.loss(x, noise: noise, tape: $1).total }
  check(differences.isEmpty, "an objective's gradients: \(differences)")
}
