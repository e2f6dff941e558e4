import LatentKernels

/// A sample of N(mean, exp(logVariance)) as a function of its parameters: z = mean + exp(logVariance / 2) noise
/// (Kingma & Welling 2014, section 2.4).
///
///     mean, logVariance, noise, z [B, Z]
///     d mean = dz   d logVariance = dz noise exp(logVariance / 2) / 2
public func gaussianSample(mean: Variable, logVariance: Variable, noise: Tensor) -> Variable {
  precondition(
    mean.shape == logVariance.shape && mean.shape == noise.shape,
    "gaussianSample: mean \(mean.shape), log-variance \(logVariance.shape), noise \(noise.shape) differ")
  let z = mean.tape.makeTensor(mean.shape, element: mean.tensor.element)
  z.storage.assignGaussianSample(
    mean: mean.tensor.storage, logVariance: logVariance.tensor.storage, noise: noise.storage)
  return mean.tape.record("gaussianSample", inputs: [mean, logVariance], output: z) { backward in
    let upstream = backward.upstream
    backward.add(upstream, to: 0)
    backward.accumulate(1) {
      $0.assignGaussianSampleGradient(
        logVariance: logVariance.tensor.storage, noise: noise.storage, upstream: upstream.storage)
    }
  }
}

/// KL(N(mean, exp(logVariance)) || N(0, 1)), summed over the latent dimensions and averaged over the batch; nats per
/// example: -1/2 sum(1 + logVariance - mean^2 - exp(logVariance)) (Kingma & Welling 2014, appendix B).
///
///     mean, logVariance [B, Z]
///     d mean = mean / B   d logVariance = (exp(logVariance) - 1) / 2B
public func standardNormalDivergence(mean: Variable, logVariance: Variable) -> Variable {
  precondition(
    mean.shape == logVariance.shape && (mean.shape.first ?? 0) > 0,
    "standardNormalDivergence: mean \(mean.shape) and log-variance \(logVariance.shape) differ or are empty")
  let batch = Double(mean.shape[0])
  let output = mean.tape.makeTensor([], element: mean.tensor.element)
  output.storage.fill(mean.tensor.storage.standardNormalDivergence(logVariance: logVariance.tensor.storage) / batch)
  return mean.tape.record("standardNormalDivergence", inputs: [mean, logVariance], output: output) { backward in
    let (count, element, workspace) = (mean.tensor.count, mean.tensor.element, backward.workspace)
    let dMean = Storage(count: count, element: element, workspace: workspace)
    let dLogVariance = Storage(count: count, element: element, workspace: workspace)
    Storage.assignStandardNormalDivergenceGradients(
      mean: mean.tensor.storage, logVariance: logVariance.tensor.storage, scale: backward.upstream.scalar / batch,
      meanGradient: dMean, logVarianceGradient: dLogVariance)
    backward.add(Tensor(dMean, shape: mean.shape), to: 0)
    backward.add(Tensor(dLogVariance, shape: mean.shape), to: 1)
  }
}
