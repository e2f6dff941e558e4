import Benchmark
import Latent

/// Reconstruction losses and their gradients, of 128 images of 784 pixels.
func lossBenchmarks() {
  let count = 128 * 784
  let (logits, probabilities) = (Storage.normal(count), Storage.uniform(count))
  let (targets, gradient) = (Storage.uniform(count), Storage.empty(count))

  measure("cross-entropy of logits \(count)") { blackHole(logits.binaryCrossEntropy(logitsAgainst: targets)) }
  measure("cross-entropy of logits, gradient \(count)") {
    gradient.assignBinaryCrossEntropyGradient(logits: logits, targets: targets, scale: 0.01)
  }
  measure("cross-entropy of probabilities \(count)") {
    blackHole(probabilities.binaryCrossEntropy(probabilitiesAgainst: targets))
  }
  measure("cross-entropy of probabilities, gradient \(count)") {
    gradient.assignBinaryCrossEntropyGradient(probabilities: probabilities, targets: targets, scale: 0.01)
  }
  measure("squared error \(count)") { blackHole(probabilities.squaredError(against: targets)) }
  measure("squared error, gradient \(count)") {
    gradient.assignSquaredErrorGradient(probabilities, targets: targets, scale: 0.01)
  }
}
