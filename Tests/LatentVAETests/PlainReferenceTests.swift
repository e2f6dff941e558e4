import TestSupport
import Testing

/// The plain implementation, which judges the library in other tests, judged by Keras itself.
@Suite struct PlainReferenceTests {
  static let tolerance = 1e-10

  @Test(arguments: (0..<5).flatMap { ["lstm_last_\($0)", "lstm_sequence_\($0)"] } + ["lstm_saturated"])
  func lstm(name: String) throws {
    let golden = try Golden.load(name)
    let lstm = Plain.LSTM(
      kernel: golden["weight.kernel"], recurrent: golden["weight.recurrent_kernel"], bias: golden["weight.bias"])
    let shape = golden.shape(of: "x")
    #expect(shape[2] == lstm.inputs)
    let x = golden["x"]
    let states = lstm.forward(x, batch: shape[0], time: shape[1])
    let returnsSequence = golden.shape(of: "y").count == 3
    #expect(returnsSequence == name.hasPrefix("lstm_sequence"))
    #expect(maxRelativeError(returnsSequence ? states.h : states.last, golden["y"]) < Self.tolerance)
    let gradients =
      returnsSequence
      ? lstm.backward(x, states, upstream: golden["upstream"])
      : lstm.backward(x, states, lastUpstream: golden["upstream"])
    #expect(maxRelativeError(gradients.x, golden["grad.x"]) < Self.tolerance)
    #expect(maxRelativeError(gradients.kernel, golden["grad.kernel"]) < Self.tolerance)
    #expect(maxRelativeError(gradients.recurrent, golden["grad.recurrent_kernel"]) < Self.tolerance)
    #expect(maxRelativeError(gradients.bias, golden["grad.bias"]) < Self.tolerance)
  }

  @Test(arguments: ["dense_linear", "dense_relu", "dense_sigmoid", "dense_tanh", "dense_on_sequence"])
  func dense(name: String) throws {
    let golden = try Golden.load(name)
    let activation = try #require(Plain.Activation(rawValue: golden.metadata["activation"] ?? "linear"))
    let layer = Plain.Dense(kernel: golden["weight.kernel"], bias: golden["weight.bias"], activation: activation)
    #expect(golden.shape(of: "x").last == layer.inputs)
    #expect(maxRelativeError(layer.forward(golden["x"]), golden["y"]) < Self.tolerance)
    let gradients = layer.backward(golden["x"], upstream: golden["upstream"])
    #expect(maxRelativeError(gradients.x, golden["grad.x"]) < Self.tolerance)
    #expect(maxRelativeError(gradients.kernel, golden["grad.kernel"]) < Self.tolerance)
    #expect(maxRelativeError(gradients.bias, golden["grad.bias"]) < Self.tolerance)
  }

  @Test(arguments: ["vae_bce_adam", "vae_mse_adam", "vae_bce_beta4", "vae_binary_adam_20_steps"])
  func trainingOfTheVAE(name: String) throws {
    let golden = try Golden.load(name)
    let (batch, time, steps) = (golden.integer("batch"), golden.integer("time"), golden.integer("steps"))
    let beta = try #require(golden.metadata["beta"].flatMap(Double.init))
    let kind: Plain.VAE.Reconstruction = golden.metadata["loss"] == "mse" ? .squaredError : .binaryCrossEntropy
    var weights = Dictionary(
      uniqueKeysWithValues: golden.names.filter { $0.hasPrefix("weight.") }.map {
        (String($0.dropFirst(7)), golden[$0])
      })
    #expect(weights.count == 11)
    var adam = Plain.Adam(roundsPowersAsKeras: true)
    for step in 0..<steps {
      func near(_ values: [Double], _ tensor: String) {
        #expect(maxRelativeError(values, golden["step\(step).\(tensor)"]) < Self.tolerance, "step \(step): \(tensor)")
      }
      let result = Plain.VAE(weights: weights).run(
        golden["step\(step).x"], noise: golden["step\(step).noise"], batch: batch, time: time, beta: beta, loss: kind)
      near([result.loss], "loss")
      near([Plain.mean(result.reconstructionLosses)], "reconstruction_loss")
      near([Plain.mean(result.divergences)], "kl_loss")
      if step == 0 {
        near(result.mean, "mean")
        near(result.logVariance, "log_variance")
        near(result.latent, "latent")
        near(result.reconstruction, "reconstruction")
        for (name, gradient) in result.gradients { near(gradient, "grad.\(name)") }
        #expect(result.gradients.count == 11)
      }
      adam.update(&weights, result.gradients)
      if step == 0 || step == steps - 1 {
        for (name, values) in weights {
          #expect(maxRelativeError(values, golden["after\(step + 1).\(name)"]) < Self.tolerance, "\(step + 1): \(name)")
        }
      }
    }
  }
}
