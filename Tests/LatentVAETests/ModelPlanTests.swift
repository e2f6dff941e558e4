import Latent
import LatentData
import LatentFiles
import LatentVAE
import TestSupport
import Testing

/// The description of a model: as JSON, by recipes, and where its layers do not fit.
@Suite struct ModelPlanTests {
  static let deep: [ModelPlan] = [
    ModelRecipe(encoder: .dense([6, 5], .gelu), latentSize: 3, decoder: .dense([5, 6], .tanh)),
    ModelRecipe(
      encoder: .recurrent(.gru, units: 4, cells: 2, isBidirectional: true), latentSize: 2,
      decoder: .recurrent(.lstm, units: 3, cells: 3)),
    ModelRecipe(
      encoder: .convolution([3, 4, 5], kernel: 4, units: 6), latentSize: 2, decoder: .convolution([3, 4, 5])),
  ].map { try! $0.plan(for: .image(height: 8, width: 16), likelihood: .gaussian, classLabels: [2, 7]) }

  @Test(arguments: deep + TestModel.allCases.map { $0.plan(height: 8, width: 12) })
  func comesBackAsJSON(_ plan: ModelPlan) throws {
    for isPretty in [false, true] {
      let copy = try ModelPlan(json: plan.json(isPretty: isPretty).utf8)
      #expect(copy == plan && copy.parameterCount == plan.parameterCount)
    }
    let model = plan.makeModel(key: RandomKey(seed: 3))
    #expect(Double(model.parameterCount) == plan.parameterCount)
    let shapes = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.path, $0.value.shape) })
    #expect(try ModelPlan(shapes: shapes, metadata: plan.metadata) == plan)
    let x = Tensor(repeating: 0.5, shape: [3] + plan.example.dimensions)
    let labels = plan.classes > 0 ? [UInt8](repeating: plan.classLabels.last!, count: 3) : nil
    #expect(model.reconstruct(x, labels: labels).shape == [3, plan.example.count])
  }

  /// The model that a plan makes learns by the gradients of its loss: central differences at some coordinates of each.
  @Test(arguments: deep)
  func gradients(_ plan: ModelPlan) throws {
    let plan = try ModelPlan(
      example: plan.example, encoder: plan.encoder.withoutCorners(), latentSize: plan.latentSize,
      decoder: plan.decoder.withoutCorners(),
      likelihood: plan.likelihood, classLabels: plan.classLabels)
    let vae = plan.makeModel(key: RandomKey(seed: 2), element: .float64)
    var sample = SampleValues(seed: 4)
    let x = Tensor(sample.numbers(2 * 128, 0...1), shape: [2, 8, 16], element: .float64)
    let noise = Tensor(sample.numbers(2 * plan.latentSize), shape: [2, plan.latentSize], element: .float64)
    func loss(_ vae: AnyVariationalAutoencoder, _ tape: Tape) -> Variable {
      vae.loss(x, labels: [7, 2], noise: noise, tape: tape).total
    }
    let (_, gradients) = valueWithGradients(of: vae, loss)
    for (path, value) in vae.parameters {
      for place in [0, value.count / 2, value.count - 1] {
        let slope = centralDifference(of: vae, path, place, step: 1e-6, loss)
        #expect(abs(gradients[path].values[place] - slope) < 1e-6 * max(1, abs(slope)), "\(path)[\(place)]")
      }
    }
  }

  /// A step changes weights where they lie: a copy of each would cost as much as the optimizer's step.
  @Test(
    arguments: deep + TestModel.allCases.map { $0.plan(height: 8, width: 12, classLabels: [2, 7], loss: .gaussian) })
  func stepsCopyNoWeights(_ plan: ModelPlan) {
    var model = plan.makeModel()
    func places() -> [UnsafeRawPointer?] {
      model.parameters.map { $0.value.storage.withUnsafeBytes { $0.baseAddress } }
    }
    var optimizer = SGD(learningRate: 0.1)
    let x = Tensor(repeating: 0.5, shape: [2] + plan.example.dimensions)
    let noise = Tensor(zeros: [2, plan.latentSize])
    for _ in 0..<2 {
      let (_, gradients) = valueWithGradients(of: model) {
        $0.loss(x, labels: [7, 2], noise: noise, tape: $1).total
      }
      let (before, weights) = (places(), model.parameters[0].value.values)
      let slopes = gradients[gradients.layout.slots[0].path].values
      optimizer.update(&model, along: gradients)
      #expect(places() == before)
      let expected = zip(weights, slopes).map { $0 - 0.1 * $1 }
      #expect(maxRelativeError(model.parameters[0].value.values, expected) < 1e-6)
    }
  }

  /// Series and vectors are examples too.
  @Test func otherShapes() throws {
    let series = try ModelRecipe.lstmLSTM().plan(for: .series(steps: 12, features: 3))
    #expect(series.makeModel().reconstruct(Tensor(repeating: 0.2, shape: [2, 12, 3])).shape == [2, 36])
    let vector = try ModelRecipe.mlp().plan(for: .vector(size: 5))
    #expect(vector.makeModel().reconstruct(Tensor(repeating: 0.2, shape: [2, 5])).shape == [2, 5])
    for plan in [series, vector] { #expect(try ModelPlan(json: plan.json().utf8) == plan) }
    for (recipe, example, message) in [
      (
        ModelRecipe.lstm(), ExampleShape.vector(size: 5),
        "encoder.lstm, LSTM(256), reads [T, D], but an example gives [5]"
      ),
      (
        .conv(), .series(steps: 8, features: 8),
        "its convolutions read images, and an example is 8 steps of 8 features: conv1d reads series"
      ),
      (.conv1d(), .vector(size: 5), "convolutions read series, and an example is 5 numbers"),
    ] {
      #expect(throws: PlanError(message)) { try recipe.plan(for: example) }
    }
  }

  @Test(arguments: [
    (
      #"{"kind": "dens", "units": 3}"#,
      #"encoder[0].kind is not one of "dense", "lstm", "gru", "convolution", "flatten", "images", "embedding", "transposed_convolution", "repeat""#
    ),
    (#"{"kind": "dense", "unit": 3}"#, "encoder[0].unit is no field of it; there are kind, name, units, activation, "),
    (
      #"{"kind": "dense", "units": 3, "filters": 3}"#,
      "encoder[0].filters is no field of it; there are kind, name, units, activation"
    ),
    (#"{"kind": "dense", "units": "3"}"#, "encoder[0].units is not a whole number from 1 on"),
    (#"{"kind": "dense", "units": 0}"#, "encoder[0].units is not a whole number from 1 on"),
    (#"{"kind": "dense"}"#, "encoder[0].units is missing"),
    (
      #"{"kind": "dense", "units": 3, "activation": "swish"}"#, #"encoder[0].activation is not one of "linear", "relu""#
    ),
    (#"{"kind": "lstm", "units": 3, "bidirectional": 1}"#, "encoder[0].bidirectional is not true or false"),
    (#"{"kind": "dense", "name": "a.b", "units": 3}"#, "encoder[0].name is not a name of letters and digits"),
    (#"{"kind": "dense", "name": "mean", "units": 3}"#, "encoder.mean is the name of a layer that follows"),
    (#"{"kind": "dense", "units": 3}, {"kind": "dense", "units": 3}"#, "encoder.dense is the name of two layers"),
    (
      #"{"kind": "lstm", "units": 3, "returns_sequence": true}"#,
      "encoder.lstm, LSTM(3), gives [4, 3], but encoder.mean and encoder.logVariance read [F]"
    ),
    (
      #"{"kind": "lstm", "units": 3}, {"kind": "gru", "units": 2}"#,
      "encoder.gru, GRU(2), reads [T, D], but encoder.lstm, LSTM(3), gives [3]"
    ),
    (
      #"{"kind": "convolution", "filters": 2}"#,
      "encoder.convolution, Conv2D(2, 3x3, stride 2, relu), reads [height, width, C], but an example gives [4, 4]"
    ),
    (
      #"{"kind": "images", "height": 4, "width": 4}, {"kind": "convolution", "filters": 2, "stride": 5}"#,
      "a stride larger than its images of 4x4"
    ),
    (
      #"{"kind": "images", "height": 4, "width": 4}, {"kind": "transposed_convolution", "filters": 2, "size": [8, 6]}"#,
      "encoder.transposed_convolution, Conv2DTranspose(2, 3x3, stride 2, to 8x6, relu), makes at most 8x8 of 4x4"
    ),
    (
      #"{"kind": "convolution", "filters": 2, "kernel": [3]}"#,
      "encoder[0].kernel is not a whole number from 1 on, or two of them: [rows, columns]"
    ),
    (#"{"kind": "convolution", "filters": 2, "size": 3}"#, "encoder[0].size is no field of it; there are kind, name, "),
    (#"{"kind": "images", "height": 3, "width": 4}"#, "reads 3x4x1 numbers, but an example gives [4, 4]"),
    (
      #"{"kind": "flatten"}, {"kind": "dense", "units": 1073741824}, {"kind": "repeat", "count": 1073741824}"#,
      "which no machine can hold"
    ),
  ])
  func mistakes(_ encoder: String, _ message: String) {
    let json = """
      {"example": {"kind": "image", "height": 4, "width": 4}, "encoder": [\(encoder)], "latent_size": 2,
       "decoder": [{"kind": "dense", "units": 16}]}
      """
    let error = #expect(throws: PlanError.self) { try ModelPlan(json: json.utf8) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test(arguments: [
    ("", "it is not JSON"), ("[]", "it has a value of the wrong type"), ("{}", "example is missing"),
    (
      #"{"exmple": 1}"#,
      "exmple is no field of it; there are example, encoder, decoder, likelihood, classes, latent_size"
    ),
    (
      #"{"example": {"kind": "image", "height": 4, "width": 4}, "encoder": [{"kind": "lstm", "units": 3}], "latent_size": 2, "decoder": [{"kind": "dense", "units": 15}]}"#,
      "decoder.dense, Dense(15), gives [15], but the likelihood bce of an example [4, 4] needs 16 numbers"
    ),
    (
      #"{"example": {"kind": "image", "height": 4, "width": 4}, "encoder": [], "latent_size": 2, "likelihood": "bc", "decoder": []}"#,
      #"likelihood is not one of "bce", "mse", "gaussian""#
    ),
    (
      #"{"example": {"kind": "image", "height": 4, "width": 4}, "encoder": [], "latent_size": 2, "classes": [3, 2], "decoder": []}"#,
      "classes is not a list of ascending labels"
    ),
  ])
  func mistakesOfAPlan(_ json: String, _ message: String) {
    let error = #expect(throws: PlanError.self) { try ModelPlan(json: json.utf8) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
