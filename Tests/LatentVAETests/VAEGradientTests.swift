import Latent
import LatentVAE
import TestSupport
import Testing

/// The whole model's loss and its gradients: against central differences at every coordinate, and against the plain
/// implementation.
@Suite struct VAEGradientTests {
  typealias VAE = VariationalAutoencoder<LSTMEncoder, DenseDecoder>

  /// A model's sizes; the letters are the project's, and K the decoder's hidden units.
  struct Sizes: Sendable, CustomTestStringConvertible {
    let b: Int, t: Int, d: Int, h: Int, z: Int, k: Int
    var testDescription: String { "B=\(b) T=\(t) D=\(d) H=\(h) Z=\(z) K=\(k)" }
  }

  private struct Case {
    var vae: VAE
    let loss: ReconstructionLoss
    let x: Tensor
    let noise: Tensor
  }

  /// A model with weights, biases too, images and noise of a seed.
  private func make(
    _ sizes: Sizes, _ loss: ReconstructionLoss, beta: Double, _ element: ElementType, seed: Int
  ) -> Case {
    let key = RandomKey(seed: UInt64(seed))
    var vae = VAE(
      encoder: LSTMEncoder(
        inputSize: sizes.d, hiddenSize: sizes.h, latentSize: sizes.z, key: key.child("encoder"), element: element),
      decoder: DenseDecoder(
        latentSize: sizes.z, hiddenSize: sizes.k, outputSize: sizes.t * sizes.d, key: key.child("decoder"),
        element: element), likelihood: loss.likelihood(element: element), objective: Objective(beta: beta))
    var sample = SampleValues(seed: seed)
    vae.updateParameters { path, parameter in
      guard path.hasSuffix("bias") else { return }
      let values = parameter.value.values.map { $0 + sample.number(-0.5...0.5) }
      parameter.value = Tensor(values, shape: parameter.value.shape, element: element)
    }
    return Case(
      vae: vae, loss: loss,
      x: Tensor(
        sample.numbers(sizes.b * sizes.t * sizes.d, 0...1), shape: [sizes.b, sizes.t, sizes.d], element: element),
      noise: Tensor(sample.numbers(sizes.b * sizes.z, -2...2), shape: [sizes.b, sizes.z], element: element))
  }

  private func plain(_ run: Case, _ sizes: Sizes) -> Plain.VAE.Result {
    let weights = Plain.VAE.weights(run.vae.parameters.map { ($0.path, $0.value.values) })
    return Plain.VAE(weights: weights).run(
      run.x.values, noise: run.noise.values, batch: sizes.b, time: sizes.t, beta: run.vae.objective.beta,
      loss: run.loss == .squaredError ? .squaredError : .binaryCrossEntropyFromLogits)
  }

  /// The first seed whose model has no unit of the decoder near relu's corner.
  private func smooth(_ sizes: Sizes, _ loss: ReconstructionLoss, beta: Double) -> Case {
    for seed in 1...500 {
      let run = make(sizes, loss, beta: beta, .float64, seed: seed)
      let weights = Plain.VAE.weights(run.vae.parameters.map { ($0.path, $0.value.values) })
      let hidden = Plain.VAE(weights: weights).decoderHidden.preactivation(plain(run, sizes).latent)
      if hidden.allSatisfy({ abs($0) > 0.03 }) { return run }
    }
    fatalError("no model is smooth")
  }

  @Test(
    arguments: [
      Sizes(b: 1, t: 1, d: 1, h: 1, z: 1, k: 1), Sizes(b: 3, t: 3, d: 4, h: 5, z: 2, k: 7),
      Sizes(b: 1, t: 2, d: 3, h: 7, z: 3, k: 17), Sizes(b: 7, t: 2, d: 1, h: 2, z: 1, k: 3),
    ],
    [(ReconstructionLoss.binaryCrossEntropy, 1.0), (.squaredError, 1), (.binaryCrossEntropy, 4), (.squaredError, 0.25)])
  func centralDifferences(_ sizes: Sizes, _ kind: (loss: ReconstructionLoss, beta: Double)) {
    let run = smooth(sizes, kind.loss, beta: kind.beta)
    let mismatches = gradientMismatches(of: run.vae) { vae, tape in
      vae.loss(run.x, noise: run.noise, tape: tape).total
    }
    #expect(mismatches == [])
  }

  @Test(arguments: 0..<8, ElementType.allCases)
  func plainImplementation(_ seed: Int, _ element: ElementType) {
    var sample = SampleValues(seed: 50 + seed)
    let sizes = Sizes(
      b: sample.whole(1...9), t: sample.whole(1...8), d: sample.whole(1...12), h: sample.whole(1...33),
      z: sample.whole(1...7), k: sample.whole(1...33))
    let run = make(sizes, ReconstructionLoss.allCases[seed % 2], beta: Double(seed + 1) / 2, element, seed: seed)
    let expected = plain(run, sizes)
    let (forward, backward) = element == .float32 ? (5e-6, 5e-5) : (1e-12, 1e-11)
    var parts: [(String, Double)] = []
    let (value, gradients) = valueWithGradients(of: run.vae) { vae, tape in
      let terms = vae.loss(run.x, noise: run.noise, tape: tape)
      parts = terms.parts.map { ($0.name, $0.value.scalar) }
      return terms.total
    }
    #expect(maxRelativeError([value], [expected.loss]) < forward)
    #expect(parts.map(\.0) == ["reconstruction", "kl"])
    let means = [Plain.mean(expected.reconstructionLosses), Plain.mean(expected.divergences)]
    for (part, mean) in zip(parts, means) {
      #expect(maxRelativeError([part.1], [mean]) < forward, "\(part.0), \(sizes.testDescription)")
    }
    for (path, name) in Plain.VAE.paths {
      let error = maxRelativeError(gradients[path].values, expected.gradients[name]!)
      #expect(error < backward, "\(path), \(sizes.testDescription)")
    }
    // And what a trained model is used for.
    let (mean, logVariance) = run.vae.encode(run.x)
    #expect(mean.shape == [sizes.b, sizes.z])
    #expect(maxRelativeError(mean.values, expected.mean) < forward)
    #expect(maxRelativeError(logVariance.values, expected.logVariance) < forward)
    let latent = Tensor(expected.latent, shape: [sizes.b, sizes.z], element: element)
    #expect(maxRelativeError(run.vae.decode(latent).values, expected.reconstruction) < forward)
    #expect(run.vae.reconstruct(run.x).values == run.vae.decode(mean).values)
  }
}
