import Benchmark
import Latent

/// The latent Gaussian of 128 images in 16 dimensions: its sample, its divergence from N(0, I), and their gradients.
func gaussianBenchmarks() {
  let count = 128 * 16
  let (mean, logVariance) = (Storage.normal(count), Storage.uniform(count, from: -2, to: 0.5))
  let (noise, upstream) = (Storage.normal(count), Storage.normal(count))
  let (z, meanGradient, logVarianceGradient) = (Storage.empty(count), Storage.empty(count), Storage.empty(count))

  measure("Gaussian sample \(count)", isShort: true) {
    z.assignGaussianSample(mean: mean, logVariance: logVariance, noise: noise)
  }
  measure("Gaussian sample, gradient \(count)", isShort: true) {
    logVarianceGradient.assignGaussianSampleGradient(logVariance: logVariance, noise: noise, upstream: upstream)
  }
  measure("KL divergence \(count)", isShort: true) {
    blackHole(mean.standardNormalDivergence(logVariance: logVariance))
  }
  measure("KL divergence, gradients \(count)", isShort: true) {
    Storage.assignStandardNormalDivergenceGradients(
      mean: mean, logVariance: logVariance, scale: 0.01, meanGradient: meanGradient,
      logVarianceGradient: logVarianceGradient)
  }
}
