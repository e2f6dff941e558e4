import Latent
import LatentData
import LatentVAE
import TestSupport
import Testing

/// log p against PyTorch's distributions (`Golden/generate_torch_likelihoods.py`), far from the middle too.
@Suite struct GoldenLikelihoodTests {
  @Test(arguments: PlainLikelihood.all.filter { $0.kind.isInNats })
  func logProbabilities(_ plain: PlainLikelihood) throws {
    let (golden, kind) = (try Golden.load("torch_likelihoods"), plain.kind)
    func tensor(_ name: String) -> Tensor {
      Tensor(golden["\(kind).\(name)"], shape: golden.shape(of: "\(kind).\(name)"), element: .float64)
    }
    let (output, x) = (tensor("output"), tensor("x"))
    var likelihood = kind.make(for: .series(steps: x.shape[1] / 2, features: 2), element: .float64)
    likelihood.updateParameters { $1.value = tensor($0) }
    let tape = Tape()
    let losses = likelihood.elementLosses(tape.constant(output), of: tape.constant(x)).tensor
    let expected = golden["\(kind).log_prob"]
    // PyTorch rounds the probability of a logit, and takes the logit of that again.
    let tolerance = kind == .continuousBernoulli ? 1e-7 : 1e-9
    #expect(losses.shape == golden.shape(of: "\(kind).log_prob") && losses.count >= 40)
    for (place, (found, expected)) in zip(losses.values, expected).enumerated() {
      #expect(abs(found + expected) < tolerance * max(1, abs(expected)), "\(kind) \(place): \(-found), not \(expected)")
    }
    let sums = likelihood.negativeLogLikelihoods(tape.constant(output), of: tape.constant(x)).tensor.values
    let total = likelihood.negativeLogLikelihood(tape.constant(output), of: x).scalar
    let exact = Plain.rowSums(expected, columns: x.shape[1]).map { -$0 }
    #expect(maxRelativeError(sums, exact) < tolerance && abs(total - Plain.mean(exact)) < tolerance * abs(total))
    // PyTorch's mixture and categories have no mean as it is meant here.
    if golden.names.contains("\(kind).mean") {
      let means = likelihood.mean(tape.constant(output)).tensor.values
      #expect(maxRelativeError(means, golden["\(kind).mean"]) < 1e-6)
    }
  }
}
