import LatentKernels

// Losses of tensors: of one element each, summed over all axes but the first and averaged over the first, the batch.

/// Cross-entropy of classes from logits [B, C]; nats per example.
public func crossEntropy(logits: Tensor, labels: [Int]) -> Tensor {
  computed(logits) { crossEntropy(logits: $0, labels: labels) }
}

/// Cross-entropy of classes, one by one: logits [..., C], classes and result [...]; nats; 0 where a class is `ignoring`.
public func crossEntropies(logits: Tensor, classes: Tensor, ignoring: Int? = nil) -> Tensor {
  computed(logits) { crossEntropies(logits: $0, classes: classes, ignoring: ignoring) }
}

/// `crossEntropy(logits: dense(x, kernel: kernel, bias: bias), labels: labels)`, without all logits in memory.
public func crossEntropy(_ x: Tensor, kernel: Tensor, bias: Tensor, labels: [Int]) -> Tensor {
  computed([x, kernel, bias]) { crossEntropy($0[0], kernel: $0[1], bias: $0[2], labels: labels) }
}

/// Binary cross-entropy from logits [B, ...]; nats per example.
public func binaryCrossEntropy(logits: Tensor, targets: Tensor) -> Tensor {
  computed(logits) { binaryCrossEntropy(logits: $0, targets: targets) }
}

/// Binary cross-entropy from probabilities [B, ...]; nats per example.
public func binaryCrossEntropy(probabilities: Tensor, targets: Tensor) -> Tensor {
  computed(probabilities) { binaryCrossEntropy(probabilities: $0, targets: targets) }
}

/// Squared error: the sum of (x - y)^2; x, targets [B, ...].
public func squaredError(_ x: Tensor, targets: Tensor) -> Tensor { computed(x) { squaredError($0, targets: targets) } }

/// Absolute error: the sum of |x - y|; x, targets [B, ...].
public func absoluteError(_ x: Tensor, targets: Tensor) -> Tensor {
  computed(x) { absoluteError($0, targets: targets) }
}

/// Huber's loss: squared for small differences, (x - y)^2 / 2, and linear from `delta` on; x, targets [B, ...].
public func huber(_ x: Tensor, targets: Tensor, delta: Double = 1) -> Tensor {
  computed(x) { huber($0, targets: targets, delta: delta) }
}

/// -log N(targets; mean, exp(logVariance)), nats per example; all [B, ...].
public func gaussianNegativeLogLikelihood(mean: Tensor, logVariance: Tensor, targets: Tensor) -> Tensor {
  computed(mean, logVariance) { gaussianNegativeLogLikelihood(mean: $0, logVariance: $1, targets: targets) }
}

/// KL(N(mean, exp(logVariance)) || N(otherMean, exp(otherLogVariance))) of diagonal Gaussians [B, Z]; nats per example.
public func gaussianDivergence(
  mean: Tensor, logVariance: Tensor, from otherMean: Tensor, _ otherLogVariance: Tensor
) -> Tensor {
  computed([mean, logVariance, otherMean, otherLogVariance]) {
    gaussianDivergence(mean: $0[0], logVariance: $0[1], from: $0[2], $0[3])
  }
}

/// KL(N(mean, exp(logVariance)) || N(0, 1)) of diagonal Gaussians [B, Z]; nats per example.
public func standardNormalDivergence(mean: Tensor, logVariance: Tensor) -> Tensor {
  computed(mean, logVariance) { standardNormalDivergence(mean: $0, logVariance: $1) }
}
