import Foundation
import Latent
import LatentData
import LatentVAE
import TestSupport
import Testing

/// Models of texts: tokens are embedded, made one by one or all at once, and drawn.
@Suite struct TextModelTests {
  private static let shape = ExampleShape.text(steps: 4, vocabulary: 5)
  private static let likelihood = LikelihoodKind.categorical(classes: 5)

  /// Of each kind of layer that can read or make a text.
  private static let recipes: [(name: String, recipe: ModelRecipe)] = [
    ("forced", recipe(.recurrent(.lstm, units: 3), wordDropout: 0.3)),
    ("forced gru", recipe(.recurrent(.gru, units: 3, cells: 2), wordDropout: 0)),
    ("recurrent", recipe(.recurrent(.lstm, units: 3))), ("dense", recipe(.dense([4]))),
    ("over steps", recipe(.convolution([2], kernel: 3, units: 3, overSteps: true))),
  ]

  private static func recipe(_ part: ModelRecipe.Part, wordDropout: Double? = nil) -> ModelRecipe {
    ModelRecipe(encoder: part, latentSize: 2, decoder: part, wordDropout: wordDropout, embeddingSize: 3)
  }

  /// With weights that are large enough for every token to matter.
  private static func model(_ recipe: ModelRecipe) throws -> AnyVariationalAutoencoder {
    let plan = try recipe.plan(for: shape, likelihood: likelihood)
    var model = try ModelPlan(
      example: shape, encoder: plan.encoder.withoutCorners(), latentSize: plan.latentSize,
      decoder: plan.decoder.withoutCorners(), likelihood: likelihood
    ).makeModel(key: RandomKey(seed: 3), element: .float64)
    var sample = SampleValues(seed: 4)
    model.updateParameters { _, parameter in
      let values = parameter.value.values.map { $0 + sample.number(-0.8...0.8) }
      parameter.value = Tensor(values, shape: parameter.value.shape, element: .float64)
    }
    return model
  }

  private static let x = Tensor([0, 4, 2, 2, 1, 3, 0, 4, 2, 1, 0, 1], shape: [3, 4, 1], element: .float64)
  private static let noise = Tensor([0.3, -1, 0.2, 0.7, -0.4, 0.1], shape: [3, 2], element: .float64)

  @Test(arguments: recipes.map(\.name))
  func gradients(_ name: String) throws {
    let model = try Self.model(Self.recipes.first { $0.name == name }!.recipe)
    let observed = Tensor([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0], shape: [3, 4, 1], element: .float64)
    let differences = checkGradients(of: model, pass: Pass(isTraining: true, step: 1)) {
      $0.loss(Self.x, observed: observed, noise: Self.noise, tape: $1).total
    }
    #expect(differences.isEmpty, "\(differences.prefix(3))")
  }

  /// The negative logarithm of each token's probability, as it is written, of a decoder that is told the tokens before.
  @Test func likelihoodIsOfEachTokenGivenThoseBefore() throws {
    let model = try Self.model(Self.recipes[1].recipe)
    let (tape, z) = (Tape(), Self.noise)
    let told = model.decoder(tape.constant(z), of: tape.constant(Self.x)).tensor.values
    var steps: [[Double]] = []
    // The same numbers, a step at a time, where each reads the text itself.
    _ = model.decoder(tape.constant(z)) { numbers, step in
      steps.append(numbers.tensor.values)
      return tape.constant(Self.x).sliced(step..<step + 1, axis: 1).reshaped(to: [3, 1])
    }
    var expected = 0.0
    for (example, token) in Self.x.values.enumerated().map({ ($0 / 4, ($0 % 4, Int($1))) }) {
      let logits = (0..<5).map { steps[token.0][example * 5 + $0] }
      #expect(
        maxRelativeError(Array(told[(example * 4 + token.0) * 5..<(example * 4 + token.0 + 1) * 5]), logits) < 1e-12)
      expected -= logits[token.1] - log(logits.map(exp).reduce(0, +))
    }
    let loss = model.likelihood.negativeLogLikelihood(
      model.decoder(tape.constant(z), of: tape.constant(Self.x)), of: Self.x.reshaped(to: [3, 4]))
    #expect(abs(loss.tensor.scalar - expected / 3) < 1e-12)
  }

  /// Tokens are drawn as often as they are probable, also at another temperature; at 0 they are the most probable ones.
  @Test(arguments: ["forced", "dense"], [1, 0.5])
  func drawsAsProbable(_ name: String, _ temperature: Double) throws {
    let model = try Self.model(Self.recipes.first { $0.name == name }!.recipe)
    let count = 4000
    let z = Tensor(
      (0..<count).flatMap { _ in [0.4, -0.7] }, shape: [count, 2], element: .float64)
    let drawn = model.sample(
      z, temperature: temperature, key: RandomKey(seed: 8), streams: (0..<UInt64(count)).map(\.self)
    ).values.map { Int($0) }
    let tape = Tape()
    func probabilities(_ logits: ArraySlice<Double>) -> [Double] {
      let weights = logits.map { exp($0 / temperature) }
      return weights.map { $0 / weights.reduce(0, +) }
    }
    let first = z[rows: 0..<1]
    let logits = model.decoder(tape.constant(first)).tensor.values
    let expected = probabilities(logits[0..<5])
    for token in 0..<5 {
      let share = Double((0..<count).count { drawn[$0 * 4] == token }) / Double(count)
      // Five standard deviations of a share.
      #expect(abs(share - expected[token]) < 5 * (0.25 / Double(count)).squareRoot(), "\(token)")
    }
    // The second token, after the most frequent first one.
    let before = expected.indices.max { expected[$0] < expected[$1] }!
    let told = Tensor([Double(before), 0, 0, 0], shape: [1, 4, 1], element: .float64)
    let next = probabilities(model.decoder(tape.constant(first), of: tape.constant(told)).tensor.values[5..<10])
    let chosen = (0..<count).filter { drawn[$0 * 4] == before }
    for token in 0..<5 {
      let share = Double(chosen.count { drawn[$0 * 4 + 1] == token }) / Double(chosen.count)
      #expect(abs(share - next[token]) < 5 * (0.25 / Double(chosen.count)).squareRoot(), "\(token)")
    }
    let best = model.sample(first, temperature: 0, key: RandomKey(seed: 1), streams: [0])
    #expect(best.values == model.decode(first).values)
  }

  /// An example's draws do not depend on those beside it.
  @Test func drawsAreOfTheExample() throws {
    let model = try Self.model(Self.recipes[0].recipe)
    func drawn(_ rows: Range<Int>) -> [Double] {
      model.sample(
        Self.noise[rows: rows], key: RandomKey(seed: 2), streams: rows.map { UInt64($0 + 7) }
      ).values
    }
    #expect(drawn(0..<3) == drawn(0..<1) + drawn(1..<3))
  }

  @Test(arguments: recipes.map(\.name))
  func plansTravel(_ name: String) throws {
    let plan = try Self.recipes.first { $0.name == name }!.recipe.plan(for: Self.shape, likelihood: Self.likelihood)
    #expect(try ModelPlan(json: plan.json().utf8) == plan)
    let json = try JSONEncoder().encode(Self.recipes.first { $0.name == name }!.recipe)
    #expect(
      try JSONDecoder().decode(ModelRecipe.self, from: json).plan(for: Self.shape, likelihood: Self.likelihood) == plan)
    let paths = plan.layers.parameters.map(\.path)
    #expect(paths.first == "encoder.embedding.table")
    #expect(paths.contains("decoder.embedding.table") == name.hasPrefix("forced"))
  }

  @Test func refuses() {
    func fault(_ encoder: [LayerPlan], _ decoder: [LayerPlan], _ likelihood: LikelihoodKind = Self.likelihood) -> String
    {
      do {
        _ = try ModelPlan(
          example: Self.shape, encoder: encoder, latentSize: 2, decoder: decoder, likelihood: likelihood)
        return ""
      } catch { return error.description }
    }
    let lstm = LayerPlan("lstm", .recurrent(.lstm, units: 3))
    let decoder = [LayerPlan("output", .dense(units: 20))]
    #expect(fault([LayerPlan("embedding", .embedding(units: 3)), lstm], decoder) == "")
    #expect(fault([lstm], decoder).contains("reads the numbers of tokens: put an embedding before it"))
    #expect(
      fault([LayerPlan("embedding", .embedding(units: 3)), lstm], decoder, .bernoulli)
        .contains("have the likelihood categorical-5, and not bce"))
    #expect(
      fault([LayerPlan("embedding", .embedding(units: 3)), LayerPlan("again", .embedding(units: 3)), lstm], decoder)
        .contains("reads a text, but"))
    let steps = [
      LayerPlan("teacher_forcing", .teacherForcing()),
      LayerPlan("lstm", .recurrent(.lstm, units: 3, returnsSequence: true)),
      LayerPlan("output", .dense(units: 5)),
    ]
    #expect(
      fault([LayerPlan("embedding", .embedding(units: 3)), lstm], steps).contains("needs the units of its embedding"))
    #expect(throws: PlanError.self) {
      try Self.recipe(.dense([3])).plan(for: .vector(size: 4), likelihood: .squaredError)
    }
    #expect(throws: PlanError.self) {
      try Self.recipe(.convolution([3])).plan(for: Self.shape, likelihood: Self.likelihood)
    }
  }
}
