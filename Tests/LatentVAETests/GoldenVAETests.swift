import Latent
import LatentData
import LatentFiles
import LatentVAE
import TestSupport
import Testing

/// The whole model against Keras, in both element types, through the code that training runs.
@Suite struct GoldenVAETests {
  static let cases =
    ["vae_bce_adam", "vae_mse_adam", "vae_bce_beta4", "vae_binary_adam_20_steps"]
    + ["sgd", "sgd_momentum", "rmsprop", "adamw", "adam_clip"].map { "vae_bce_\($0)" }

  @Test(arguments: cases, ElementType.computing)
  func followsKeras(_ name: String, _ element: ElementType) throws {
    let golden = try Golden.load(name)
    // float32: the project's promise. float64: Keras's own precision at first; after the first step, Keras is the less
    // exact one (it rounds momentum and betas to float32, these before it raises them to the power of the step: up to
    // 1e-5 of a step's size).
    let isExact = ["sgd", "rmsprop"].contains(golden.metadata["optimizer"])
    let (first, later, backward) =
      element == .float32 ? (1e-5, 1e-5, 1e-4) : (1e-9, isExact ? 1e-9 : 2e-6, 1e-9)
    let sizes = (batch: golden.integer("batch"), time: golden.integer("time"), input: golden.integer("input"))
    var vae = try model(golden, element)
    let (start, clipping) = try optimizer(golden)
    var optimizer = start
    let layout = ParameterLayout(of: vae)
    for step in 0..<golden.integer("steps") {
      let forward = step == 0 ? first : later
      let x = Tensor(golden["step\(step).x"], shape: [sizes.batch, sizes.time, sizes.input], element: element)
      let noise = Tensor(
        golden["step\(step).noise"], shape: [sizes.batch, golden.integer("latent")], element: element)
      if step == 0 {
        let (mean, logVariance) = vae.encode(x)
        #expect(maxRelativeError(mean.values, golden["step0.mean"]) < forward)
        #expect(maxRelativeError(logVariance.values, golden["step0.log_variance"]) < forward)
        let z = Tensor(golden["step0.latent"], shape: noise.shape, element: element)
        #expect(maxRelativeError(vae.decode(z).values, golden["step0.reconstruction"]) < forward)
      }
      let tape = Tape(layout: layout)
      let terms = vae.loss(x, noise: noise, tape: tape)
      var gradients = Gradients(layout: layout)
      tape.backward(from: terms.total, into: &gradients)
      #expect(maxRelativeError([terms.total.scalar], golden["step\(step).loss"]) < forward)
      for (part, key) in [("reconstruction", "reconstruction_loss"), ("kl", "kl_loss")] {
        let value = try #require(terms.parts.first { $0.name == part }).value.scalar
        #expect(maxRelativeError([value], golden["step\(step).\(key)"]) < forward, "\(part) at step \(step)")
      }
      if step == 0 {
        for (path, key) in names {
          #expect(maxRelativeError(gradients[path].values, golden["step0.grad.\(key)"]) < backward, "\(path)")
        }
      }
      clipping?.clip(&gradients)
      optimizer.update(&vae, along: gradients)
      if step == 0 || step == golden.integer("steps") - 1 {
        for (path, value) in vae.parameters {
          let key = try #require(names.first { $0.path == path }).key
          #expect(maxRelativeError(value.values, golden["after\(step + 1).\(key)"]) < later, "\(path)")
        }
      }
    }
  }

  private func optimizer(_ golden: Golden) throws -> (any Optimizer, GradientClipping?) {
    switch golden.metadata["optimizer"] {
    case nil, "adam": (Adam(), nil)
    case "sgd": (SGD(), nil)
    case "sgd_momentum": (SGD(momentum: 0.9), nil)
    case "rmsprop": (RMSprop(), nil)
    case "adamw": (AdamW(weightDecay: 0.01), nil)
    case "adam_clip": (Adam(), .globalNorm(1))
    case let other?: throw UnknownOptimizer(name: other)
    }
  }

  private struct UnknownOptimizer: Error { let name: String }

  private let names = Plain.VAE.paths.map { (path: $0.path, key: $0.name) }

  private func model(
    _ golden: Golden, _ element: ElementType
  ) throws -> VariationalAutoencoder<LSTMEncoder, DenseDecoder> {
    let pixels = golden.integer("time") * golden.integer("input")
    var vae = VariationalAutoencoder(
      encoder: LSTMEncoder(
        inputSize: golden.integer("input"), hiddenSize: golden.integer("hidden"), latentSize: golden.integer("latent"),
        element: element),
      decoder: DenseDecoder(
        latentSize: golden.integer("latent"), hiddenSize: golden.integer("decoder"), outputSize: pixels,
        element: element),
      likelihood: try #require(LikelihoodKind(named: golden.metadata["loss"] ?? "")).make(
        for: .series(steps: golden.integer("time"), features: golden.integer("input")), element: element),
      objective: EvidenceLowerBound(beta: Double(golden.metadata["beta"] ?? "1") ?? 1))
    let names = names
    vae.updateParameters { path, parameter in
      let key = names.first { $0.path == path }!.key
      parameter.value = Tensor(golden["weight.\(key)"], shape: parameter.value.shape, element: element)
    }
    return vae
  }
}
