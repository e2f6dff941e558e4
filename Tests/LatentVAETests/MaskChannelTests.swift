import Foundation
import Latent
import LatentData
import LatentVAE
import TestSupport
import Testing

/// Encoders that read beside each value whether it is known: against plain implementations and central differences.
@Suite struct MaskChannelTests {
  private static let (batch, steps, features, latent) = (3, 4, 2, 2)

  private static func plan(
    _ encoder: ModelRecipe.Part, _ example: ExampleShape = .series(steps: steps, features: features),
    maskChannel: Bool = true, classLabels: [UInt8] = []
  ) throws -> ModelPlan {
    try ModelRecipe(encoder: encoder, latentSize: latent, decoder: .dense([3], .tanh), maskChannel: maskChannel)
      .plan(for: example, classLabels: classLabels)
  }

  private static func model(_ plan: ModelPlan) -> AnyVariationalAutoencoder {
    var model = plan.makeModel(key: RandomKey(seed: 3), element: .float64)
    var sample = SampleValues(seed: 4)
    model.updateParameters { _, parameter in
      let values = parameter.value.values.map { $0 + sample.number(-0.4...0.4) }
      parameter.value = Tensor(values, shape: parameter.value.shape, element: .float64)
    }
    return model
  }

  /// Values with NaN where they are missing, and what is known.
  private static func examples(_ shape: [Int]) -> (x: Tensor, observed: Tensor) {
    var sample = SampleValues(seed: 5)
    let count = shape.reduce(1, *)
    let observed = (0..<count).map { $0 % 5 == 1 || $0 % 7 == 3 ? 0.0 : 1 }
    let x = zip(sample.numbers(count, 0...1), observed).map { $1 == 1 ? $0 : Double.nan }
    return (Tensor(x, shape: shape, element: .float64), Tensor(observed, shape: shape, element: .float64))
  }

  private static var series: (x: Tensor, observed: Tensor) { examples([batch, steps, features]) }

  /// x with 0 where a value is missing.
  private static func zeroed(_ x: Tensor) -> Tensor {
    Tensor(x.values.map { $0.isNaN ? 0 : $0 }, shape: x.shape, element: x.element)
  }

  /// Of each `columns` values the known ones or 0, and then whether they are known.
  private static func beside(_ x: Tensor, _ observed: Tensor, columns: Int) -> [Double] {
    var result: [Double] = []
    for row in stride(from: 0, to: x.count, by: columns) {
      for place in row..<row + columns { result.append(observed.values[place] == 1 ? x.values[place] : 0) }
      for place in row..<row + columns { result.append(observed.values[place]) }
    }
    return result
  }

  private func weights(_ model: AnyVariationalAutoencoder) -> [String: [Double]] {
    Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.path, $0.value.values) })
  }

  @Test func recurrentLayersReadBoth() throws {
    let model = Self.model(try Self.plan(.recurrent(.lstm, units: 3)))
    let (x, observed) = Self.series
    let weights = weights(model)
    let lstm = Plain.LSTM(
      kernel: weights["encoder.lstm.kernel"]!, recurrent: weights["encoder.lstm.recurrentKernel"]!,
      bias: weights["encoder.lstm.bias"]!)
    #expect(lstm.inputs == 2 * Self.features)
    let found = model.encode(x, observed: observed)
    let state = lstm.forward(
      Self.beside(x, observed, columns: Self.features), batch: Self.batch, time: Self.steps
    ).last
    for (head, values) in [("mean", found.mean), ("logVariance", found.logVariance)] {
      let expected = Plain.Dense(
        kernel: weights["encoder.\(head).kernel"]!, bias: weights["encoder.\(head).bias"]!, activation: .linear
      ).forward(state)
      #expect(maxRelativeError(values.values, expected) < 1e-12)
    }
  }

  @Test func denseLayersReadBoth() throws {
    let model = Self.model(try Self.plan(.dense([5], .tanh), .vector(size: 6)))
    let (x, observed) = Self.examples([Self.batch, 6])
    let weights = weights(model)
    let hidden = Plain.Dense(
      kernel: weights["encoder.hidden.kernel"]!, bias: weights["encoder.hidden.bias"]!, activation: .tanh
    ).forward(Self.beside(x, observed, columns: 6))
    let expected = Plain.Dense(
      kernel: weights["encoder.mean.kernel"]!, bias: weights["encoder.mean.bias"]!, activation: .linear
    ).forward(hidden)
    #expect(maxRelativeError(model.encode(x, observed: observed).mean.values, expected) < 1e-12)
  }

  /// Channels of a pixel or of a step lie side by side, and behind them what is known of each: as a model without a mask
  /// channel reads examples of twice the channels.
  @Test(arguments: [
    (
      ExampleShape.image(height: 5, width: 4, channels: 3), ExampleShape.image(height: 5, width: 4, channels: 6), 3,
      false
    ),
    (.series(steps: 7, features: 2), .series(steps: 7, features: 4), 2, true),
  ])
  func convolutionsReadBothAsChannels(_ example: ExampleShape, _ wide: ExampleShape, _ channels: Int, _ overSteps: Bool)
    throws
  {
    let part = ModelRecipe.Part.convolution([3, 4], units: 5, overSteps: overSteps)
    let model = Self.model(try Self.plan(part, example))
    var plain = Self.model(try Self.plan(part, wide, maskChannel: false))
    let own = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.path, $0.value) })
    plain.updateParameters { path, parameter in
      guard path.hasPrefix("encoder.") else { return }
      #expect(own[path]?.shape == parameter.value.shape, "\(path)")
      parameter.value = own[path]!
    }
    let (x, observed) = Self.examples([Self.batch] + example.dimensions)
    let both = Tensor(
      Self.beside(x, observed, columns: channels), shape: [Self.batch] + wide.dimensions, element: .float64)
    let (found, expected) = (model.encode(x, observed: observed), plain.encode(both))
    #expect(found.mean.values == expected.mean.values && found.logVariance.values == expected.logVariance.values)
  }

  static let parts: [ModelRecipe.Part] = [
    .recurrent(.lstm, units: 3), .recurrent(.gru, units: 3, cells: 2, isBidirectional: true), .dense([4], .tanh),
    .convolution([2], units: 3, overSteps: true),
  ]

  @Test(arguments: parts)
  func gradients(_ part: ModelRecipe.Part) throws {
    let model = Self.model(try Self.plan(part, classLabels: [1, 4]))
    let (x, observed) = Self.series
    var sample = SampleValues(seed: 6)
    let noise = Tensor(
      sample.numbers(Self.batch * Self.latent, -1...1), shape: [Self.batch, Self.latent], element: .float64)
    let differences = checkGradients(of: model) {
      $0.loss(x, labels: [4, 1, 1], observed: observed, noise: noise, tape: $1).total
    }
    #expect(differences.isEmpty, "\(differences.prefix(3))")
  }

  /// Nothing missing is a mask of ones, bit for bit; and it matters what is missing, whatever stands there.
  @Test(arguments: parts)
  func nothingMissingIsAllKnown(_ part: ModelRecipe.Part) throws {
    let model = Self.model(try Self.plan(part))
    let (holes, observed) = Self.series
    let (x, ones) = (Self.zeroed(holes), Tensor(repeating: 1, shape: holes.shape, element: .float64))
    let (plain, masked) = (model.encode(x), model.encode(x, observed: ones))
    #expect(plain.mean.hasSameValues(as: masked.mean) && plain.logVariance.hasSameValues(as: masked.logVariance))
    let noise = Tensor(repeating: 0.5, shape: [Self.batch, Self.latent], element: .float64)
    let losses = [nil, ones].map { model.loss(x, observed: $0, noise: noise, tape: Tape()).total.scalar }
    #expect(abs(losses[0] - losses[1]) < 1e-12)

    let missing = model.encode(holes, observed: observed)
    #expect(!missing.mean.hasSameValues(as: plain.mean))
    #expect(missing.mean.hasSameValues(as: model.encode(x, observed: observed).mean))
    // Without the channel, a missing value is 0 and no more.
    let blind = Self.model(try Self.plan(part, maskChannel: false))
    #expect(blind.encode(holes, observed: observed).mean.hasSameValues(as: blind.encode(x).mean))
  }

  @Test func batches() throws {
    let plan = try Self.plan(.recurrent(.gru, units: 3))
    let model = Self.model(plan)
    let (x, observed) = Self.series
    let data = TensorDataset([Self.zeroed(x)], shape: plan.example, observed: observed)
    let context = BatchContext(noiseKey: RandomKey(seed: 6), element: .float64)
    let batch = data.batch([0, 1, 2], in: context)
    let expected = model.encode(x, observed: observed)
    #expect(model.encode(batch).mean.hasSameValues(as: expected.mean))
    #expect(model.reconstruct(batch).hasSameValues(as: model.decode(expected.mean)))
  }

  @Test func travelsAsJSON() throws {
    let plan = try Self.plan(.recurrent(.lstm, units: 3))
    #expect(plan.encoder.map(\.kind).first == .maskChannel)
    #expect(try ModelPlan(json: plan.json().utf8) == plan)
    #expect(plan.description == "mask channel, LSTM(3) encoder, 2 latent dimensions, Dense(3, tanh) decoder")
    let recipe = ModelRecipe(encoder: .dense([3]), latentSize: 2, decoder: .dense([3]), maskChannel: true)
    #expect(try JSONDecoder().decode(ModelRecipe.self, from: JSONEncoder().encode(recipe)) == recipe)
    #expect(!String(decoding: try JSONEncoder().encode(ModelRecipe.lstm()), as: UTF8.self).contains("mask"))
    let summary = Self.model(plan).summaries(of: plan.example)[0]
    #expect(summary.layers.contains { $0.name == "mask channel" && $0.outputShape == [4, 4] })
  }

  @Test(arguments: [
    (
      "[{\"kind\": \"lstm\", \"units\": 3, \"returns_sequence\": true}, {\"kind\": \"mask_channel\"}, {\"kind\": \"flatten\"}]",
      "[]", "reads the example itself: put it before encoder.lstm"
    ),
    (
      "[{\"kind\": \"mask_channel\"}, {\"kind\": \"mask_channel\"}, {\"kind\": \"flatten\"}]", "[]",
      "reads the example itself"
    ),
    ("[{\"kind\": \"flatten\"}]", "[{\"kind\": \"mask_channel\"}]", "is for encoders"),
    ("[{\"kind\": \"mask_channel\", \"units\": 3}]", "[]", "units"),
  ])
  func refusals(_ encoder: String, _ decoder: String, _ part: String) {
    let json =
      "{\"example\": {\"kind\": \"series\", \"steps\": 4, \"features\": 2}, \"encoder\": \(encoder),"
      + "\"latent_size\": 2, \"likelihood\": \"bce\", \"decoder\": \(decoder)}"
    let error = #expect(throws: PlanError.self) { try ModelPlan(json: json.utf8) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }
}

extension Tensor {
  fileprivate func hasSameValues(as other: Tensor) -> Bool {
    shape == other.shape && values.map(\.bitPattern) == other.values.map(\.bitPattern)
  }
}
