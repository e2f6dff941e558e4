import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport
import Testing

@testable import LatentInterchange

/// Every format beside every model: what goes out comes back.
struct TableTests {
  static let forms: [ModelPlan] =
    TestModel.allCases.flatMap { architecture in
      let sizes = TestModel.Sizes(hidden: 5, latent: 3, decoder: architecture == .conv ? nil : 7)
      return [
        testPlan(architecture, sizes: sizes, height: 8, width: 8),
        testPlan(architecture, sizes: sizes, height: 8, width: 12, classLabels: [3, 17, 18, 200], loss: .gaussian),
        testPlan(architecture, sizes: sizes, height: 12, width: 4, classes: 1, loss: .squaredError),
      ]
    } + deep + likelihoods + masked

  /// Every other likelihood, of colours.
  static let likelihoods: [ModelPlan] = PlainLikelihood.all.filter {
    ![.bernoulli, .squaredError, .gaussian].contains($0.kind)
  }
  .map {
    try! ModelRecipe(encoder: .dense([5]), latentSize: 3, decoder: .dense([7]))
      .plan(for: .image(height: 4, width: 3, channels: 3), likelihood: $0.kind, classLabels: [2, 5])
  }

  /// Layers of every kind on top of each other.
  static let deep: [ModelPlan] =
    [
      ModelRecipe(encoder: .dense([6, 5], .gelu), latentSize: 3, decoder: .dense([5, 6], .leakyRelu)),
      ModelRecipe(
        encoder: .recurrent(.gru, units: 4, cells: 2, isBidirectional: true), latentSize: 2,
        decoder: .recurrent(.lstm, units: 3, cells: 2, isBidirectional: true)),
      ModelRecipe(
        encoder: .convolution([3, 4, 5], kernel: 4, units: 6), latentSize: 2,
        decoder: .convolution([3, 4, 5], kernel: 4)),
      ModelRecipe(encoder: .convolution([3], kernel: 5, units: 6), latentSize: 2, decoder: .recurrent(.gru, units: 3)),
    ].map { try! $0.plan(for: .image(height: 8, width: 16)) } + odd

  /// Convolutions over sizes that no stride divides, colours and series.
  static let odd: [ModelPlan] = [
    try! ModelRecipe(encoder: .convolution([3, 4], units: 6), latentSize: 2, decoder: .convolution([3, 4]))
      .plan(for: .image(height: 7, width: 9)),
    try! ModelRecipe(
      encoder: .convolution([3, 4], kernel: 4, units: 6), latentSize: 2, decoder: .convolution([3, 4], kernel: 5)
    ).plan(for: .image(height: 8, width: 5, channels: 3), classLabels: [1, 4]),
    try! ModelRecipe(
      encoder: .convolution([3, 4], kernel: 5, units: 6, overSteps: true), latentSize: 2,
      decoder: .convolution([3, 4], kernel: 5, overSteps: true)
    ).plan(for: .series(steps: 13, features: 2), likelihood: .gaussian),
  ]

  /// Encoders that read what is known beside the values, of every shape.
  static let masked: [ModelPlan] = [
    (ModelRecipe.Part.dense([5]), ExampleShape.vector(size: 6)), (.dense([5]), .image(height: 4, width: 3)),
    (.recurrent(.gru, units: 4), .series(steps: 5, features: 2)),
    (.convolution([3, 4], units: 6), .image(height: 7, width: 5, channels: 3)),
    (.convolution([3], kernel: 5, units: 6, overSteps: true), .series(steps: 6, features: 2)),
  ].map { part, example in
    try! ModelRecipe(encoder: part, latentSize: 2, decoder: .dense([4]), maskChannel: true)
      .plan(for: example, classLabels: [1, 4])
  }

  /// A model whose weights are all different, with bits that no arithmetic leaves alone.
  static func model(_ plan: ModelPlan, _ element: ElementType = .float32) -> SavedModel {
    var model = plan.makeModel(element: element)
    var values = SampleValues(seed: 5)
    model.updateParameters { _, parameter in
      var numbers = values.numbers(parameter.value.count)
      numbers[0] = -0.0
      parameter.value = Tensor(numbers, shape: parameter.value.shape, element: element)
    }
    return SavedModel(model, plan: plan, file: "here")
  }

  @Test(arguments: forms, [ElementType.float32, .float64])
  func everyModelComesBack(_ plan: ModelPlan, _ element: ElementType) throws {
    let saved = Self.model(plan, element)
    #expect(saved.plan == plan)
    for table in [LatentTable(), KerasTable(), TorchTable(), ONNXTable()] as [any WeightTable] {
      let theirs = table.exported(saved.model, plan)
      #expect(Set(theirs.map(\.name)).count == theirs.count)
      let copy = try table.imported(
        WeightFile(
          Dictionary(uniqueKeysWithValues: theirs.map { ($0.name, $0.value) }), metadata: plan.metadata, name: ""))
      #expect(copy.plan == plan && copy.element == element)
      for (own, other) in zip(saved.model.tensors, copy.model.tensors) {
        #expect(own.path == other.path && own.value.hasSameBits(as: other.value), "\(table) \(own.path)")
      }
    }
  }

  @Test(arguments: InterchangeFormat.allCases, forms)
  func everyFileComesBack(_ format: InterchangeFormat, _ plan: ModelPlan) throws {
    let (saved, folder) = (Self.model(plan), try TemporaryFolder())
    let path = format.isFolder ? folder.path : folder.file("weights")
    let images = try ParityImages(for: plan, element: .float32, trainedOn: nil)
    let outputs = images.outputs(of: saved.model)
    let certificate = try format.export(saved, to: path, comparedOn: images, outputs: outputs)
    #expect(certificate.isPerfect && certificate.tensorCount == saved.model.tensors.count)
    #expect(certificate.files.count == (format.isFolder ? 2 : 1))
    for file in certificate.files {
      let bytes = try AtomicFile.read(file.path)
      var hash = SHA256()
      hash.update(bytes)
      #expect(file.sha256 == hash.hexDigest() && file.byteCount == bytes.count)
    }
  }

  /// Weights of bfloat16 take half the bytes, and come back in float32 with the numbers that they were rounded to.
  @Test(arguments: InterchangeFormat.allCases.filter { $0.holds(.bfloat16) }, forms)
  func weightsOfBFloat16ComeBack(_ format: InterchangeFormat, _ plan: ModelPlan) throws {
    let (whole, folder) = (Self.model(plan), try TemporaryFolder())
    let rounded = try whole.converted(to: .bfloat16)
    #expect(rounded.element == .float32 && rounded.metadata["precision"] == "float32")
    for (before, after) in zip(whole.model.tensors, rounded.model.tensors) {
      #expect(after.value.hasSameBits(as: before.value.converted(to: .bfloat16).converted(to: .float32)))
    }
    let images = try ParityImages(for: plan, element: .float32, trainedOn: nil)
    let (exact, outputs) = (images.outputs(of: whole.model), images.outputs(of: rounded.model))
    let certificate = try format.export(
      rounded, storing: .bfloat16, to: folder.file("weights"), comparedOn: images, outputs: outputs)
    #expect(certificate.isPerfect)
    let file = try SafetensorsFile(contentsOf: folder.file("weights"))
    #expect(file.tensors.allSatisfy { $0.elementType == .bfloat16 })
    let stored = try SafetensorsFile(bytes: format.files(of: whole)[0].bytes)
    #expect(
      2 * file.tensors.reduce(0) { $0 + $1.byteRange.count } == stored.tensors.reduce(0) { $0 + $1.byteRange.count })
    let changes = outputs.differences(from: exact)
    #expect(changes.map(\.name) == ["mean", "log_variance", "reconstruction"])
    let size = exact.mean.values.map(abs).max()!
    #expect(changes[0].largest > 0 && changes[0].largest < max(1, size) / 16, "\(changes)")
    #expect(changes.map(\.largest).max() == outputs.largestDifference(to: exact))
    let text = try PythonProgram(format, of: rounded, storing: .bfloat16, path: "a", parity: "c").text
    #expect(text.contains("import ml_dtypes") == (format == .safetensors))
  }

  /// The names and shapes of `nn.LSTM` and `nn.Linear`, written out.
  @Test func namesOfTorch() {
    let plan = testPlan(.lstm, sizes: .init(hidden: 5, latent: 3, decoder: 7), height: 8, width: 6)
    let names = TorchTable().exported(Self.model(plan).model, plan).map { "\($0.name) \($0.value.shape)" }
    #expect(
      names == [
        "encoder.lstm.weight_ih_l0 [20, 6]", "encoder.lstm.weight_hh_l0 [20, 5]", "encoder.lstm.bias_ih_l0 [20]",
        "encoder.lstm.bias_hh_l0 [20]", "encoder.mean.weight [3, 5]", "encoder.mean.bias [3]",
        "encoder.log_variance.weight [3, 5]", "encoder.log_variance.bias [3]", "decoder.hidden.weight [7, 3]",
        "decoder.hidden.bias [7]", "decoder.output.weight [48, 7]", "decoder.output.bias [48]",
      ])
  }

  @Test(
    arguments: [
      ("encoder.lstm.bias_hh_l0", nil, "has no encoder.lstm.bias_hh_l0, which a model of its other tensors needs"),
      ("ex\ntra", [1], "has a tensor \"ex\\ntra\", which is no part of a model of its other tensors"),
      (
        "encoder.lstm.bias_hh_l0", [19],
        "encoder.lstm.bias_ih_l0 is [20], encoder.lstm.bias_hh_l0 is [19]: this is no shape for encoder.lstm.bias"
      ),
      (
        "encoder.lstm.weight_ih_l0", [20, 6, 1],
        "encoder.lstm.weight_ih_l0 is [20, 6, 1]: this is no shape for encoder.lstm.kernel"
      ),
      ("encoder.mean.weight", [3, 4], "encoder.mean.kernel has 4 rows, but the encoder 5 features"),
    ] as [(String, [Int]?, String)])
  func whatIsNoModelIsRefused(_ name: String, _ shape: [Int]?, _ message: String) {
    let plan = testPlan(.lstm, sizes: .init(hidden: 5, latent: 3, decoder: 7), height: 8, width: 6)
    var tensors = Dictionary(
      uniqueKeysWithValues: TorchTable().exported(Self.model(plan).model, plan).map { ($0.name, $0.value) })
    tensors[name] = shape.map { Tensor(zeros: $0) }
    let error = #expect(throws: FileError.self) {
      try TorchTable().imported(WeightFile(tensors, name: "here"))
    }
    #expect(error?.description == "here: " + message)
  }

  @Test func otherFilesAreRefused() {
    let error = #expect(throws: FileError.self) {
      try TorchTable().imported(WeightFile(["weight": Tensor(zeros: [1])], name: "here"))
    }
    #expect(error?.description.hasPrefix("here: has none of a model's tensors, such as ") == true)
    let twice = ["encoder/gru/kernel": Tensor(zeros: [1]), "encoder/gru/gru_cell/kernel": Tensor(zeros: [1])]
    let other = #expect(throws: FileError.self) { try KerasTable().imported(WeightFile(twice, name: "here")) }
    #expect(other?.description == "here: has two tensors \"encoder/gru/kernel\"")
  }
}
