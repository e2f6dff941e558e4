import LatentKernels

/// Layer normalisation over the last axis (Ba, Kiros & Hinton 2016).
///
///     x, y [..., C]   gamma, beta [C]   n = (x - mean) / sqrt(variance + epsilon), of each row   y = n gamma + beta
///     dgamma = sum of dy n   dbeta = sum of dy   g = dy gamma   dx = (g - mean(g) - n mean(g n)) / sqrt(...)
public func layerNorm(_ x: Variable, gamma: Variable, beta: Variable, epsilon: Double = 1e-3) -> Variable {
  checkNormalization("layerNorm", x, gamma, beta)
  if x.tape.isDifferentiatedAgain {
    return x.standardized(axes: [-1], epsilon: epsilon) * gamma + beta
  }
  let (input, scale, element) = (x.tensor.storage, gamma.tensor.storage, x.tensor.element)
  let columns = gamma.tensor.count
  let y = x.tape.makeTensor(x.shape, element: element)
  let statistics = x.tape.makeTensor([input.count / columns, 2], element: element).storage
  y.storage.assignLayerNorm(
    of: input, gamma: scale, beta: beta.tensor.storage, epsilon: epsilon, statistics: statistics)
  return x.tape.record("LayerNorm", inputs: [x, gamma, beta], output: y) { backward in
    let upstream = backward.upstream.storage
    backward.addNormalizationGradients(channels: columns) { dx, dGamma, dBeta in
      upstream.layerNormGradients(
        x: input, gamma: scale, statistics: statistics, gammaGradient: dGamma, betaGradient: dBeta, inputGradient: dx)
    }
  }
}

extension Backward {
  /// The gradients of a normalisation's inputs x, gamma [C] and beta [C], those that are wanted.
  ///
  /// - Parameter walkBack: overwrites dx, and adds to dgamma and dbeta, where they are given: the last two together
  mutating func addNormalizationGradients(
    channels: Int, _ walkBack: (_ dx: Storage?, _ dGamma: Storage?, _ dBeta: Storage?) -> Void
  ) {
    var sums: Storage?
    if needs(1) || needs(2) {
      sums = Storage(count: 2 * channels, element: upstream.element, workspace: workspace)
      sums?.fill(0)
    }
    let (dGamma, dBeta) = (sums?[0..<channels], sums?[channels..<2 * channels])
    if needs(0) { accumulate(0) { walkBack($0, dGamma, dBeta) } } else { walkBack(nil, dGamma, dBeta) }
    if let dGamma, let dBeta {
      add(Tensor(dGamma, shape: [channels]), to: 1)
      add(Tensor(dBeta, shape: [channels]), to: 2)
    }
  }
}

extension Variable {
  /// With mean 0 along these axes, over the root of the variance and epsilon.
  func standardized(axes: [Int], epsilon: Double) -> Variable {
    let centered = self - mean(axes: axes, keepingDimensions: true)
    let variance = centered.squared().mean(axes: axes, keepingDimensions: true)
    return centered / (variance + epsilon).squareRoot()
  }
}

func checkNormalization(_ name: String, _ x: Variable, _ gamma: Variable, _ beta: Variable) {
  require(
    gamma.shape.count == 1 && beta.shape == gamma.shape && x.shape.last == gamma.shape[0] && x.tensor.count > 0,
    of: [x, gamma, beta],
    "\(name): x \(x.shape), gamma \(gamma.shape), beta \(beta.shape) do not fit [..., C], [C], [C]")
  let elements = [x, gamma, beta].map(\.tensor.element)
  require(
    Set(elements).count == 1, of: [x, gamma, beta],
    "\(name): x \(elements[0]), gamma \(elements[1]), beta \(elements[2]) differ")
}
