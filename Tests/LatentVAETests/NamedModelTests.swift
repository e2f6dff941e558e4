import Latent
import LatentData
import LatentFiles
import LatentVAE
import TestSupport
import Testing

/// The built-in models: their sizes, gradients and shapes.
@Suite struct NamedModelTests {
  private func make(
    _ architecture: TestModel, height: Int = 4, width: Int = 4, classes: Int = 0, seed: UInt64 = 1,
    element: ElementType = .float64
  ) -> AnyVariationalAutoencoder {
    architecture.plan(
      sizes: .init(hidden: 3, latent: 2, decoder: architecture == .conv ? nil : 4), height: height, width: width,
      classes: classes
    ).makeModel(key: RandomKey(seed: seed), element: element)
  }

  /// What the summary says without making a model is what a model has.
  @Test(arguments: TestModel.allCases, [0, 10])
  func parameterCounts(_ architecture: TestModel, _ classes: Int) {
    for (height, width) in [(28, 28), (8, 12)] {
      let plan = architecture.plan(height: height, width: width, classes: classes)
      #expect(Double(plan.makeModel().parameterCount) == plan.parameterCount, "\(architecture), \(height)x\(width)")
    }
  }

  /// Those of the examples that the models come from: Keras's summaries and 784-512-2-512-784.
  @Test func referenceSizes() {
    func count(_ architecture: TestModel) -> Double {
      architecture.plan(height: 28, width: 28).parameterCount
    }
    #expect(count(.lstm) == 505_904)
    #expect(count(.conv) == 69_076 + 65_089)
    #expect(count(.mlp) == Double(785 * 512 + 2 * 513 * 2 + 3 * 512 + 513 * 784))
  }

  /// The step is so small that no corner of a relu lies within it of these numbers; relu itself is checked elsewhere.
  @Test(arguments: TestModel.allCases, [0, 3])
  func gradients(_ architecture: TestModel, _ classes: Int) {
    let vae = make(architecture, classes: classes)
    var sample = SampleValues(seed: 1)
    let x = Tensor(sample.numbers(2 * 16, 0...1), shape: [2, 4, 4], element: .float64)
    let noise = Tensor(sample.numbers(4), shape: [2, 2], element: .float64)
    let labels: [UInt8]? = classes > 0 ? [2, 0] : nil
    let mismatches = sampledMismatches(of: vae, step: 1e-6) {
      $0.loss(x, labels: labels, noise: noise, tape: $1).total
    }
    #expect(mismatches == [])
  }

  /// Large kernels of the convolutional model would take minutes; its layers are checked at every coordinate elsewhere.
  private func sampledMismatches(
    of vae: AnyVariationalAutoencoder, step: Double, _ function: (AnyVariationalAutoencoder, Tape) -> Variable
  ) -> [String] {
    let (_, gradients) = valueWithGradients(of: vae, function)
    var mismatches: [String] = []
    for (path, value) in vae.parameters {
      let found = gradients[path].values
      let stride = max(1, value.count / 24)
      let places = Swift.stride(from: 0, to: value.count, by: stride).map { $0 }
      let estimate = places.map { centralDifference(of: vae, path, $0, step: step, function) }
      let size = found.reduce(0) { max($0, abs($1)) }
      for (place, slope) in zip(places, estimate) where !(abs(found[place] - slope) <= 1e-5 * max(size, 1e-3)) {
        mismatches.append("\(path)[\(place)]: \(found[place]), \(slope)")
      }
    }
    return mismatches
  }

  @Test(arguments: TestModel.allCases, ElementType.computing)
  func shapes(_ architecture: TestModel, _ element: ElementType) {
    let vae = make(architecture, height: 8, width: 4, element: element)
    for batch in [1, 3] {
      let x = Tensor(repeating: 0.5, shape: [batch, 8, 4], element: element)
      let (mean, logVariance) = vae.encode(x)
      #expect(mean.shape == [batch, 2] && logVariance.shape == [batch, 2])
      let y = vae.reconstruct(x)
      #expect(y.shape == [batch, 32] && y.element == element)
      #expect(y.values.allSatisfy { $0 > 0 && $0 < 1 })
    }
    let summaries = vae.summaries(of: .image(height: 8, width: 4))
    #expect(summaries.map(\.parameterCount)[2] == vae.parameterCount)
    #expect(summaries[0].parameterCount + summaries[1].parameterCount == vae.parameterCount)
    for summary in summaries {
      #expect(summary.layers.reduce(0) { $0 + $1.parameterCount } == summary.parameterCount, "\(summary.title)")
    }
    #expect(summaries[2].layers.last?.outputShape.reduce(1, *) == 32 || architecture == .lstmLSTM)
  }

  /// A summary of any model: layers by path, joins, activations after the last layer, parameters that nothing uses.
  @Test func summaryOfAnyModel() {
    struct Model: Module {
      var a = Dense(inputSize: 3, outputSize: 4, activation: .relu, key: RandomKey(seed: 1))
      var b = Dense(inputSize: 3, outputSize: 5, activation: .gelu, key: RandomKey(seed: 2))
      var c = Sequential(Flatten(), Dense(inputSize: 9, outputSize: 2, key: RandomKey(seed: 3)))
      var spare = Parameter(Tensor(zeros: [7]))
      mutating func visit(_ visitor: inout ParameterVisitor) {
        visitor.visit("a", &a)
        visitor.visit("b", &b)
        visitor.visit("c", &c)
        visitor.visit("spare", &spare)
      }
    }
    let summary = ModelSummary("model", of: Model(), inputs: [("x", [1, 3])]) { model, x in
      _ = model.c(Variable.concatenated([model.a(x[0]), model.b(x[0])], axis: 1)).softmax()
    }
    #expect(summary.layers.map(\.name) == ["x", "a", "b", "concatenated", "c.1", "spare"])
    #expect(
      summary.layers.map(\.kind) == ["Input", "Dense, relu", "Dense", "Concatenated", "Dense, softmax", "Parameter"])
    #expect(summary.layers.map(\.outputShape) == [[3], [4], [5], [9], [2], [7]])
    #expect(summary.layers.map(\.parameterCount) == [0, 16, 20, 0, 20, 7] && summary.parameterCount == 63)
    #expect(summary.layers.map(\.inputs) == [[], ["x"], ["x"], ["a", "b"], ["concatenated"], []])
  }
}
