import Foundation
import Latent
import LatentData
import LatentVAE
import TestSupport
import Testing

/// Convolutional plans on images of any size and number of channels, and on series.
@Suite struct ConvolutionalPlanTests {
  /// Sizes that no stride divides, that one does, and that both do; down to a single pixel or step.
  private static let shapes: [ExampleShape] = [
    .image(height: 27, width: 29), .image(height: 28, width: 28), .image(height: 32, width: 32, channels: 3),
    .image(height: 33, width: 45, channels: 2), .image(height: 2, width: 7), .image(height: 5, width: 1, channels: 4),
    .series(steps: 97, features: 3), .series(steps: 96, features: 1), .series(steps: 3, features: 5),
    .series(steps: 6, features: 2),
  ]

  private static func recipe(_ shape: ExampleShape, _ filters: [Int], kernel: Int) -> ModelRecipe {
    let overSteps = if case .series = shape { true } else { false }
    return ModelRecipe(
      encoder: .convolution(filters, kernel: kernel, units: 4, overSteps: overSteps), latentSize: 2,
      decoder: .convolution(filters, kernel: kernel, overSteps: overSteps))
  }

  /// Rows, columns and channels, as convolutions see an example.
  private static func image(_ shape: ExampleShape) -> [Int] {
    switch shape {
    case .image(let height, let width, let channels): [height, width, channels]
    case .series(let steps, let features): [steps, 1, features]
    case .text(let steps, _): [steps, 1, 1]
    case .vector(let size): [size]
    }
  }

  /// Beside multiplications written out one by one, with the weights that the model has.
  @Test(arguments: shapes)
  func computesAsWrittenOut(_ shape: ExampleShape) throws {
    let (kernel, batch) = (shape.steps > 30 ? 3 : 4, 2)
    let plan = try Self.recipe(shape, [2, 3], kernel: kernel).plan(for: shape, likelihood: .poisson)
    var vae = plan.makeModel(key: RandomKey(seed: 3), element: .float64)
    var sample = SampleValues(seed: 5)
    vae.updateParameters { path, parameter in
      if path.hasSuffix("bias") {
        parameter.value = Tensor(
          sample.numbers(parameter.value.count), shape: parameter.value.shape, element: .float64)
      }
    }
    let weights = Dictionary(uniqueKeysWithValues: vae.parameters.map { ($0.path, $0.value) })
    let image = Self.image(shape)
    let (across, columns) =
      image[1] == 1 && plan.example == .series(steps: image[0], features: image[2])
      ? (1, 1) : (kernel, 2)
    // What each level of convolutions has of rows and columns.
    var levels = [[image[0], image[1]]]
    for _ in 0..<2 { levels.append([(levels.last![0] + 1) / 2, (levels.last![1] + columns - 1) / columns]) }
    func dense(_ path: String, _ activation: Plain.Activation) -> Plain.Chain.Layer {
      let (kernel, bias) = (weights[path + ".kernel"]!, weights[path + ".bias"]!)
      return .dense(
        Plain.Dense(kernel: kernel.values, bias: bias.values, activation: activation))
    }
    func layer(_ path: String, _ convolution: Plain.Convolution, _ activation: Plain.Activation) -> Plain.Chain.Layer {
      .convolution(
        convolution, kernel: weights[path + ".kernel"]!.values, bias: weights[path + ".bias"]!.values, activation)
    }
    func reading(_ path: String, _ level: Int, _ channels: Int, _ filters: Int) -> Plain.Chain.Layer {
      let convolution = Plain.Convolution(
        image: [batch] + levels[level] + [channels], kernel: [kernel, across, channels, filters],
        strides: (2, columns), isSame: true)
      return layer(path, convolution, .relu)
    }
    let encoder = Plain.Chain([
      reading("encoder.first", 0, image[2], 2), reading("encoder.second", 1, 2, 3), dense("encoder.hidden", .relu),
      dense("encoder.mean", .linear),
    ])
    func making(
      _ path: String, _ level: Int, _ strides: (Int, Int), _ channels: Int, _ filters: Int,
      _ activation: Plain.Activation
    ) -> Plain.Chain.Layer {
      let (small, large) = (levels[level], levels[strides.0 == 1 ? level : level - 1])
      let convolution = Plain.Convolution(
        transposedImage: [batch] + small + [channels], kernel: [kernel, across, filters, channels], strides: strides,
        isSame: true, fewer: (small[0] * strides.0 - large[0], small[1] * strides.1 - large[1]))
      return layer(path, convolution, activation)
    }
    let decoder = Plain.Chain([
      dense("decoder.hidden", .relu), making("decoder.first", 2, (2, columns), 3, 3, .relu),
      making("decoder.second", 1, (2, columns), 3, 2, .relu), making("decoder.output", 0, (1, 1), 2, image[2], .linear),
    ])
    let x = sample.numbers(batch * shape.count, 0...1)
    let mean = vae.encode(Tensor(x, shape: [batch] + shape.dimensions, element: .float64)).mean
    #expect(maxRelativeError(mean.values, encoder.outputs(x).last!) < 1e-12)
    // A Poisson's mean is the exponential of what the decoder gives: it says all about it.
    let decoded = vae.decode(mean).values
    let expected = decoder.outputs(mean.values).last!.map { exp($0) }
    #expect(decoded.count == batch * shape.count && maxRelativeError(decoded, expected) < 1e-10)
  }

  /// Central differences at every coordinate, with activations that have no corner.
  @Test(arguments: [
    (ExampleShape.image(height: 5, width: 7, channels: 2), 3), (.image(height: 4, width: 6), 4),
    (.series(steps: 7, features: 3), 5), (.series(steps: 9, features: 1), 2),
  ])
  func gradients(_ shape: ExampleShape, _ kernel: Int) throws {
    let relu = try Self.recipe(shape, [2, 2], kernel: kernel).plan(for: shape, likelihood: .gaussian)
    let plan = try ModelPlan(
      example: shape, encoder: relu.encoder.withoutCorners(), latentSize: 2,
      decoder: relu.decoder.withoutCorners(enlarging: .tanh),
      likelihood: .gaussian)
    let vae = plan.makeModel(key: RandomKey(seed: 2), element: .float64)
    var sample = SampleValues(seed: 4)
    let x = Tensor(sample.numbers(2 * shape.count, 0...1), shape: [2] + shape.dimensions, element: .float64)
    let noise = Tensor(sample.numbers(4), shape: [2, 2], element: .float64)
    func loss(_ vae: AnyVariationalAutoencoder, _ tape: Tape) -> Variable {
      vae.loss(x, noise: noise, tape: tape).total
    }
    let (_, gradients) = valueWithGradients(of: vae, loss)
    for (path, value) in vae.parameters {
      for place in 0..<value.count {
        let slope = centralDifference(of: vae, path, place, step: 1e-6, loss)
        #expect(abs(gradients[path].values[place] - slope) < 1e-6 * max(1, abs(slope)), "\(path)[\(place)]")
      }
    }
  }

  /// Whatever is read and made has the examples' size, through JSON too, and from the shapes of a file's tensors.
  @Test(arguments: shapes, [[2], [2, 3], [2, 3, 2]])
  func plans(_ shape: ExampleShape, _ filters: [Int]) throws {
    let image = Self.image(shape)
    guard max(image[0], image[1]) >= 1 << filters.count else { return }
    let plan = try Self.recipe(shape, filters, kernel: 3).plan(
      for: shape, likelihood: LikelihoodKind(named: "gaussian-element")!)
    #expect(try ModelPlan(json: plan.json().utf8) == plan)
    let model = plan.makeModel()
    #expect(Double(model.parameterCount) == plan.parameterCount)
    #expect(
      model.reconstruct(Tensor(repeating: 0.5, shape: [1] + shape.dimensions)).shape == [1, shape.count])
    let shapes = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.path, $0.value.shape) })
    #expect(try ModelPlan(shapes: shapes, metadata: plan.metadata) == plan)
    // Without a plan, the sizes of grey images come from what the file says.
    guard case .image(let height, let width, 1) = shape else { return }
    let grey = try Self.recipe(shape, filters, kernel: 3).plan(for: shape)
    let found = try ModelPlan(
      shapes: Dictionary(uniqueKeysWithValues: grey.makeModel().tensors.map { ($0.path, $0.value.shape) }),
      metadata: ["image_height": "\(height)", "image_width": "\(width)"])
    #expect(found == grey)
  }

  /// A plan of before, as it stands in files: its square kernels, and no sizes.
  @Test func plansOfBefore() throws {
    let json = """
      {"example": {"kind": "image", "height": 8, "width": 12, "channels": 1}, "latent_size": 2, "likelihood": "bce",
       "classes": [], "encoder": [{"kind": "images", "height": 8, "width": 12, "channels": 1},
       {"kind": "convolution", "name": "first", "filters": 32, "kernel": 3, "stride": 2, "activation": "relu"},
       {"kind": "convolution", "name": "second", "filters": 64, "kernel": 3, "stride": 2, "activation": "relu"},
       {"kind": "flatten"}, {"kind": "dense", "name": "hidden", "units": 16, "activation": "relu"}],
       "decoder": [{"kind": "dense", "name": "hidden", "units": 384, "activation": "relu"},
       {"kind": "images", "height": 2, "width": 3, "channels": 64},
       {"kind": "transposed_convolution", "name": "first", "filters": 64, "kernel": 3, "stride": 2, "activation": "relu"},
       {"kind": "transposed_convolution", "name": "second", "filters": 32, "kernel": 3, "stride": 2, "activation": "relu"},
       {"kind": "transposed_convolution", "name": "output", "filters": 1, "kernel": 3, "stride": 1, "activation": "linear"}]}
      """
    let plan = try ModelRecipe.conv().plan(for: .image(height: 8, width: 12))
    #expect(try ModelPlan(json: json.utf8) == plan)
    #expect(!plan.json().contains("\"size\""))
    #expect(
      plan.description == "Conv2D(32, 3x3, stride 2, relu), Conv2D(64, 3x3, stride 2, relu), Dense(16, relu) encoder, "
        + "2 latent dimensions, Dense(384, relu), Conv2DTranspose(64, 3x3, stride 2, relu), "
        + "Conv2DTranspose(32, 3x3, stride 2, relu) decoder")
    let series = try ModelRecipe.conv1d().plan(for: .series(steps: 9, features: 2))
    #expect(
      series.description
        == "Conv2D(32, 5x1, stride 2x1, relu), Conv2D(64, 5x1, stride 2x1, relu), Dense(64, relu) encoder, "
        + "16 latent dimensions, Dense(192, relu), Conv2DTranspose(64, 5x1, stride 2x1, to 5x1, relu), "
        + "Conv2DTranspose(32, 5x1, stride 2x1, to 9x1, relu) decoder")
  }
}
