import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE
import TestSupport
import Testing

struct SavedModelTests {
  struct Case: CustomTestStringConvertible {
    var plan: ModelPlan
    var says: Bool
    var testDescription: String {
      "\(plan) \(plan.example) \(plan.classes) \(plan.likelihood) \(says)"
    }
  }

  /// Square images are recognised without a word about them; others where the file says their size, or the model shows it.
  static let cases: [Case] = TestModel.allCases.flatMap { architecture in
    let sizes = TestModel.Sizes(hidden: 5, latent: 3, decoder: architecture == .conv ? nil : 7)
    return [
      Case(plan: testPlan(architecture, sizes: sizes, height: 8, width: 8), says: false),
      Case(plan: testPlan(architecture, sizes: sizes, height: 8, width: 8, classes: 4), says: false),
      Case(plan: testPlan(architecture, sizes: sizes, height: 4, width: 12, loss: .gaussian), says: true),
      Case(
        plan: testPlan(architecture, sizes: sizes, height: 12, width: 8, classes: 1, loss: .squaredError), says: true),
    ]
  }

  private static func metadata(_ plan: ModelPlan) -> [String: String] {
    ["image_height": "\(plan.example.steps)", "image_width": "\(plan.example.features)", "loss": plan.likelihood.name]
  }

  private static func tensors(_ model: AnyVariationalAutoencoder) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.path, $0.value) })
  }

  private static func bytes(_ model: AnyVariationalAutoencoder) -> [UInt8] { SafetensorsFile.encode(model.safetensors) }

  @Test(arguments: cases, [ElementType.float32, .float64])
  func everyModelIsRecognised(_ each: Case, _ element: ElementType) throws {
    let model = each.plan.makeModel(key: RandomKey(seed: 7), element: element)
    let saved = try SavedModel(
      Self.tensors(model), metadata: each.says ? Self.metadata(each.plan) : [:], file: "here")
    #expect(saved.plan == each.plan)
    #expect(saved.element == element)
    #expect(Self.bytes(saved.model) == Self.bytes(model))
    #expect(saved.plan?.parameterCount == Double(model.parameterCount))
  }

  /// Labels that are not numbered from 0 on are among what a file says; without a word they are.
  @Test func classLabels() throws {
    let labels: [UInt8] = [3, 17, 200]
    let plan = testPlan(
      .mlp, sizes: .init(hidden: 5, latent: 3, decoder: 7), height: 8, width: 8, classLabels: labels)
    let model = plan.makeModel(key: RandomKey(seed: 7))
    let saved = try SavedModel(Self.tensors(model), metadata: plan.metadata, file: "here")
    #expect(saved.plan == plan && saved.model.classLabels == labels && saved.classList == "3, 17 and 200")
    let plain = try SavedModel(Self.tensors(model), file: "here")
    #expect(plain.classLabels == [0, 1, 2] && plain.plan?.metadata["class_labels"] == nil)
    #expect(Tensor(oneHot: [200, 3, 3], of: labels, element: .float32).values == [0, 0, 1, 1, 0, 0, 1, 0, 0])
    // The second class is the second column of the one-hot vectors, whatever it is called.
    let z = Tensor([1, -1, 0.5], shape: [1, 3])
    #expect(saved.model.decode(z, labels: [17]).values == plain.model.decode(z, labels: [1]).values)
    for text in ["", "3,17", "3,17,200,201", "3,200,17", "3,3,17", "3,17,256", "3,17,-1", "a,b,c"] {
      #expect(
        throws: FileError(file: "here", reason: "its class_labels are not 3 ascending labels, each 0 to 255")
      ) {
        try SavedModel(Self.tensors(model), metadata: ["class_labels": text], file: "here")
      }
    }
  }

  @Test func rowsThatTheModelShowsNeedNoWord() throws {
    let plan = testPlan(.gru, sizes: .init(hidden: 5, latent: 3, decoder: 7), height: 9, width: 4)
    #expect(try SavedModel(Self.tensors(plan.makeModel()), file: "here").plan == plan)
  }

  @Test(
    arguments: [
      ("encoder.mean.bias", nil, "no tensor for encoder.mean.bias"),
      ("encoder.mean.bias", [3, 1], "encoder.mean.bias is [3, 1], which is no shape for it"),
      (
        "encoder.lstm.kernel", [8, 24],
        "encoder.lstm.kernel is [8, 24], but in a model of LSTM(5) encoder, 3 latent dimensions, Dense(7, relu) decoder for 8x8 it is [8, 20]"
      ),
      ("encoder.mean.kernel", [4, 3], "encoder.mean.kernel has 4 rows, but the encoder 5 features"),
      ("decoder.output.bias", [65], "an image of 65 pixels has no rows of 8"),
      (
        "decoder.hidden.bias", [1, 7],
        "decoder.hidden.bias is [1, 7], but in a model of LSTM(5) encoder, 3 latent dimensions, Dense(7, relu) decoder for 8x8 it is [7]"
      ),
      ("encoder.lstm.kernel", nil, nil),
    ] as [(String, [Int]?, String?)])
  func whatIsNoModelIsRefused(_ path: String, _ shape: [Int]?, _ message: String?) throws {
    let plan = testPlan(.lstm, sizes: .init(hidden: 5, latent: 3, decoder: 7), height: 8, width: 8)
    var tensors = Self.tensors(plan.makeModel())
    tensors[path] = shape.map { Tensor(zeros: $0) }
    let error = #expect(throws: FileError.self) { try SavedModel(tensors, file: "here") }
    if let message {
      #expect(error?.description == "here: " + message)
    } else {
      #expect(error?.description.hasPrefix("here: it has none of the tensors") == true)
    }
  }

  @Test func sizesThatCanNotBeAreRefused() throws {
    let plan = testPlan(.mlp, sizes: .init(hidden: 5, latent: 3, decoder: 7), height: 3, width: 4)
    let tensors = Self.tensors(plan.makeModel())
    for (height, width) in [("9223372036854775807", "2"), ("0", "0"), ("-3", "-4"), ("5", "4"), ("x", "y")] {
      #expect(throws: FileError.self) {
        try SavedModel(tensors, metadata: ["image_height": height, "image_width": width], file: "here")
      }
    }
    let rows = testPlan(.lstmLSTM, sizes: .init(hidden: 5, latent: 3, decoder: 7), height: 4, width: 4)
    #expect(throws: FileError.self) {
      try SavedModel(Self.tensors(rows.makeModel()), metadata: ["image_height": "99999999999"], file: "here")
    }
  }

  @Test func foldersFilesAndCheckpoints() throws {
    let folder = try TemporaryFolder()
    let plan = testPlan(.lstm, sizes: .init(hidden: 5, latent: 3, decoder: 7), height: 8, width: 8)
    let model = plan.makeModel(key: RandomKey(seed: 3))
    #expect(throws: FileError.self) { try SavedModel(contentsOf: folder.path) }

    // A run that was interrupted has a checkpoint only.
    var trainer = Trainer(optimizer: Adam(), batchSize: 16, threads: 1)
    trainer.checkpoints = CheckpointFolder(folder.path + "/checkpoints", settings: Self.metadata(plan))
    var trained = model
    let images = ImageDataset.synthetic(count: 32).reshaped(height: 98, width: 8)
    let wide = testPlan(.lstm, sizes: .init(hidden: 5, latent: 3, decoder: 7), height: 98, width: 8)
    trained = wide.makeModel()
    try trainer.fit(&trained, to: images, epochs: 1)
    #expect(Self.bytes(try SavedModel(contentsOf: folder.path).model) == Self.bytes(trained))

    try SafetensorsFile.write(model.safetensors, metadata: Self.metadata(plan), to: folder.path + "/model.safetensors")
    for path in [folder.path, folder.path + "/", folder.path + "/model.safetensors"] {
      let saved = try SavedModel(contentsOf: path)
      #expect(Self.bytes(saved.model) == Self.bytes(model))
      #expect(saved.metadata == Self.metadata(plan))
    }
    #expect(throws: FileError.self) { try SavedModel(contentsOf: folder.path + "/no") }
  }

  @Test func mapKeepsTheOrder() {
    let data = ImageDataset.synthetic(count: 37)
    for threads in [1, 3] {
      let parallel = DataParallel(threads: threads, shards: 2)
      let labels = parallel.map(data, batchSize: 5) { $0.labels ?? [] }
      #expect(labels.map(\.count) == [5, 5, 5, 5, 5, 5, 5, 2])
      #expect(labels.flatMap(\.self) == data.labels)
    }
  }
}
