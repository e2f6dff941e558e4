import LatentKernels

/// Group normalisation (Wu & He 2018): the channels in groups, each with mean 0 and variance 1 over its channels and all places of an
/// example.
///
///     x, y [B, ..., C]   gamma, beta [C]   n = (x - mean) / sqrt(variance + epsilon), of each group   y = n gamma + beta
///     dgamma = sum of dy n   dbeta = sum of dy   g = dy gamma   dx = (g - mean(g) - n mean(g n)) / sqrt(...)
///
/// - Parameter groups: a divisor of C; each group is of channels that follow one another
public func groupNorm(
  _ x: Variable, gamma: Variable, beta: Variable, groups: Int, epsilon: Double = 1e-3
) -> Variable {
  checkNormalization("groupNorm", x, gamma, beta)
  let (examples, channels) = (x.shape[0], gamma.shape[0])
  require(
    x.shape.count >= 2 && groups > 0 && channels % groups == 0, of: [x, gamma],
    "groupNorm: the \(channels) channels of x \(x.shape) can't be cut into \(groups) equal groups")
  if x.tape.isDifferentiatedAgain {
    let places = x.tensor.count / (examples * channels)
    let parts = x.reshaped(to: [examples, places, groups, channels / groups])
    return parts.standardized(axes: [1, 3], epsilon: epsilon).reshaped(to: x.shape) * gamma + beta
  }
  let (input, scale, element) = (x.tensor.storage, gamma.tensor.storage, x.tensor.element)
  let y = x.tape.makeTensor(x.shape, element: element)
  let statistics = x.tape.makeTensor([examples, groups, 2], element: element).storage
  y.storage.assignGroupNorm(
    of: input, examples: examples, groups: groups, gamma: scale, beta: beta.tensor.storage, epsilon: epsilon,
    statistics: statistics, workspace: x.tape.workspace)
  return x.tape.record("GroupNorm", inputs: [x, gamma, beta], output: y) { backward in
    let (upstream, workspace) = (backward.upstream.storage, backward.workspace)
    backward.addNormalizationGradients(channels: channels) { dx, dGamma, dBeta in
      upstream.groupNormGradients(
        x: input, examples: examples, groups: groups, gamma: scale, statistics: statistics, gammaGradient: dGamma,
        betaGradient: dBeta, inputGradient: dx, workspace: workspace)
    }
  }
}
