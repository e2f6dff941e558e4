import Foundation
import Latent
import LatentData
import LatentTraining
import LatentVAE
import TestSupport
import Testing

/// What likelihoods draw, their intervals, what they learn; `LikelihoodCases` has values and gradients.
@Suite struct LikelihoodTests {
  /// Three elements with the likelihood's first parameters.
  private static func make(_ kind: LikelihoodKind) -> (likelihood: any Likelihood, elements: [[Double]], output: Tensor)
  {
    let k = kind.numbersPerElement
    let elements = [-1.0, 0, 2].enumerated().map { (column: Int, first: Double) -> [Double] in
      let further = (1..<Swift.max(k, 1)).map { (number: Int) -> Double in 0.3 - 0.2 * Double(column + number % 3) }
      return [first] + further
    }
    let output = Tensor(elements.flatMap(\.self), shape: [1, 3 * k], element: .float64)
    return (kind.make(for: .vector(size: 3), element: .float64), elements, output)
  }

  /// What a likelihood draws has the mean and the spread that it says.
  @Test(arguments: PlainLikelihood.all)
  func samples(_ plain: PlainLikelihood) {
    var (likelihood, elements, output) = Self.make(plain.kind)
    // With 22 degrees of freedom the variance can be found.
    likelihood.updateParameters {
      if $0 == "freeLogDegrees" { $1.value = Tensor([3], shape: [1], element: .float64) }
    }
    let many = Tape().constant(output).broadcast(to: [20_000, output.count]).tensor
    let drawn = likelihood.sample(many, key: RandomKey(seed: 1), streams: (0..<20_000).map { $0 }).values
    for (column, numbers) in elements.enumerated() {
      let values = stride(from: column, to: drawn.count, by: 3).map { drawn[$0] }
      let found = Plain.mean(values)
      let variance = Plain.mean(values.map { ($0 - found) * ($0 - found) })
      let expected = plain.moments(numbers, [0, 3])
      // 4 standard errors of the mean, 6 of a normal distribution's variance.
      #expect(abs(found - expected.mean) < 4 * (expected.variance / 20_000).squareRoot(), "\(plain) \(column)")
      #expect(abs(variance / expected.variance - 1) < 0.06, "\(plain) \(column)")
      if plain.kind == .bernoulli { #expect(values.allSatisfy { $0 == 0 || $0 == 1 }) }
    }
  }

  /// Below a quantile lies as much of the density as was asked for, by Simpson's rule.
  @Test(
    arguments: PlainLikelihood.all.filter { $0.kind.isInNats && [.real, .unitInterval].contains($0.kind.support) },
    [0.05, 0.5, 0.9])
  func quantiles(_ plain: PlainLikelihood, _ probability: Double) {
    let (likelihood, elements, output) = Self.make(plain.kind)
    let found = likelihood.quantile(output, at: probability)
    #expect(found.shape == [1, 3])
    for (column, numbers) in elements.enumerated() {
      let end = found.values[column]
      // Steps that grow into the tails, where t is heavy; x = end - sinh(u), dx = cosh(u) du
      let isBounded = plain.kind.support == .unitInterval
      let (steps, length) = (20_000, isBounded ? end : 30)
      let width = length / Double(steps)
      let sum = (0...steps).reduce(0.0) { sum, step in
        let weight = step == 0 || step == steps ? 1.0 : step % 2 == 1 ? 4 : 2
        let u = Double(step) * width
        let density = exp(-plain.term(numbers, end - (isBounded ? u : sinh(u)), [0, 0]))
        return sum + weight * density * (isBounded ? 1 : cosh(u))
      }
      // Laplace's corner is no place for Simpson's rule.
      #expect(abs(sum * width / 3 - probability) < (plain.kind == .laplace ? 1e-6 : 1e-9), "\(plain) \(column)")
    }
    let (low, high) = likelihood.interval(output, probability: 0.9)
    #expect(zip(low.values, likelihood.quantile(output, at: 0.05).values).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(zip(high.values, likelihood.quantile(output, at: 0.95).values).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  /// Where elements are counts, classes or bytes, the first with at least that much up to it.
  @Test(arguments: PlainLikelihood.all, [0.001, 0.05, 0.5, 0.9, 0.9999])
  func quantilesOfWholeNumbers(_ plain: PlainLikelihood, _ probability: Double) {
    let (likelihood, elements, output) = Self.make(plain.kind)
    for (column, numbers) in elements.enumerated() {
      let chances = plain.chances(numbers)
      if chances.isEmpty { return }
      var (sum, place) = (chances[0].chance, 0)
      while sum < probability {
        place += 1
        sum += chances[place].chance
      }
      #expect(abs(likelihood.quantile(output, at: probability).values[column] - chances[place].x) < 1e-12, "\(plain)")
    }
  }

  /// Poisson quantiles of large rates: those of a normal distribution but for rounding.
  @Test func largeRates() {
    let output = Tensor([log(1e4), log(1e6), log(0.001), -800], shape: [1, 4], element: .float64)
    let found = PoissonLikelihood().quantile(output, at: 0.9).values
    #expect(abs(found[0] - (1e4 + 1.2815515655446004 * 100)) < 2 && abs(found[1] - (1e6 + 1281.55)) < 2)
    #expect(found[2] == 0 && found[3] == 0)
  }

  /// A mixture whose mean lies outside has the nearest byte's, and of equal classes the first counts.
  @Test func meansAtTheEdges() {
    let output = Tensor([0, 0, 3, 1, 0, 0, 0, 0, -3, -1, 0, 0], shape: [1, 12], element: .float64)
    #expect(DiscretizedLogisticLikelihood(mixtures: 2).mean(Tape().constant(output)).tensor.values == [1, 0])
    let logits = Tensor([1, 5, 5, 2, 2, 2], shape: [1, 6], element: .float64)
    #expect(CategoricalLikelihood(classes: 3).mean(Tape().constant(logits)).tensor.values == [1, 0])
  }

  /// Bytes that a distribution is nearly sure of, and those that it is sure not to be: no infinity, no NaN.
  @Test(arguments: ElementType.computing)
  func certainBytes(_ element: ElementType) {
    let numbers = [0, 0, -1, 1, -40, -40.0]
    let output = Tensor(Array(repeating: numbers, count: 4).flatMap(\.self), shape: [1, 24], element: element)
    let x = Tensor([0, 1, 0.5, 1 / 255.0], shape: [1, 4], element: element)
    let found = valueWithGradient(at: [output]) { variables in
      let losses = DiscretizedLogisticLikelihood(mixtures: 2).elementLosses(
        variables[0], of: variables[0].tape.constant(x))
      let values = losses.tensor.values
      // Black: below half a byte of the first one's mean, with the least scale.
      let steps = 1 / (255 * DiscretizedLogisticLikelihood.leastScale)
      let edge: Double = log(2) + log1p(exp(-steps))
      #expect(abs(values[0] - edge) < 1e-5 && abs(values[1] - edge) < 1e-5)
      #expect(values[2] > 900 && values[2] < 1200 && values[3] > 3 && values[3] < 10, "\(values)")
      return losses.sum()
    }
    #expect(found.value.isFinite && found.gradients[0].values.allSatisfy { $0.isFinite })
  }

  /// Names carry numbers, and nothing but them.
  @Test func namesWithNumbers() {
    #expect(LikelihoodKind(named: "categorical-17") == .categorical(classes: 17))
    #expect(LikelihoodKind(named: "categorical-17")?.numbersPerElement == 17)
    #expect(LikelihoodKind(named: "discretized-logistic-10")?.numbersPerElement == 30)
    for name in [
      "categorical", "categorical-", "categorical-1", "categorical-+5", "categorical-05", "categorical-5x",
      "categorical-99999999999999999999", "discretized-logistic-0", "discretized-logistic", "gaussian-", "Laplace",
    ] {
      #expect(LikelihoodKind(named: name) == nil, "\(name)")
    }
  }

  @Test func quantilesOfBits() {
    let output = Tensor([-3, -1, 0, 1, 3], shape: [1, 5], element: .float64)  // 0.05, 0.27, 0.5, 0.73, 0.95
    #expect(BernoulliLikelihood().quantile(output, at: 0.6).values == [0, 0, 1, 1, 1])
    #expect(BernoulliLikelihood().quantile(output, at: 0.04).values == [0, 0, 0, 0, 0])
    #expect(BernoulliLikelihood().quantile(output, at: 0.951).values == [0, 1, 1, 1, 1])
    let squared = SquaredErrorLikelihood().quantile(Tensor([0], shape: [1, 1], element: .float64), at: 0.975).scalar
    #expect(abs(squared - (0.5 + 1.959963984540054 * 0.5.squareRoot())) < 1e-12)
  }

  /// A likelihood that says no quantile gets one from samples.
  @Test func quantilesFromSamples() {
    struct Other: Likelihood {
      let base = FreeGaussianLikelihood(.element, for: .vector(size: 2), element: .float64)
      var kind: LikelihoodKind { base.kind }
      func elementLosses(_ output: Variable, of x: Variable) -> Variable { base.elementLosses(output, of: x) }
      func mean(_ output: Variable) -> Variable { base.mean(output) }
      func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
        base.sample(output, key: key, streams: streams)
      }
    }
    let output = Tensor([3, 0, -1, 1, 2, 2, 5, -1], shape: [2, 4], element: .float64)
    let (found, exact) = (Other().quantile(output, at: 0.8), Other().base.quantile(output, at: 0.8))
    #expect(found.shape == [2, 2])
    for (place, logScale) in [0, 0.5, 1, -0.5].enumerated() {
      let scale: Double = exp(logScale)
      #expect(abs(found.values[place] - exact.values[place]) < 0.2 * scale)
    }
  }

  /// What a kind says of its parameters is what it makes.
  @Test(arguments: LikelihoodKind.all)
  func parameters(_ kind: LikelihoodKind) {
    for example in [
      ExampleShape.image(height: 3, width: 4, channels: 3), .image(height: 3, width: 4), .series(steps: 5, features: 2),
      .vector(size: 7),
    ] {
      for element in ElementType.computing {
        let made = kind.make(for: example, element: element)
        #expect(made.kind == kind && made.parameters.allSatisfy { $0.value.element == element })
        let declared = kind.parameters(for: example)
        #expect(made.parameters.map(\.path) == declared.map(\.name))
        #expect(made.parameters.map(\.value.shape) == declared.map(\.shape))
      }
    }
    #expect(LikelihoodKind(named: kind.name) == kind)
  }

  @Test func spreadsAreOfWhatExamplesAreMadeOf() {
    func size(_ example: ExampleShape) -> [Int]? {
      FreeGaussianLikelihood(.feature, for: example).freeLogVariance?.shape
    }
    #expect(size(.image(height: 3, width: 4, channels: 3)) == [3] && size(.image(height: 3, width: 4)) == [1])
    #expect(size(.series(steps: 5, features: 2)) == [2] && size(.vector(size: 7)) == [7])
    let vector = ExampleShape.vector(size: 7)
    #expect(LikelihoodKind.usual(for: vector, areBytes: true) == .bernoulli)
    #expect(LikelihoodKind.usual(for: vector, areBytes: false).name == "gaussian-feature")
    #expect(LikelihoodKind.usual(for: .text(steps: 3, vocabulary: 9), areBytes: false).name == "categorical-9")
  }

  /// Numbers of N(5, 2^2) beside those of N(-1, 0.5^2): mean and variance of each are found.
  @Test(arguments: Spread.allCases)
  func recovery(_ spread: Spread) {
    let count = 4000
    let noise = Tensor.normalNoise(key: RandomKey(seed: 7), streams: [1], columns: 2 * count, element: .float64).values
    let x = noise.enumerated().map { place, noise -> Double in place % 2 == 0 ? 5 + 2 * noise : -1 + 0.5 * noise }
    let data = Tensor(x, shape: [count, 2], element: .float64)
    var model = Marginal(FreeGaussianLikelihood(spread, for: .vector(size: 2), element: .float64))
    model.fit(data, steps: 600)
    let output = model.output(1, Tape()).tensor
    let (low, high) = model.likelihood.interval(output, probability: 0.6826894921370859)
    let means = model.likelihood.mean(Tape().constant(output)).tensor.values
    let deviations = zip(low.values, high.values).map { ($1 - $0) / 2 }
    let exact = [0, 1].map { column -> (mean: Double, variance: Double) in
      let values = stride(from: column, to: x.count, by: 2).map { x[$0] }
      let mean = Plain.mean(values)
      return (mean, Plain.mean(values.map { ($0 - mean) * ($0 - mean) }))
    }
    for column in 0..<2 {
      #expect(abs(means[column] - exact[column].mean) < 1e-3)
      let variance = spread == .one ? (exact[0].variance + exact[1].variance) / 2 : exact[column].variance
      #expect(abs(deviations[column] * deviations[column] / variance - 1) < 1e-3)
    }
    // 4 standard errors.
    #expect(abs(means[0] - 5) < 4 * 2 / Double(count).squareRoot())
    if spread != .one { #expect(abs(deviations[0] * deviations[0] - 4) < 4 * 4 * (2 / Double(count)).squareRoot()) }
    #expect(model.likelihood.shareAtBound(output) == 0)
  }

  /// Of a feature that never changes, the variance comes down to the bound and no further, and it is said.
  @Test(arguments: [Spread.feature, .element])
  func constantFeature(_ spread: Spread) {
    let numbers = (0..<60).map { place -> Double in place % 2 == 0 ? 3 : Double(place) / 30 }
    let data = Tensor(numbers, shape: [30, 2], element: .float64)
    var model = Marginal(FreeGaussianLikelihood(spread, for: .vector(size: 2), element: .float64))
    model.fit(data, steps: 3000)
    let output = model.output(1, Tape()).tensor
    let (low, high) = model.likelihood.interval(output, probability: 0.6826894921370859)
    let deviation = (high.values[0] - low.values[0]) / 2
    #expect(deviation > 0.999e-3 && deviation < 1.5e-3)
    #expect(model.likelihood.shareAtBound(output) == 0.5)
    #expect(model.loss(data, Tape()).scalar.isFinite)
  }

  /// The numbers of a decoder that reads nothing.
  private struct Marginal: Module {
    var numbers: Parameter
    var likelihood: any Likelihood

    init(_ likelihood: any Likelihood) {
      let k = likelihood.kind.numbersPerElement
      numbers = Parameter(Tensor(zeros: [2 * k], element: .float64))
      self.likelihood = likelihood
    }

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("numbers", &numbers)
      visitor.visit("likelihood", &likelihood)
    }

    func output(_ count: Int, _ tape: Tape) -> Variable {
      numbers.on(tape).broadcast(to: [count, numbers.value.count])
    }

    func loss(_ x: Tensor, _ tape: Tape) -> Variable {
      likelihood.negativeLogLikelihood(output(x.shape[0], tape), of: x)
    }

    /// Large steps first, small ones then.
    mutating func fit(_ x: Tensor, steps: Int) {
      for rate in [0.05, 0.002, 0.0002] {
        var optimizer = Adam(learningRate: rate)
        for _ in 0..<steps {
          let (_, gradients) = valueWithGradients(of: self) { $0.loss(x, $1) }
          optimizer.update(&self, along: gradients)
        }
      }
    }
  }
}
