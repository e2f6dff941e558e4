import Foundation
import Latent
import LatentData
import LatentFiles
import LatentVAE
import TestSupport
import Testing

/// Every objective and likelihood against its formula, written with loops, and against central differences.
@Suite struct ObjectiveTests {
  typealias VAE = VariationalAutoencoder<LSTMEncoder, DenseDecoder>

  private static let (batch, time, width, latent, classes) = (4, 2, 3, 2, 3)

  private struct Case {
    var vae: VAE
    let x: Tensor
    let noise: Tensor
    let labels: [UInt8]?

    func terms(_ vae: VAE, _ tape: Tape) -> LossTerms { vae.loss(x, labels: labels, noise: noise, tape: tape) }
  }

  /// tanh instead of relu keeps everything smooth.
  private func make(
    _ objective: any Objective = EvidenceLowerBound(), _ loss: LikelihoodKind = .bernoulli, isConditional: Bool = false,
    seed: Int = 1
  ) -> Case {
    let (b, t, d, z) = (Self.batch, Self.time, Self.width, Self.latent)
    let c = isConditional ? Self.classes : 0
    let key = RandomKey(seed: UInt64(seed))
    var decoder = DenseDecoder(
      latentSize: z + c, hiddenSize: 5, outputSize: t * d * loss.numbersPerElement, key: key.child("d"),
      element: .float64)
    decoder.hidden = Dense(
      inputSize: z + c, outputSize: 5, activation: .tanh, key: key.child("h"), element: .float64)
    var vae = VAE(
      encoder: LSTMEncoder(
        inputSize: d, hiddenSize: 4, latentSize: z, conditionSize: c, key: key.child("e"), element: .float64),
      decoder: decoder, likelihood: loss.make(for: .series(steps: t, features: d), element: .float64),
      objective: objective, classes: c)
    var sample = SampleValues(seed: seed)
    vae.updateParameters { _, parameter in
      let values = parameter.value.values.map { $0 + sample.number(-0.4...0.4) }
      parameter.value = Tensor(values, shape: parameter.value.shape, element: .float64)
    }
    return Case(
      vae: vae,
      x: Tensor(
        sample.numbers(b * t * d, 0...1).map(PlainLikelihood(loss).example), shape: [b, t, d], element: .float64),
      noise: Tensor(
        sample.numbers(b * objective.samples * z, -2...2), shape: [b, objective.samples * z], element: .float64),
      labels: isConditional ? [2, 0, 1, 2] : nil)
  }

  private func loss(_ run: Case, _ pass: Pass = Pass()) -> (total: Double, parts: [String: Double]) {
    let terms = run.terms(run.vae, Tape(pass: pass))
    return (terms.total.scalar, Dictionary(uniqueKeysWithValues: terms.parts.map { ($0.name, $0.value.scalar) }))
  }

  /// What early stopping goes by in training is what evaluation would say of the same weights and noise, at any step, and
  /// is given only while that differs from what is minimised.
  @Test func monitored() throws {
    let objectives: [any Objective] = [
      EvidenceLowerBound(), EvidenceLowerBound(beta: 4), EvidenceLowerBound(beta: 4, warmUpSteps: 8),
      FreeBits(0.1, weight: DivergenceWeight(2, warmUpSteps: 8)),
      Capacity(nats: 5, steps: 8, weight: DivergenceWeight(10)),
      Capacity(nats: 0.01, steps: 8, weight: DivergenceWeight(10, warmUpSteps: 4)), ImportanceWeightedBound(samples: 3),
    ]
    for (index, objective) in objectives.enumerated() {
      let run = make(objective)
      let isFixed = [0, 1, 6].contains(index)
      for step in [0, 1, 4, 7, 8, 100] {
        let terms = run.terms(run.vae, Tape(pass: Pass(isTraining: true, step: step)))
        let evaluated = loss(run, Pass(step: step)).total
        #expect(objective.isChanging(in: Pass(isTraining: true, step: step)) == (terms.monitored != nil))
        #expect((terms.monitored == nil) == (isFixed || step >= 8), "\(objective) at step \(step)")
        #expect(abs((terms.monitored ?? terms.total).scalar / evaluated - 1) < 1e-12, "\(objective) at step \(step)")
        #expect(run.terms(run.vae, Tape(pass: Pass(step: step))).monitored == nil)
      }
    }
  }

  /// -log p(x|z) of one example, for what the decoder says of z.
  private func negativeLogLikelihood(_ run: Case, _ kind: LikelihoodKind, _ z: [Double], example: Int) -> Double {
    let pixels = Self.time * Self.width
    let tape = Tape()
    let point = tape.constant(Tensor(z, shape: [1, z.count], element: .float64))
    let condition = run.labels.map { labels in
      tape.constant(
        Tensor((0..<Self.classes).map { $0 == labels[example] ? 1 : 0 }, shape: [1, Self.classes], element: .float64))
    }
    let output = run.vae.decoder(condition.map { Variable.concatenated([point, $0], axis: 1) } ?? point).tensor.values
    let x = Array(run.x.values[example * pixels..<(example + 1) * pixels])
    let learned = run.vae.parameters.filter { $0.path.hasPrefix("likelihood.") }.map(\.value.values)
    return PlainLikelihood(kind).terms(output, x, learned: learned).reduce(0, +)
  }

  /// For each example: mean and log-variance, and the samples of z.
  private func encoded(_ run: Case) -> (mean: [[Double]], logVariance: [[Double]], samples: [[[Double]]]) {
    let (mean, logVariance) = run.vae.encode(run.x, labels: run.labels)
    func rows(_ values: [Double]) -> [[Double]] {
      (0..<Self.batch).map { (row: Int) -> [Double] in Array(values[row * Self.latent..<(row + 1) * Self.latent]) }
    }
    let (means, logVariances) = (rows(mean.values), rows(logVariance.values))
    let noise = run.noise.values
    let count = run.vae.objective.samples
    func sample(_ b: Int, _ k: Int) -> [Double] {
      (0..<Self.latent).map { (z: Int) -> Double in
        means[b][z] + exp(logVariances[b][z] / 2) * noise[(b * count + k) * Self.latent + z]
      }
    }
    let samples = (0..<Self.batch).map { b in (0..<count).map { sample(b, $0) } }
    return (means, logVariances, samples)
  }

  private func divergence(_ mean: Double, _ logVariance: Double) -> Double {
    0.5 * (mean * mean + exp(logVariance) - 1 - logVariance)
  }

  static let training = Pass(isTraining: true, step: 30)

  @Test(arguments: PlainLikelihood.all.map(\.kind), [false, true])
  func bound(_ kind: LikelihoodKind, _ isConditional: Bool) {
    let run = make(EvidenceLowerBound(beta: 3, warmUpSteps: 120), kind, isConditional: isConditional)
    let (means, logVariances, samples) = encoded(run)
    let reconstruction = Plain.mean(
      (0..<Self.batch).map { negativeLogLikelihood(run, kind, samples[$0][0], example: $0) })
    let kl = Plain.mean(zip(means, logVariances).map { zip($0, $1).reduce(0) { $0 + divergence($1.0, $1.1) } })
    for (pass, weight) in [(Pass(), 3.0), (Self.training, 0.75), (Pass(isTraining: true, step: 500), 3)] {
      let value = loss(run, pass)
      #expect(abs(value.total - (reconstruction + weight * kl)) < 1e-11)
      #expect(abs(value.parts["reconstruction"]! - reconstruction) < 1e-11 && abs(value.parts["kl"]! - kl) < 1e-12)
    }
    #expect(abs(loss(run, Pass(isTraining: true)).total - reconstruction) < 1e-11, "the first step has no weight")
  }

  @Test func freeBits() {
    let (means, logVariances, _) = encoded(make())
    let each = (0..<Self.latent).map { z in
      Plain.mean((0..<Self.batch).map { divergence(means[$0][z], logVariances[$0][z]) })
    }
    let middle = Plain.mean(each)  // above one dimension's and below the other's
    #expect(each.max()! - each.min()! > 1e-3)
    let plain = loss(make())
    let run = make(FreeBits(middle, weight: DivergenceWeight(2)))
    let expected = plain.parts["reconstruction"]! + 2 * each.reduce(0) { $0 + max($1, middle) }
    #expect(abs(loss(run).total - expected) < 1e-11)
    #expect(loss(run).parts["kl"] == plain.parts["kl"])
  }

  @Test(arguments: [0.01, 50])
  func capacity(_ nats: Double) {
    let plain = loss(make())
    let run = make(Capacity(nats: nats, steps: 40, weight: DivergenceWeight(10)))
    for (pass, share) in [(Pass(), 1.0), (Self.training, 0.75)] {
      let expected = plain.parts["reconstruction"]! + 10 * abs(plain.parts["kl"]! - share * nats)
      #expect(abs(loss(run, pass).total - expected) < 1e-10)
    }
  }

  @Test(arguments: PlainLikelihood.all.map(\.kind), [false, true])
  func importanceWeighted(_ kind: LikelihoodKind, _ isConditional: Bool) {
    let run = make(ImportanceWeightedBound(samples: 5), kind, isConditional: isConditional)
    let (means, logVariances, samples) = encoded(run)
    func logNormal(_ x: Double, _ mean: Double, _ logVariance: Double) -> Double {
      -0.5 * (log(2 * Double.pi) + logVariance + (x - mean) * (x - mean) / exp(logVariance))
    }
    var (bounds, reconstructions): ([Double], [Double]) = ([], [])
    for b in 0..<Self.batch {
      let weights = samples[b].map { z -> Double in
        let nll = negativeLogLikelihood(run, kind, z, example: b)
        reconstructions.append(nll)
        return exp(
          z.indices.reduce(-nll) {
            $0 + logNormal(z[$1], 0, 0) - logNormal(z[$1], means[b][$1], logVariances[b][$1])
          })
      }
      bounds.append(-log(weights.reduce(0, +) / 5))
    }
    let value = loss(run)
    #expect(abs(value.total - Plain.mean(bounds)) < 1e-10)
    #expect(abs(value.parts["reconstruction"]! - Plain.mean(reconstructions)) < 1e-10)
  }

  /// Each objective with each likelihood, conditional in every second case; `DecoderCases` has the likelihoods alone.
  @Test(arguments: 0..<5 * PlainLikelihood.all.count)
  func centralDifferences(_ number: Int) {
    let objectives: [any Objective] = [
      EvidenceLowerBound(), EvidenceLowerBound(beta: 4, warmUpSteps: 100), FreeBits(0.02),
      Capacity(nats: 5, steps: 40, weight: DivergenceWeight(10)), ImportanceWeightedBound(samples: 3),
    ]
    // From the other seed an element is at Laplace's corner.
    let kind = PlainLikelihood.all[number / 5].kind
    let run = make(
      objectives[number % 5], kind, isConditional: number % 2 == 1, seed: kind == .laplace ? 2 : 1)
    let mismatches = gradientMismatches(of: run.vae, pass: Self.training) { run.terms($0, $1).total }
    #expect(mismatches == [])
  }

  /// With one sample the bound is the usual loss but for the divergence, which is sampled; with more it is tighter.
  @Test func moreSamplesAreTighter() {
    let one = make()
    let noise = Tensor.normalNoise(
      key: RandomKey(seed: 3), streams: (0..<4).map { $0 }, columns: 2000 * Self.latent, element: .float64)
    func bound(_ samples: Int) -> Double {
      var vae = one.vae
      vae.objective = ImportanceWeightedBound(samples: samples)
      var sum = 0.0
      for part in 0..<2000 / samples {
        let columns = part * samples * Self.latent..<(part + 1) * samples * Self.latent
        let tape = Tape()
        let slice = tape.constant(noise).sliced(columns, axis: 1).tensor
        sum += vae.loss(one.x, noise: slice, tape: tape).total.scalar
      }
      return sum / Double(2000 / samples)
    }
    #expect(bound(100) < bound(10) && bound(10) < bound(2))
  }

  @Test func labelsMatter() {
    let run = make(isConditional: true)
    let z = Tensor(zeros: [1, Self.latent], element: .float64)
    let images = (0..<3).map { run.vae.decode(z, labels: [$0]).values }
    #expect(Set(images).count == 3)
    #expect(run.vae.reconstruct(run.x, labels: run.labels).shape == [4, 6])
  }

  @Test func misuse() async {
    func message(_ result: ExitTest.Result?) -> String {
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "no result"
    }
    let labels = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let vae = VAE(
        encoder: LSTMEncoder(inputSize: 3, hiddenSize: 2, latentSize: 2, conditionSize: 3),
        decoder: DenseDecoder(latentSize: 5, hiddenSize: 2, outputSize: 6), classes: 3)
      _ = vae.encode(Tensor(zeros: [4, 2, 3]))
    }
    #expect(message(labels).contains("0 labels for 4 examples of a conditional model"))
    let unknown = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var vae = VAE(
        encoder: LSTMEncoder(inputSize: 3, hiddenSize: 2, latentSize: 2, conditionSize: 2),
        decoder: DenseDecoder(latentSize: 4, hiddenSize: 2, outputSize: 6), classes: 2)
      vae.classLabels = [3, 17]
      _ = vae.encode(Tensor(zeros: [3, 2, 3]), labels: [3, 1, 17])
    }
    #expect(message(unknown).contains("the label 1 is none of the classes [3, 17]"))
    let order = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var vae = VAE(
        encoder: LSTMEncoder(inputSize: 3, hiddenSize: 2, latentSize: 2, conditionSize: 2),
        decoder: DenseDecoder(latentSize: 4, hiddenSize: 2, outputSize: 6), classes: 2)
      vae.classLabels = [17, 3]
    }
    #expect(message(order).contains("the labels [17, 3] for 2 classes; there must be one for each, ascending"))
    let samples = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ImportanceWeightedBound(samples: 0)
    }
    #expect(message(samples).contains("ImportanceWeightedBound: 0 samples; at least 1"))
  }
}
