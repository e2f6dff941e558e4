import LatentKernels

// Losses are summed over all axes but the first and averaged over the first, the batch; the unit is nats per example
// (squared error: squared units per example). Targets are constants: no gradient reaches them.

/// Binary cross-entropy from logits, in the form that cannot overflow: max(z, 0) - z y + log(1 + exp(-|z|)).
///
///     logits, targets [B, ...]   d/dz = (sigmoid(z) - y) / B
public func binaryCrossEntropy(logits: Variable, targets: Tensor) -> Variable {
  reducedLoss(
    "binaryCrossEntropy", logits, targets, composed: { $0.softplus() - $0 * $1 },
    value: { $0.binaryCrossEntropy(logitsAgainst: $1) },
    gradient: { $0.assignBinaryCrossEntropyGradient(logits: $1, targets: $2, scale: $3) })
}

/// Binary cross-entropy from probabilities, clipped to [1e-7, 1 - 1e-7] as in Keras: -y log p - (1 - y) log(1 - p).
///
///     probabilities, targets [B, ...]   d/dp = (p - y) / (p (1 - p)) / B, and 0 where p is clipped
public func binaryCrossEntropy(probabilities: Variable, targets: Tensor) -> Variable {
  reducedLoss(
    "binaryCrossEntropy", probabilities, targets,
    composed: { x, y in
      let p = x.clipped(to: 1e-7...1 - 1e-7)
      return -(y * p.log() + (1 - y) * (1 - p).log())
    },
    value: { $0.binaryCrossEntropy(probabilitiesAgainst: $1) },
    gradient: { $0.assignBinaryCrossEntropyGradient(probabilities: $1, targets: $2, scale: $3) })
}

/// Squared error: the sum of (x - y)^2.
///
///     x, targets [B, ...]   d/dx = 2 (x - y) / B
public func squaredError(_ x: Variable, targets: Tensor) -> Variable {
  reducedLoss(
    "squaredError", x, targets, composed: { ($0 - $1).squared() }, value: { $0.squaredError(against: $1) },
    gradient: { $0.assignSquaredErrorGradient($1, targets: $2, scale: $3) })
}

/// - Parameter composed: the loss of each element, by operations whose gradients can be differentiated again
private func reducedLoss(
  _ name: String, _ x: Variable, _ targets: Tensor, composed: (_ x: Variable, _ targets: Variable) -> Variable,
  value: (Storage, Storage) -> Double,
  gradient: @escaping (_ into: Storage, _ x: Storage, _ targets: Storage, _ scale: Double) -> Void
) -> Variable {
  require(
    x.shape == targets.shape && x.tensor.element == targets.element && (x.shape.first ?? 0) > 0, of: [x],
    "\(name): \(x.shape) of \(x.tensor.element) against targets \(targets.shape) of \(targets.element)"
      + "; both must be alike, and have examples")
  if x.tape.isDifferentiatedAgain { return meanOverBatch(composed(x, x.tape.constant(targets))) }
  let (batch, values) = (Double(x.shape[0]), x.tensor.storage)
  let output = x.tape.makeTensor([], element: values.element)
  output.storage.fill(value(values, targets.storage) / batch)
  return x.tape.record(name, x, output: output) { backward in
    let scale = backward.upstream.scalar / batch
    backward.accumulate(0) { gradient($0, values, targets.storage, scale) }
  }
}
