import Foundation
import TestSupport
import Testing

/// What Keras's goldens do not reach of the plain implementation, and the tools that compare.
@Suite struct PlainConsistencyTests {
  @Test func finiteDifferencesFindTheGradient() {
    let x = [0.3, -1.2, 40, 0, -1e-3]
    let estimate = finiteDifference(of: { $0.map { sin($0) + $0 * $0 }.reduce(0, +) }, at: x)
    for (value, x) in zip(estimate, x) { #expect(abs(value - (cos(x) + 2 * x)) < 1e-9) }
    #expect(finiteDifference(of: { _ in 3 }, at: x) == [0, 0, 0, 0, 0])
  }

  @Test func relativeErrors() {
    #expect(maxRelativeError([1, -2.5], [1, -2]) == 0.25)
    #expect(maxRelativeError([1.5, -2], [1, -2]) == 0.25)
    #expect(maxRelativeError([0, 0], [0, 0]) == 0)
    #expect(maxRelativeError([0, 1e-300], [0, 0]) == .infinity)
    #expect(maxRelativeError([.nan, 1], [0, 1]).isNaN)
    #expect(maxRelativeError([0, 1], [.nan, 1]).isNaN)
    #expect(!(maxRelativeError([.infinity], [1]) < 1e9))
    #expect(!(maxRelativeError([1], [.infinity]) < 1e9))
    #expect(maxRelativeError([], []) == 0)
  }

  /// For each of the three losses, through every layer of a whole VAE.
  @Test(arguments: [
    Plain.VAE.Reconstruction.binaryCrossEntropy, .binaryCrossEntropyFromLogits, .squaredError,
  ])
  func gradientsOfTheVAEAreThoseOfItsLoss(loss: Plain.VAE.Reconstruction) throws {
    let golden = try Golden.load("vae_bce_beta4")
    let names = golden.names.filter { $0.hasPrefix("weight.") }.map { String($0.dropFirst(7)) }
    let weights = Dictionary(uniqueKeysWithValues: names.map { ($0, golden["weight.\($0)"]) })
    let (x, noise) = (golden["step0.x"], golden["step0.noise"])
    func run(_ weights: [String: [Double]]) -> Plain.VAE.Result {
      Plain.VAE(weights: weights).run(x, noise: noise, batch: 4, time: 5, beta: 4, loss: loss)
    }
    let gradients = run(weights).gradients
    for name in names where name.hasSuffix(".bias") {
      let estimate = finiteDifference(
        of: { values in run(weights.merging([name: values]) { $1 }).loss }, at: weights[name]!, step: 1e-3)
      #expect(maxRelativeError(gradients[name]!, estimate) < 1e-8, "\(name)")
    }
  }

  @Test func crossEntropyFromLogitsIsThatFromProbabilities() {
    let logits = stride(from: -15.0, through: 15, by: 0.5).map { $0 }
    let x = logits.indices.map { Double($0 % 4) / 3 }
    let probabilities = logits.map(Plain.sigmoid)
    let fromLogits = Plain.binaryCrossEntropy(x, logits: logits, batch: 1)
    let fromProbabilities = Plain.binaryCrossEntropy(x, probabilities: probabilities, batch: 1)
    #expect(maxRelativeError(fromLogits.rows, fromProbabilities.rows) < 1e-10)
    let throughSigmoid = zip(fromProbabilities.gradient, probabilities).map { $0 * $1 * (1 - $1) }
    #expect(maxRelativeError(fromLogits.gradient, throughSigmoid) < 1e-9)
    // Far out, where probabilities are 0 and 1: finite, and linear in the logit.
    let far = Plain.binaryCrossEntropy([0, 1, 0, 1], logits: [800, 800, -800, -800], batch: 4)
    #expect(far.rows == [800, 0, 0, 800])
    #expect(far.gradient == [1, 0, 0, -1])
  }

  @Test func probabilitiesAreClippedAsInKeras() {
    let loss = Plain.binaryCrossEntropy([1, 0, 1, 0], probabilities: [0, 1, 1e-8, 1e-8], batch: 4)
    #expect(maxRelativeError(loss.rows, [-log(1e-7), -log(1e-7), -log(1e-7), 1e-7]) < 1e-9)
    #expect(loss.gradient == [0, 0, 0, 0])
  }

  /// With the biases of the moments corrected, the first step is lr g / (|g| + ε / √(1 - β₂)), and while g stays as it
  /// is, every further one is nearly lr long.
  @Test func adamIsThatOfThePaper() {
    var weights = ["w": [1.0, 2, 3]]
    var adam = Plain.Adam()
    let gradient = [0.5, -2e-6, 0]
    adam.update(&weights, ["w": gradient])
    let expected = zip([1.0, 2, 3], gradient).map { $0 - 1e-3 * $1 / (abs($1) + 1e-7 / 0.001.squareRoot()) }
    #expect(maxRelativeError(weights["w"]!, expected) < 1e-15)
    for _ in 0..<9 { adam.update(&weights, ["w": gradient]) }
    #expect(adam.step == 10)
    #expect(abs(weights["w"]![0] - (1 - 10 * 1e-3)) < 1e-7)
    #expect(weights["w"]![2] == 3)
  }
}
