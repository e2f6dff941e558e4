import LatentKernels

// Draws from distributions whose parameters are tensors. What is drawn for an example depends on its number and the key alone.

/// Classes drawn with the probabilities softmax(logits): [B, ..., C] -> [B, ...].
public func categorical(logits: Tensor, key: RandomKey, examples: [UInt64]) -> Tensor {
  computed(logits) { categorical(logits: $0, key: key, examples: examples) }
}

/// `count` classes of each row, drawn with the probabilities softmax(logits): [B, ..., C] -> [B, ..., count].
public func multinomial(
  logits: Tensor, count: Int, replacing: Bool = false, key: RandomKey, examples: [UInt64]
) -> Tensor {
  computed(logits) { multinomial(logits: $0, count: count, replacing: replacing, key: key, examples: examples) }
}

/// A sample of the Gumbel-softmax distribution: logits, result [B, ..., C].
public func gumbelSoftmax(
  _ logits: Tensor, temperature: Double, isHard: Bool = false, key: RandomKey, examples: [UInt64]
) -> Tensor {
  computed(logits) { gumbelSoftmax($0, temperature: temperature, isHard: isHard, key: key, examples: examples) }
}

/// Draws from gamma distributions of scale 1: concentration, result [B, ...].
public func gammaSample(concentration: Tensor, key: RandomKey, examples: [UInt64]) -> Tensor {
  computed(concentration) { gammaSample(concentration: $0, key: key, examples: examples) }
}

/// Logarithms of draws from gamma distributions of scale 1: concentration, result [B, ...].
public func logGammaSample(concentration: Tensor, key: RandomKey, examples: [UInt64]) -> Tensor {
  computed(concentration) { logGammaSample(concentration: $0, key: key, examples: examples) }
}

/// Draws from beta distributions: alpha, beta, result [B, ...].
public func betaSample(alpha: Tensor, beta: Tensor, key: RandomKey, examples: [UInt64]) -> Tensor {
  computed(alpha, beta) { betaSample(alpha: $0, beta: $1, key: key, examples: examples) }
}

/// Draws from Dirichlet distributions: concentration, result [B, ..., C].
public func dirichletSample(concentration: Tensor, key: RandomKey, examples: [UInt64]) -> Tensor {
  computed(concentration) { dirichletSample(concentration: $0, key: key, examples: examples) }
}

/// A sample of N(mean, exp(logVariance)): mean + exp(logVariance / 2) noise, all [B, Z].
public func gaussianSample(mean: Tensor, logVariance: Tensor, noise: Tensor) -> Tensor {
  computed(mean, logVariance) { gaussianSample(mean: $0, logVariance: $1, noise: noise) }
}
