import Latent
import LatentVAE
import Testing

/// Objectives by the numbers that settings give.
@Suite struct ObjectiveRecordTests {
  private func objective(_ numbers: [String: Double]) throws -> any Objective {
    try ObjectiveRecord(numbers).objective(stepsPerEpoch: 7)
  }

  @Test func everyKind() throws {
    #expect(try objective([:]) as? EvidenceLowerBound == EvidenceLowerBound())
    #expect(
      try objective(["beta": 4, "kl_warm_up": 1.5]) as? EvidenceLowerBound
        == EvidenceLowerBound(beta: 4, warmUpSteps: 10))
    #expect(
      try objective(["free_bits": 0.5, "beta": 2, "samples": 1]) as? FreeBits
        == FreeBits(0.5, weight: DivergenceWeight(2)))
    #expect(try objective(["capacity": 25]) as? Capacity == Capacity(nats: 25, steps: 70))
    #expect(
      try objective(["capacity": 25, "capacity_epochs": 1e300, "beta": 3, "kl_warm_up": 2]) as? Capacity
        == Capacity(nats: 25, steps: 1_000_000_000_000_000, weight: DivergenceWeight(3, warmUpSteps: 14)))
    // What is as usual excludes nothing: files say all of it.
    #expect(
      try objective(["samples": 5, "beta": 1, "capacity_epochs": 10]) as? ImportanceWeightedBound
        == ImportanceWeightedBound(samples: 5))
  }

  /// What an objective says of itself makes the same one again.
  @Test func objectivesSayWhatTheyAre() {
    let all: [any Objective] = [
      EvidenceLowerBound(beta: 3, warmUpSteps: 8), FreeBits(0.25, weight: DivergenceWeight(2, warmUpSteps: 1)),
      Capacity(nats: 5, steps: 40, weight: DivergenceWeight(10)), ImportanceWeightedBound(samples: 6),
    ]
    for (objective, kind) in zip(all, ObjectiveKind.all) {
      let again = objective.record.objective(stepsPerEpoch: 1000)
      #expect(objective.record.kind == kind && again.record == objective.record)
    }
    #expect((all[0].record.objective(stepsPerEpoch: 9) as? EvidenceLowerBound)?.weight.warmUpSteps == 8)
  }

  /// Only these two are bounds of the likelihood, and only in nats.
  @Test func bounds() throws {
    func bound(_ numbers: [String: Double], _ likelihood: LikelihoodKind = .gaussian) throws -> String? {
      try ObjectiveRecord(numbers).bound(of: likelihood)
    }
    #expect(try bound([:]) == "−ELBO" && bound(["beta": 1, "kl_warm_up": 3]) == "−ELBO")
    #expect(try bound(["samples": 5]) == "importance-weighted bound")
    #expect(try bound(["beta": 2]) == nil && bound(["free_bits": 0.1]) == nil && bound(["capacity": 3]) == nil)
    #expect(try bound([:], .squaredError) == nil)
  }

  @Test func words() throws {
    func words(_ numbers: [String: Double], _ likelihood: LikelihoodKind = .bernoulli) throws -> String {
      try ObjectiveRecord(numbers).words(with: likelihood)
    }
    #expect(try words([:]) == "binary cross-entropy summed over the pixels + KL, in nats per image")
    #expect(
      try words(["beta": 4, "kl_warm_up": 1], .squaredError)
        == "squared error summed over the pixels + 4 KL, its weight growing for 1 epoch, per image")
    #expect(
      try words(["capacity": 25, "beta": 0.5])
        == "binary cross-entropy summed over the pixels + 0.5 |KL - 25.0|, growing for 10 epochs, in nats per image")
    #expect(
      try words(["free_bits": 0.5])
        == "binary cross-entropy summed over the pixels + KL above 0.5 nats a dimension, in nats per image")
    #expect(
      try words(["samples": 5]) == "importance-weighted bound of 5 samples, binary cross-entropy, in nats per image")
    #expect(
      FreeBits(0.5, weight: DivergenceWeight(2, warmUpSteps: 9)).record.words(with: .bernoulli).contains("9 steps"))
  }

  @Test(arguments: [
    (["free_bits": 1.0, "capacity": 2], "--free-bits and --capacity: give one of them"),
    (["capacity_epochs": 3], "--capacity-epochs goes with --capacity"),
    (["samples": 5, "beta": 2], "--samples: the importance-weighted bound takes no --beta"),
    (["samples": 2.5], "--samples 2.5: give a whole number in 1...1024"),
    (["beta": -1], "--beta -1: give a number of at least 0"),
    (["kl_warm_up": .infinity], "--kl-warm-up inf: give a number above 0"),
    (["gamma": 2], "--gamma: no objective has such a number; there are --beta, --kl-warm-up, --free-bits, --capacity"),
  ])
  func mistakes(_ numbers: [String: Double], _ expected: String) {
    let error = #expect(throws: ObjectiveError.self) {
      try ObjectiveRecord(numbers) { "--" + $0.replacing("_", with: "-") }
    }
    #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
  }

  /// A kind is known by what it requires: no two may require the same.
  @Test func kindsDiffer() {
    let required = ObjectiveKind.all.map { Set($0.numbers.filter(\.isRequired).map(\.name)) }
    #expect(required[0].isEmpty && Set(required).count == ObjectiveKind.all.count)
    #expect(Set(ObjectiveKind.all.map(\.name)).count == ObjectiveKind.all.count)
  }
}
