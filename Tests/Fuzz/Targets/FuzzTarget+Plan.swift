import Latent
import LatentData
import LatentFiles
import LatentRun
import LatentVAE

extension FuzzTarget {
  /// Plans and recipes of models as JSON, which people write and files hold: what is read is written again, and must be the
  /// same. A small model is made, and reconstructs an example.
  static let plan = FuzzTarget(
    name: "plan",
    seeds: {
      let image = ExampleShape.image(height: 3, width: 2)
      let series = ExampleShape.series(steps: 4, features: 2)
      let bidirectional = ModelRecipe.Part.recurrent(.gru, units: 2, cells: 2, isBidirectional: true)
      var forced = ModelRecipe.lstmLSTM()
      (forced.encoder, forced.latentSize, forced.wordDropout) = (.dense([2]), 2, 0.25)
      forced.decoder = .recurrent(.gru, units: 2, cells: 1, isBidirectional: false)
      let recipes: [(ModelRecipe, ExampleShape, LikelihoodKind, [UInt8])] = [
        (ModelRecipe(encoder: bidirectional, latentSize: 2, decoder: .dense([3], .gelu)), image, .bernoulli, [3, 200]),
        (
          ModelRecipe(
            encoder: .convolution([2, 3], kernel: 3, units: 2), latentSize: 1,
            decoder: .convolution([2, 3], kernel: 3, units: 2)),
          .image(height: 5, width: 7, channels: 3), LikelihoodKind(named: "discretized-logistic-2")!, []
        ),
        (
          ModelRecipe(
            encoder: .convolution([2], kernel: 3, units: 2, overSteps: true), latentSize: 1,
            decoder: .convolution([2], kernel: 3, units: 2, overSteps: true)), series,
          LikelihoodKind(named: "gaussian-element")!, []
        ),
        (forced, series, LikelihoodKind(named: "laplace")!, []),
        (
          ModelRecipe(encoder: .dense([2]), latentSize: 1, decoder: .dense([2])), .vector(size: 3),
          LikelihoodKind(named: "categorical-4")!, []
        ),
      ]
      return recipes.flatMap { recipe, example, likelihood, labels -> [[UInt8]] in
        guard let plan = try? recipe.plan(for: example, likelihood: likelihood, classLabels: labels) else {
          fatalError("fuzz: no plan of \(recipe)")
        }
        return [Array(plan.json().utf8), Array(recipe.json.text.utf8)]
      }
    },
    words: [
      "\"kind\":", "\"units\":", "\"name\":", "lstm", "gru", "dense", "conv2d", "conv2d_transpose", "reshape", "repeat",
      "flatten", "teacher_forcing", "\"kernel\":", "\"strides\":", "[1,2]", "\"activation\":", "softmax",
      "\"latent_size\":",
      "categorical-256", "1073741824", "9223372036854775807", "-1", "0", "1e9", "1e999", "null",
    ],
    longest: 1 << 12,
    run: { bytes in
      if let plan = try? ModelPlan(json: bytes) { use(plan) }
      guard let json = JSON(bytes), let recipe = try? ModelRecipe(json: json) else { return }
      promise((try? ModelRecipe(json: recipe.json)) == recipe, "plan: a recipe that was read cannot be written")
      for example in [ExampleShape.image(height: 3, width: 2), .series(steps: 4, features: 2), .vector(size: 3)] {
        if let plan = try? recipe.plan(for: example) { use(plan) }
      }
    })

  private static func use(_ plan: ModelPlan) {
    promise((try? ModelPlan(json: plan.json().utf8)) == plan, "plan: what was read cannot be written")
    _ = (plan.description, plan.metadata)
    let count = plan.parameterCount
    promise(count >= 0 && !count.isNaN, "plan: \(count) parameters")
    guard count <= 4096, plan.example.count <= 256 else { return }
    let model = plan.makeModel()
    promise(Double(model.parameterCount) == count, "plan: a model of \(model.parameterCount) parameters, not \(count)")
    let x = Tensor(zeros: [1] + plan.example.dimensions)
    let found = model.reconstruct(x, labels: plan.classLabels.last.map { [$0] })
    promise(found.count == plan.example.count, "plan: \(found.shape) of \(plan.example)")
  }
}
