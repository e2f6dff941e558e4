import Foundation
import Latent
import LatentData
import LatentVAE
import TestSupport
import Testing

/// Batches with missing values, against loops over the known ones; `DecoderCases` has the likelihoods by themselves.
@Suite struct ObservedTests {
  private static let (batch, steps, features, latent) = (3, 4, 2, 2)

  private static func model(_ kind: LikelihoodKind, samples: Int) -> AnyVariationalAutoencoder {
    let key = RandomKey(seed: 8)
    var vae = VariationalAutoencoder(
      encoder: AnyEncoder(
        LSTMEncoder(
          inputSize: features, hiddenSize: 3, latentSize: latent, key: key.child("encoder"), element: .float64)),
      decoder: AnyDecoder(
        DenseDecoder(
          latentSize: latent, hiddenSize: 5, outputSize: steps * features * kind.numbersPerElement,
          key: key.child("decoder"), element: .float64)),
      likelihood: kind.make(for: .series(steps: steps, features: features), element: .float64),
      objective: samples > 1 ? ImportanceWeightedBound(samples: samples) : EvidenceLowerBound())
    vae.updateParameters { path, parameter in
      guard path.hasPrefix("likelihood.") else { return }
      let values = parameter.value.values.indices.map { -0.3 + 0.2 * Double($0) }
      parameter.value = Tensor(values, shape: parameter.value.shape, element: .float64)
    }
    return vae
  }

  /// Values with NaN where they are missing, and what is known.
  private static func examples(_ kind: LikelihoodKind = .bernoulli) -> (x: Tensor, observed: Tensor) {
    var sample = SampleValues(seed: 17)
    let count = batch * steps * features
    let observed = (0..<count).map {
      $0 % 5 == 1 || $0 % 7 == 3 || $0 / (steps * features) == 2 && $0 % 2 == 0 ? 0.0 : 1
    }
    let x = zip(sample.numbers(count, 0...1), observed).map { $1 == 1 ? PlainLikelihood(kind).example($0) : Double.nan }
    let shape = [batch, steps, features]
    return (Tensor(x, shape: shape, element: .float64), Tensor(observed, shape: shape, element: .float64))
  }

  private static func noise(samples: Int) -> Tensor {
    var sample = SampleValues(seed: 3)
    return Tensor(
      sample.numbers(batch * samples * latent, -2...2), shape: [batch, samples * latent], element: .float64)
  }

  /// -log p(x|z_k) of the known values of each example, and log p(z_k) - log q(z_k|x): [B][K].
  private static func parts(
    _ vae: AnyVariationalAutoencoder, _ kind: LikelihoodKind, samples: Int
  ) -> (losses: [[Double]], ratios: [[Double]]) {
    let (x, observed) = examples(kind)
    let known = Tensor(x.values.map { $0.isNaN ? 0 : $0 }, shape: x.shape, element: .float64)
    let (mean, logVariance) = vae.encode(known)
    let (m, v, e) = (mean.values, logVariance.values, noise(samples: samples).values)
    let learned = vae.parameters.filter { $0.path.hasPrefix("likelihood.") }.map(\.value.values)
    var (losses, ratios): ([[Double]], [[Double]]) = ([], [])
    for b in 0..<batch {
      losses.append([])
      ratios.append([])
      for k in 0..<samples {
        let z = (0..<latent).map {
          m[b * latent + $0] + exp(v[b * latent + $0] / 2) * e[(b * samples + k) * latent + $0]
        }
        let output = vae.decoder(Tape().constant(Tensor(z, shape: [1, latent], element: .float64))).tensor.values
        let row = b * steps * features..<(b + 1) * steps * features
        let terms = PlainLikelihood(kind).terms(output, Array(known.values[row]), learned: learned)
        let loss = zip(terms, observed.values[row]).reduce(0) { $0 + ($1.1 == 1 ? $1.0 : 0) }
        var ratio = 0.0
        for d in 0..<latent {
          let noise = e[(b * samples + k) * latent + d]
          ratio += (v[b * latent + d] + noise * noise - z[d] * z[d]) / 2
        }
        losses[b].append(loss)
        ratios[b].append(ratio)
      }
    }
    return (losses, ratios)
  }

  @Test(arguments: PlainLikelihood.all.map(\.kind))
  func onlyKnownValuesCount(_ kind: LikelihoodKind) {
    let vae = Self.model(kind, samples: 1)
    let (x, observed) = Self.examples(kind)
    let terms = vae.loss(x, observed: observed, noise: Self.noise(samples: 1), tape: Tape())
    let expected = Self.parts(vae, kind, samples: 1).losses.reduce(0) { $0 + $1[0] } / Double(Self.batch)
    let parts = Dictionary(uniqueKeysWithValues: terms.parts.map { ($0.name, $0.value.scalar) })
    #expect(abs(parts["reconstruction"]! - expected) < 1e-11)
    #expect(abs(terms.total.scalar - expected - parts["kl"]!) < 1e-11)
  }

  @Test(arguments: PlainLikelihood.all.map(\.kind))
  func importanceWeightedBound(_ kind: LikelihoodKind) {
    let vae = Self.model(kind, samples: 3)
    let (x, observed) = Self.examples(kind)
    let total = vae.loss(x, observed: observed, noise: Self.noise(samples: 3), tape: Tape()).total.scalar
    let (losses, ratios) = Self.parts(vae, kind, samples: 3)
    let bounds = zip(losses, ratios).map { (losses, ratios) -> Double in
      let sum: Double = zip(losses, ratios).reduce(0) { $0 + exp($1.1 - $1.0) }
      return -log(sum / 3)
    }
    #expect(abs(total - bounds.reduce(0, +) / Double(Self.batch)) < 1e-11)
  }

  /// At every weight.
  @Test(arguments: PlainLikelihood.all.map(\.kind), [1, 2])
  func centralDifferences(_ kind: LikelihoodKind, _ samples: Int) {
    let vae = Self.model(kind, samples: samples)
    let (x, observed) = Self.examples(kind)
    let noise = Self.noise(samples: samples)
    func total(_ vae: AnyVariationalAutoencoder, _ tape: Tape) -> Variable {
      vae.loss(x, observed: observed, noise: noise, tape: tape).total
    }
    let layout = ParameterLayout(of: vae)
    let tape = Tape(layout: layout)
    var gradients = Gradients(layout: layout)
    tape.backward(from: total(vae, tape), into: &gradients)
    for (path, value) in vae.parameters.map({ ($0.path, $0.value) }) {
      let found = gradients[path].values
      for place in 0..<value.count {
        let expected = centralDifference(of: vae, path, place, step: 1e-5, total)
        #expect(abs(found[place] - expected) < 1e-7 * max(1, abs(expected)), "\(path) \(place)")
      }
    }
  }

  /// A batch hands on what is known of it, and all known is as good as nothing said.
  @Test func batches() {
    let vae = Self.model(.bernoulli, samples: 1)
    let (x, observed) = Self.examples()
    let data = TensorDataset([x], observed: observed)
    let batch = data.batch([0, 2], in: BatchContext(noiseKey: RandomKey(seed: 6), element: .float64))
    let noise = batch.noise(columns: Self.latent)
    let rows = vae.loss(x.rows([0, 2]), observed: observed.rows([0, 2]), noise: noise, tape: Tape()).total.scalar
    #expect(vae.loss(batch, tape: Tape()).total.scalar == rows)
    let known = Tensor(x.values.map { $0.isNaN ? 0.5 : $0 }, shape: x.shape, element: .float64)
    let all = Tensor(x.values.map { _ in 1 }, shape: x.shape, element: .float64)
    let (masked, plain) = (
      vae.loss(known, observed: all, noise: Self.noise(samples: 1), tape: Tape()).total.scalar,
      vae.loss(known, noise: Self.noise(samples: 1), tape: Tape()).total.scalar
    )
    #expect(abs(masked - plain) < 1e-12)
  }

  @Test func lengthsAreRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (x, _) = ObservedTests.examples()
      let data = TensorDataset([x.converted(to: .float64)], lengths: [4, 2, 3])
      let batch = data.batch([0, 1], in: BatchContext(element: .float64))
      _ = ObservedTests.model(.bernoulli, samples: 1).loss(batch, tape: Tape())
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("the encoder takes no lengths, and the batch has some"))
  }
}
