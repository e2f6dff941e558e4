import Foundation
import Latent
import LatentData
import LatentVAE
import TestSupport
import Testing

/// Sequence decoders that read the step before: against a plain implementation, central differences, and what they make
/// themselves.
@Suite struct TeacherForcingTests {
  private static let (batch, time, width, latent) = (3, 4, 2, 2)

  private static func plan(
    _ cell: RecurrentCell = .lstm, cells: Int = 1, wordDropout: Double = 0, _ loss: LikelihoodKind = .bernoulli
  ) throws -> ModelPlan {
    let part = ModelRecipe.Part.recurrent(cell, units: 3, cells: cells)
    return try ModelRecipe(encoder: part, latentSize: latent, decoder: part, wordDropout: wordDropout).plan(
      for: .series(steps: time, features: width), likelihood: loss)
  }

  /// With weights that are large enough for every step to matter.
  private static func model(_ plan: ModelPlan, _ objective: any Objective = EvidenceLowerBound())
    -> AnyVariationalAutoencoder
  {
    var model = plan.makeModel(objective: objective, key: RandomKey(seed: 3), element: .float64)
    var sample = SampleValues(seed: 4)
    model.updateParameters { _, parameter in
      let values = parameter.value.values.map { $0 + sample.number(-0.6...0.6) }
      parameter.value = Tensor(values, shape: parameter.value.shape, element: .float64)
    }
    return model
  }

  private static func examples(_ count: Int = batch, seed: Int = 5) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(count * time * width, 0...1), shape: [count, time, width], element: .float64)
  }

  private static func noise(_ columns: Int = latent, seed: Int = 6) -> Tensor {
    var sample = SampleValues(seed: seed)
    return Tensor(sample.numbers(batch * columns, -1...1), shape: [batch, columns], element: .float64)
  }

  @Test(arguments: RecurrentCell.allCases)
  func likelihoodIsOfEachStepGivenThoseBefore(_ cell: RecurrentCell) throws {
    let (b, t, d, z) = (Self.batch, Self.time, Self.width, Self.latent)
    let model = Self.model(try Self.plan(cell))
    let (x, noise) = (Self.examples(), Self.noise())
    let terms = model.loss(x, noise: noise, tape: Tape())
    let weights = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.path, $0.value.values) })
    let (mean, logVariance) = model.encode(x)
    var inputs: [Double] = []
    for example in 0..<b {
      for step in 0..<t {
        for place in 0..<z {
          let n = example * z + place
          inputs.append(mean.values[n] + exp(logVariance.values[n] / 2) * noise.values[n])
        }
        for place in 0..<d { inputs.append(step == 0 ? 0 : x.values[(example * t + step - 1) * d + place]) }
      }
    }
    func weight(_ name: String) -> [Double] { weights["decoder.\(cell.rawValue).\(name)"]! }
    let states =
      cell == .lstm
      ? Plain.LSTM(kernel: weight("kernel"), recurrent: weight("recurrentKernel"), bias: weight("bias")).forward(
        inputs, batch: b, time: t
      ).h
      : Plain.GRU(
        kernel: weight("kernel"), recurrent: weight("recurrentKernel"), bias: weight("bias"), hidden: 3,
        resetsAfter: true
      ).run(inputs, batch: b, time: t).y
    let logits = Plain.Dense(
      kernel: weights["decoder.output.kernel"]!, bias: weights["decoder.output.bias"]!, activation: .linear
    ).forward(states)
    let losses = zip(logits, x.values).map { logit, value in
      log(1 + exp(logit)) - value * logit
    }
    let reconstruction = try #require(terms.parts.first { $0.name == "reconstruction" }).value.scalar
    #expect(abs(reconstruction - losses.reduce(0, +) / Double(b)) < 1e-10)
  }

  @Test(arguments: [
    (RecurrentCell.lstm, 1, 0.0, LikelihoodKind.bernoulli), (.gru, 2, 0.4, .freeGaussian(.feature)),
    (.lstm, 2, 0.4, .categorical(classes: 3)),
  ])
  func gradients(_ cell: RecurrentCell, _ cells: Int, _ wordDropout: Double, _ loss: LikelihoodKind) throws {
    let model = Self.model(try Self.plan(cell, cells: cells, wordDropout: wordDropout, loss))
    let values = Self.examples().values.map { value in
      if case .classes(let count) = loss.support { (value * Double(count)).rounded(.down) } else { value }
    }
    let x = Tensor(values, shape: [Self.batch, Self.time, Self.width], element: .float64)
    let noise = Self.noise()
    let differences = checkGradients(of: model, pass: Pass(isTraining: true, step: 1)) {
      $0.loss(x, noise: noise, tape: $1).total
    }
    #expect(differences.isEmpty, "\(differences.prefix(3))")
  }

  /// What it makes of a latent point step by step is what it expects where it is told just that.
  @Test(arguments: [(RecurrentCell.lstm, 1), (.gru, 1), (.lstm, 2), (.gru, 2)])
  func stepByStepIsAllAtOnce(_ cell: RecurrentCell, _ cells: Int) throws {
    for loss in [LikelihoodKind.bernoulli, .freeGaussian(.element), .categorical(classes: 4)] {
      let model = Self.model(try Self.plan(cell, cells: cells, loss))
      let (tape, z) = (Tape(), Self.noise(seed: 7))
      let made = model.decode(z)
      #expect(made.shape == [Self.batch, Self.time * Self.width])
      let told = model.likelihood.mean(model.decoder(tape.constant(z), of: tape.constant(made))).tensor
      #expect(maxRelativeError(told.values, made.values) < 1e-12, "\(loss)")
      // It does read it.
      let other = model.decoder(tape.constant(z), of: tape.constant(Self.examples())).tensor
      let own = model.decoder(tape.constant(z)).tensor
      #expect(maxRelativeError(other.values, own.values) > 1e-3, "\(loss)")
    }
  }

  /// No step knows itself or what comes after it.
  @Test func stepsDependOnThoseBeforeOnly() throws {
    let model = Self.model(try Self.plan())
    let (z, x, t, d) = (Self.noise(), Self.examples(), Self.time, Self.width)
    func logits(_ x: Tensor) -> [Double] {
      let tape = Tape()
      return model.decoder(tape.constant(z), of: tape.constant(x)).tensor.values
    }
    let usual = logits(x)
    for step in 0..<t {
      var values = x.values
      values[step * d] += 0.5
      let changed = logits(Tensor(values, shape: x.shape, element: .float64))
      for place in 0..<t * d {
        #expect((changed[place] != usual[place]) == (place / d > step), "step \(step) in place \(place)")
      }
      #expect(Array(changed[(t * d)...]) == Array(usual[(t * d)...]))
    }
  }

  /// Several latent points of an example are told the same example.
  @Test func severalSamples() throws {
    let plan = try Self.plan()
    let (x, noise) = (Self.examples(), Self.noise(3 * Self.latent))
    func reconstruction(_ objective: any Objective, _ noise: Tensor) -> Double {
      Self.model(plan, objective).loss(x, noise: noise, tape: Tape()).parts[0].value.scalar
    }
    let tape = Tape()
    let each = (0..<3).map { place in
      reconstruction(
        EvidenceLowerBound(),
        tape.constant(noise).sliced(place * Self.latent..<(place + 1) * Self.latent, axis: 1).tensor)
    }
    #expect(abs(reconstruction(ImportanceWeightedBound(samples: 3), noise) - each.reduce(0, +) / 3) < 1e-12)
  }

  /// A dropped step is zeros: which, is a matter of key and example alone.
  @Test func wordDropout() throws {
    let model = Self.model(try Self.plan(wordDropout: 0.4))
    let count = 64
    let x = Self.examples(count)
    let z = Tensor(zeros: [count, Self.latent], element: .float64)
    func logits(_ pass: Pass, _ rows: Range<Int>) -> [Double] {
      let tape = Tape(pass: pass)
      let (z, x) = (tape.constant(z).sliced(rows), tape.constant(x).sliced(rows))
      return model.decoder(z, of: x).tensor.values
    }
    func pass(_ rows: Range<Int>, seed: UInt64 = 1, isTraining: Bool = true) -> Pass {
      Pass(isTraining: isTraining, step: 7, key: RandomKey(seed: seed), examples: rows.map { UInt64($0) })
    }
    let whole = logits(pass(0..<count), 0..<count)
    #expect(whole == logits(pass(0..<20), 0..<20) + logits(pass(20..<count), 20..<count))
    #expect(whole != logits(pass(0..<count, seed: 2), 0..<count))
    let evaluated = logits(pass(0..<count, isTraining: false), 0..<count)
    // At the second step nothing but x of the first is dropped: as if it were zeros, or not at all.
    let zeros = Tensor(zeros: x.shape, element: .float64)
    let tape = Tape()
    let blind = model.decoder(tape.constant(z), of: tape.constant(zeros)).tensor.values
    var dropped = 0
    for example in 0..<count {
      let place = (example * Self.time + 1) * Self.width
      #expect(whole[place] == evaluated[place] || whole[place] == blind[place])
      dropped += whole[place] == blind[place] ? 1 : 0
    }
    // 64 throws of 0.4: four standard deviations.
    #expect((10...41).contains(dropped))
  }

  @Test func travelsAsJSON() throws {
    let plan = try Self.plan(.gru, wordDropout: 0.25)
    #expect(try ModelPlan(json: plan.json().utf8) == plan)
    #expect(plan.decoder[0].kind == .teacherForcing(wordDropout: 0.25))
    let recipe = ModelRecipe(
      encoder: .dense([3]), latentSize: 2, decoder: .recurrent(.lstm, units: 3), wordDropout: 0.5)
    let bytes = try JSONEncoder().encode(recipe)
    #expect(try JSONDecoder().decode(ModelRecipe.self, from: bytes) == recipe)
    #expect(!String(decoding: try JSONEncoder().encode(ModelRecipe.lstmLSTM()), as: UTF8.self).contains("dropout"))
  }

  @Test(arguments: [
    (
      "[{\"kind\": \"teacher_forcing\"}, {\"kind\": \"gru\", \"units\": 2, \"returns_sequence\": true, \"bidirectional\": true}]",
      "stands behind teacher forcing"
    ),
    ("[{\"kind\": \"teacher_forcing\"}, {\"kind\": \"lstm\", \"units\": 8}]", "stands behind teacher forcing"),
    ("[{\"kind\": \"teacher_forcing\", \"word_dropout\": 1}]", "is not a number from 0 to below 1"),
    ("[{\"kind\": \"teacher_forcing\"}, {\"kind\": \"flatten\"}, {\"kind\": \"dense\", \"units\": 8}]", "one by one"),
    ("[{\"kind\": \"repeat\", \"count\": 4}, {\"kind\": \"teacher_forcing\"}]", "reads [n]"),
  ])
  func refusals(_ decoder: String, _ part: String) {
    let json =
      "{\"example\": {\"kind\": \"series\", \"steps\": 4, \"features\": 2}, \"encoder\": [{\"kind\": \"lstm\", \"units\": 3}],"
      + "\"latent_size\": 2, \"likelihood\": \"bce\", \"decoder\": \(decoder)}"
    let error = #expect(throws: PlanError.self) { try ModelPlan(json: json.utf8) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }

  @Test func isForDecodersOfSequences() {
    let forced = ModelRecipe(encoder: .dense([3]), latentSize: 2, decoder: .dense([3]), wordDropout: 0)
    #expect(throws: PlanError.self) { try forced.plan(for: .series(steps: 4, features: 2)) }
    let recurrent = ModelRecipe(
      encoder: .dense([3]), latentSize: 2, decoder: .recurrent(.lstm, units: 3), wordDropout: 0)
    #expect(throws: PlanError.self) { try recurrent.plan(for: .vector(size: 4)) }
  }
}
