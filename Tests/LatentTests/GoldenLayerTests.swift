import Latent
import TestSupport
import Testing

/// The LSTM and Dense layers against Keras, through the public interface: outputs, and the gradients of
/// sum(upstream * y) for the input and every weight.
@Suite struct GoldenLayerTests {
  /// A layer with its input as a parameter, so that the input's gradient can be asked for as well.
  private struct Probe<Layer: Module>: Module {
    var x: Parameter
    var layer: Layer

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("x", &x)
      visitor.visit("layer", &layer)
    }
  }

  /// Float32: relative to the tensor's largest entry; float64: Keras's own precision.
  private func check<Layer: Module>(
    _ golden: Golden, _ element: ElementType, _ layer: Layer, names: [(path: String, key: String)],
    exact tolerance: Double = 1e-10, _ call: (Layer, Variable) -> Variable
  ) {
    let (forward, backward) = element == .float32 ? (1e-5, 1e-4) : (tolerance, tolerance)
    var probe = Probe(
      x: Parameter(Tensor(golden["x"], shape: golden.shape(of: "x"), element: element)), layer: layer)
    var set = 0
    probe.updateParameters { path, parameter in
      guard let key = names.first(where: { "layer.\($0.path)" == path })?.key else { return }
      #expect(parameter.value.shape == golden.shape(of: "weight.\(key)"), "\(path)")
      parameter.value = Tensor(golden["weight.\(key)"], shape: parameter.value.shape, element: element)
      set += 1
    }
    #expect(set == names.count)
    let upstream = Tensor(golden["upstream"], shape: golden.shape(of: "upstream"), element: element)
    let (_, gradients) = valueWithGradients(of: probe) { probe, tape in
      let y = call(probe.layer, probe.x.on(tape))
      #expect(y.shape == golden.shape(of: "y"))
      #expect(y.tensor.element == element)
      #expect(maxRelativeError(y.tensor.values, golden["y"]) < forward, "y")
      return (tape.constant(upstream) * y).sum()
    }
    for (path, key) in [("x", "x")] + names.map({ ("layer.\($0.path)", $0.key) }) {
      #expect(gradients[path].shape == golden.shape(of: "grad.\(key)"))
      #expect(maxRelativeError(gradients[path].values, golden["grad.\(key)"]) < backward, "gradient of \(path)")
    }
    // Without a layout nothing is recorded, and the result is the same.
    let plain = call(probe.layer, Tape().constant(probe.x.value))
    #expect(maxRelativeError(plain.tensor.values, golden["y"]) < forward, "y without recording")
  }

  @Test(
    arguments: (0..<5).flatMap { ["lstm_last_\($0)", "lstm_sequence_\($0)"] } + ["lstm_saturated"],
    ElementType.allCases)
  func lstm(_ name: String, _ element: ElementType) throws {
    let golden = try Golden.load(name)
    let (input, hidden) = (golden.shape(of: "x")[2], golden.shape(of: "weight.recurrent_kernel")[0])
    let layer = LSTM(
      inputSize: input, hiddenSize: hidden, returnsSequence: golden.shape(of: "y").count == 3, key: RandomKey(seed: 1),
      element: element)
    check(
      golden, element, layer,
      names: [("kernel", "kernel"), ("recurrentKernel", "recurrent_kernel"), ("bias", "bias")]
    ) { $0($1) }
  }

  @Test(
    arguments: [
      "dense_linear", "dense_relu", "dense_sigmoid", "dense_tanh", "dense_on_sequence", "dense_softplus", "dense_gelu",
      "dense_silu", "dense_elu", "dense_leaky_relu", "dense_softmax",
    ], ElementType.allCases)
  func dense(_ name: String, _ element: ElementType) throws {
    let golden = try Golden.load(name)
    let shape = golden.shape(of: "weight.kernel")
    let layer = Dense(
      inputSize: shape[0], outputSize: shape[1],
      activation: try #require(Activation(rawValue: golden.metadata["activation"] ?? "linear")),
      key: RandomKey(seed: 1), element: element)
    // TensorFlow rounds the constants of these two to float32.
    let tolerance = ["dense_gelu", "dense_leaky_relu"].contains(name) ? 2e-8 : 1e-10
    check(golden, element, layer, names: [("kernel", "kernel"), ("bias", "bias")], exact: tolerance) { $0($1) }
  }
}
