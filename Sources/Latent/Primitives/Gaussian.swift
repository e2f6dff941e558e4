import LatentKernels

/// A sample of N(mean, exp(logVariance)) as a function of its parameters: z = mean + exp(logVariance / 2) noise
/// (Kingma & Welling 2014, section 2.4).
///
///     mean, logVariance, noise, z [B, Z]
///     d mean = dz   d logVariance = dz noise exp(logVariance / 2) / 2
public func gaussianSample(mean: Variable, logVariance: Variable, noise: Tensor) -> Variable {
  require(
    mean.shape == logVariance.shape && mean.shape == noise.shape, of: [mean, logVariance],
    "gaussianSample: mean \(mean.shape), log-variance \(logVariance.shape), noise \(noise.shape) differ")
  if mean.tape.isDifferentiatedAgain { return mean + (0.5 * logVariance).exp() * mean.tape.constant(noise) }
  let z = mean.tape.makeTensor(mean.shape, element: mean.tensor.element)
  let logVariances = logVariance.tensor.storage
  z.storage.assignGaussianSample(mean: mean.tensor.storage, logVariance: logVariances, noise: noise.storage)
  return mean.tape.record("gaussianSample", mean, logVariance, output: z) { backward in
    let upstream = backward.upstream
    backward.add(upstream, to: 0)
    backward.accumulate(1) {
      $0.assignGaussianSampleGradient(logVariance: logVariances, noise: noise.storage, upstream: upstream.storage)
    }
  }
}

/// KL(N(mean, exp(logVariance)) || N(0, 1)), summed over the latent dimensions and averaged over the batch; nats per
/// example: -1/2 sum(1 + logVariance - mean^2 - exp(logVariance)) (Kingma & Welling 2014, appendix B).
///
///     mean, logVariance [B, Z]
///     d mean = mean / B   d logVariance = (exp(logVariance) - 1) / 2B
public func standardNormalDivergence(mean: Variable, logVariance: Variable) -> Variable {
  require(
    mean.shape == logVariance.shape && (mean.shape.first ?? 0) > 0, of: [mean, logVariance],
    "standardNormalDivergence: mean \(mean.shape) and log-variance \(logVariance.shape) differ or are empty")
  if mean.tape.isDifferentiatedAgain {
    return meanOverBatch(-0.5 * (1 + logVariance - mean.squared() - logVariance.exp()))
  }
  let (batch, m, v) = (Double(mean.shape[0]), mean.tensor, logVariance.tensor)
  let output = mean.tape.makeTensor([], element: m.element)
  output.storage.fill(m.storage.standardNormalDivergence(logVariance: v.storage) / batch)
  return mean.tape.record("standardNormalDivergence", mean, logVariance, output: output) { backward in
    let dMean = Storage(count: m.count, element: m.element, workspace: backward.workspace)
    let dLogVariance = Storage(count: m.count, element: m.element, workspace: backward.workspace)
    Storage.assignStandardNormalDivergenceGradients(
      mean: m.storage, logVariance: v.storage, scale: backward.upstream.scalar / batch, meanGradient: dMean,
      logVarianceGradient: dLogVariance)
    backward.add(Tensor(dMean, shape: m.shape), to: 0)
    backward.add(Tensor(dLogVariance, shape: m.shape), to: 1)
  }
}
