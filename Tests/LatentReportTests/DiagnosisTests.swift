import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentReport
import LatentTraining
import LatentVAE
import TestSupport
import Testing

/// Which findings which numbers lead to: of models whose weights are set by hand, and of made-up histories.
@Suite struct DiagnosisTests {
  /// Measures of a model with other parameters in some places.
  private static func measures(
    latent: Int = 2, loss: LikelihoodKind = .gaussian, _ change: (String, Tensor) -> Tensor? = { _, _ in nil }
  ) throws -> ModelMeasures {
    let plan = testPlan(
      .lstm, sizes: .init(hidden: 6, latent: latent, decoder: 8), height: 28, width: 28, loss: loss)
    var model = plan.makeModel(key: RandomKey(seed: 3))
    model.updateParameters { path, parameter in
      if let value = change(path, parameter.value) { parameter.value = value }
    }
    return SavedModel(model, plan: plan).measures(
      on: ImageDataset.synthetic(count: 300), workers: DataParallel(threads: 1, shards: 1))
  }

  private static func times(_ factor: Double, _ value: Tensor) -> Tensor {
    Tensor(value.values.map { factor * $0 }, shape: value.shape)
  }

  private static func history(training: [Double], validation: [Double]) -> History {
    let head = "epoch,train_loss,validation_loss,train_seconds,validation_seconds,examples_per_second,learning_rate"
    let lines = zip(training, validation).enumerated().map { "\($0 + 1),\($1.0),\($1.1),1,1,1,0.001" }
    return History(csv: ([head] + lines).joined(separator: "\n"))!
  }

  @Test func collapse() throws {
    let collapsed = try Self.measures { path, value in
      path.hasPrefix("encoder.mean") || path.hasPrefix("encoder.logVariance") ? Self.times(0, value) : nil
    }
    let found = Diagnosis(collapsed).findings
    #expect(found.first?.kind == .posteriorCollapse && found.first?.advice.contains("--kl-warm-up") == true)
    let heavy = Diagnosis(collapsed, beta: 20).findings
    #expect(heavy.first?.advice == "Train with a lower --beta (it was 20.00).")
    #expect(!found.contains { $0.kind == .healthy })
  }

  /// Codes that are all the same, but away from the prior, are those of a model at its beginning.
  @Test func codesThatDependOnNothingYet() throws {
    let early = try Self.measures { path, value in
      path == "encoder.mean.bias"
        ? Tensor([2, -2], shape: [2]) : path.hasPrefix("encoder.mean") ? Self.times(0, value) : nil
    }
    let found = Diagnosis(early).findings
    #expect(found.first?.kind == .underFitted && found.first?.sentence.contains("yet") == true)
    #expect(!found.contains { $0.kind == .posteriorCollapse })
  }

  @Test func aDimensionThatIsNotUsed() throws {
    let one = try Self.measures { path, value in
      guard path == "encoder.mean.kernel" else { return nil }
      return Tensor(value.values.enumerated().map { $0.offset % 2 == 0 ? 20 * $0.element : 0 }, shape: value.shape)
    }
    let found = try #require(Diagnosis(one).findings.first { $0.kind == .unusedDimensions })
    #expect(found.sentence.hasPrefix("1 of 2 latent dimensions") && found.advice.contains("--latent-size 1"))
  }

  @Test func littleInformation() throws {
    let vague = try Self.measures { path, value in path == "encoder.mean.kernel" ? Self.times(3, value) : nil }
    #expect(vague.latents.activeUnits > 0 && vague.posterior.mutualInformation < 2)
    #expect(Diagnosis(vague, beta: 4).findings.contains { $0.kind == .overRegularised && $0.advice.contains("--beta") })
  }

  @Test func logVariances() throws {
    let wide = try Self.measures { path, value in
      path == "encoder.logVariance.bias" ? Tensor([11, 0], shape: [2]) : nil
    }
    let found = try #require(Diagnosis(wide).findings.first { $0.kind == .explodingLogVariance })
    #expect(found.sentence.contains(Format.fixed(wide.latents.largestLogVariance, 1)))
  }

  @Test func deadUnitsAndSaturatedGates() throws {
    let broken = try Self.measures { path, value in
      switch path {
      case "decoder.hidden.bias": Tensor((0..<8).map { $0 < 3 ? -1000.0 : 1 }, shape: [8])
      case "encoder.lstm.bias": Tensor(repeating: 1000, shape: value.shape)
      default: nil
      }
    }
    let kinds = Diagnosis(broken).findings.map(\.kind)
    #expect(kinds.contains(.deadUnits) && kinds.contains(.saturatedGates))
  }

  @Test func weightsThatAreNotFinite() throws {
    let broken = try Self.measures { path, value in path == "encoder.mean.bias" ? Self.times(.nan, value) : nil }
    #expect(Diagnosis(broken).findings.map(\.kind) == [.brokenWeights])
  }

  @Test func trainingThatWentOnTooLong() {
    let found = Diagnosis.trainingFindings(
      Self.history(training: [260, 240, 230, 220, 210], validation: [262, 245, 247, 250, 254]))
    #expect(found.map(\.kind) == [.overFitted])
    #expect(found[0].sentence.contains("after epoch 2, 245.00") && found[0].sentence.contains("254.00 now"))
  }

  @Test func trainingThatEndedTooEarly() {
    let found = Diagnosis.trainingFindings(
      Self.history(training: [300, 280, 265, 255], validation: [305, 284, 270, 260]))
    #expect(found.map(\.kind) == [.underFitted])
    #expect(found[0].sentence.contains("12.00 an epoch") && found[0].advice.contains("it was 4"))
  }

  @Test func trainingThatWasLongEnough() {
    #expect(
      Diagnosis.trainingFindings(
        Self.history(training: [250, 241, 240.8, 240.7], validation: [251, 242, 241.9, 241.8])
      ).isEmpty)
    #expect(Diagnosis.trainingFindings(Self.history(training: [250], validation: [251])).isEmpty)
  }

  /// Of each element a variance comes from the decoder: the last layer's biases hold half of them down.
  @Test func variancesAtTheirBound() throws {
    func held(_ share: Double, _ kind: LikelihoodKind) throws -> ModelMeasures {
      try Self.measures(loss: kind) { path, value in
        guard path == "decoder.output.bias" || path == "likelihood.freeLogVariance" else { return nil }
        let k = path == "decoder.output.bias" ? 2 : 1
        let numbers = (0..<value.count).map { place in
          place % k == k - 1 && Double(place) < share * Double(value.count) ? -40.0 : 0
        }
        return Tensor(numbers, shape: value.shape)
      }
    }
    let half = try held(0.5, .freeGaussian(.element))
    #expect(half.spreadsAtBound == 0.5)
    let found = Diagnosis(half).findings.filter { $0.kind == .spreadAtBound }
    #expect(found.count == 1 && found[0].sentence.hasPrefix("50.0%"))
    #expect(try held(1, .freeGaussian(.one)).spreadsAtBound == 1)
    for kind in [LikelihoodKind.freeGaussian(.element), .freeGaussian(.feature), .laplace] {
      let free = try held(0, kind)
      #expect(free.spreadsAtBound == 0 && !Diagnosis(free).findings.contains { $0.kind == .spreadAtBound })
    }
    #expect(try Self.measures().spreadsAtBound == nil)
  }

  @Test func greyCrossEntropyIsSaidToBeWhatItIs() throws {
    let found = Diagnosis(try Self.measures(loss: .bernoulli)).findings
    #expect(found.contains { $0.kind == .notALikelihood && $0.sentence.contains("cross-entropy of grey pixels") })
    #expect(!Diagnosis(try Self.measures()).findings.contains { $0.kind == .notALikelihood })
  }
}
