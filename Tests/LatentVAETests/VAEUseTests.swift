import Latent
import LatentVAE
import TestSupport
import Testing

/// What a trained model is used for, against the plain implementation; `AutoencoderCases` has its loss.
@Suite struct VAEUseTests {
  @Test(arguments: 0..<4, ElementType.computing)
  func plainImplementation(_ seed: Int, _ element: ElementType) {
    var sample = SampleValues(seed: 50 + seed)
    let (b, t, d) = (sample.whole(1...9), sample.whole(1...8), sample.whole(1...12))
    let (h, z, k) = (sample.whole(1...33), sample.whole(1...7), sample.whole(1...33))
    let key = RandomKey(seed: UInt64(seed))
    let vae = VariationalAutoencoder(
      encoder: LSTMEncoder(
        inputSize: d, hiddenSize: h, latentSize: z, key: key.child("encoder"), element: element),
      decoder: DenseDecoder(
        latentSize: z, hiddenSize: k, outputSize: t * d, key: key.child("decoder"), element: element))
    let x = Tensor(sample.numbers(b * t * d, 0...1), shape: [b, t, d], element: element)
    let noise = sample.numbers(b * z, -2...2)
    let weights = Plain.VAE.weights(vae.parameters.map { ($0.path, $0.value.values) })
    let expected = Plain.VAE(weights: weights).run(
      x.values, noise: noise, batch: b, time: t, loss: .binaryCrossEntropyFromLogits)
    let tolerance = element == .float32 ? 5e-6 : 1e-12
    let (mean, logVariance) = vae.encode(x)
    #expect(mean.shape == [b, z] && logVariance.shape == [b, z])
    #expect(maxRelativeError(mean.values, expected.mean) < tolerance)
    #expect(maxRelativeError(logVariance.values, expected.logVariance) < tolerance)
    let latent = Tensor(expected.latent, shape: [b, z], element: element)
    #expect(maxRelativeError(vae.decode(latent).values, expected.reconstruction) < tolerance)
    #expect(vae.reconstruct(x).values == vae.decode(mean).values)
  }

  @Test func partsHaveNames() {
    let vae = VariationalAutoencoder(
      encoder: LSTMEncoder(inputSize: 2, hiddenSize: 2, latentSize: 1),
      decoder: DenseDecoder(latentSize: 1, hiddenSize: 2, outputSize: 6))
    let terms = vae.loss(Tensor(zeros: [2, 3, 2]), noise: Tensor(zeros: [2, 1]), tape: Tape())
    #expect(terms.parts.map(\.name) == ["reconstruction", "kl"])
  }
}
