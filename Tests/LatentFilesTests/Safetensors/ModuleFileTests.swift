import Latent
import LatentFiles
import TestSupport
import Testing

/// Models in files, with all that they have learned.
@Suite struct ModuleFileTests {
  private struct Model: Module {
    var hidden: Dense
    var norm: BatchNorm

    init(seed: UInt64, outputs: Int = 3, element: ElementType = .float32) {
      hidden = Dense(inputSize: 4, outputSize: outputs, key: RandomKey(seed: seed), element: element)
      norm = BatchNorm(size: outputs, element: element)
    }

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("hidden", &hidden)
      visitor.visit("norm", &norm)
    }

    func evaluate(_ x: Tensor) -> [Double] { norm(hidden(Tape().constant(x))).tensor.values }
  }

  /// A model whose running averages are no longer those of the beginning.
  private func trained(_ element: ElementType) -> Model {
    var model = Model(seed: 1, element: element)
    let x = Initializer.normal(standardDeviation: 2)(shape: [16, 4], key: RandomKey(seed: 2), element: element)
    var optimizer = SGD(learningRate: 0.1)
    for step in 0..<3 {
      let (_, gradients) = valueWithGradients(of: model, pass: Pass(isTraining: true, step: step)) { model, tape in
        model.norm(model.hidden(tape.constant(x))).squared().mean()
      }
      optimizer.update(&model, along: gradients)
    }
    return model
  }

  @Test(arguments: [ElementType.float32, .float64])
  func comesBack(element: ElementType) throws {
    try withTemporaryFolder { folder in
      let (model, path) = (trained(element), folder + "/model.safetensors")
      #expect(model.norm.buffers.contains { $0.1.values != [0, 0, 0] && $0.1.values != [1, 1, 1] })
      try model.save(to: path, metadata: ["epoch": "3"])
      var other = Model(seed: 9, element: element)
      let x = Tensor(repeating: 0.5, shape: [2, 4], element: element)
      #expect(other.evaluate(x) != model.evaluate(x))
      try other.load(contentsOf: path)
      #expect(other.evaluate(x) == model.evaluate(x))
      #expect(try SafetensorsFile(contentsOf: path).metadata["epoch"] == "3")
      // A model of the other element type takes the same numbers, rounded.
      var rounded = Model(seed: 9, element: element == .float32 ? .float64 : .float32)
      try rounded.load(contentsOf: path)
      #expect(
        rounded.tensors.map { $0.value.converted(to: element).values.map { Float($0) } }
          == model.tensors.map { $0.value.values.map { Float($0) } })
    }
  }

  @Test func refusals() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      try trained(.float32).save(to: path)
      func reason(_ outputs: Int, _ path: String) -> String {
        var other = Model(seed: 9, outputs: outputs)
        let before = other.tensors.map(\.value.values)
        do {
          try other.load(contentsOf: path)
          return "nothing"
        } catch {
          #expect(other.tensors.map(\.value.values) == before)
          return "\(error)"
        }
      }
      #expect(reason(5, path).contains("hidden.kernel is [4, 3] of float32, but the model's is [4, 5]"))
      #expect(reason(3, folder + "/none.safetensors").contains("cannot be read"))
      try SafetensorsFile.write(Model(seed: 1).hidden.safetensors, to: path)
      #expect(reason(3, path).contains("no tensor for hidden.kernel"))
    }
  }

  private struct Pair: Module {
    var first = Dense(inputSize: 2, outputSize: 2, key: RandomKey(seed: 1))
    var second = Dense(inputSize: 2, outputSize: 2, key: RandomKey(seed: 2))

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("a", &first)
      visitor.visit("a", &second)
    }
  }

  /// Its training stops before that; whoever saves a model without training it gets an error, not the end of the process.
  @Test func twoPartsUnderOneName() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/pair.safetensors"
      let saved = #expect(throws: FileError.self) { try Pair().save(to: path) }
      #expect(saved?.file == path && saved?.reason == #"is not written: two tensors have the name "a.kernel""#)
      #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: path) }
      try Pair().first.save(to: path)
      var pair = Pair()
      let loaded = #expect(throws: FileError.self) { try pair.load(contentsOf: path) }
      #expect(loaded?.reason == "the model visits two parameters or buffers as a.kernel; give each a name of its own")
      #expect(throws: ModelStateError.repeated(path: "a.kernel")) {
        try pair.load(Dictionary(Pair().tensors.map { ($0.path, $0.value) }) { $1 })
      }
    }
  }
}
