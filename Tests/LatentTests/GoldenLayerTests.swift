import Latent
import TestSupport
import Testing

/// The LSTM and Dense layers against Keras, through the public interface: outputs, and the gradients of
/// sum(upstream * y) for the input and every weight.
@Suite struct GoldenLayerTests {
  @Test(
    arguments: (0..<5).flatMap { ["lstm_last_\($0)", "lstm_sequence_\($0)"] } + ["lstm_saturated"],
    ElementType.allCases)
  func lstm(_ name: String, _ element: ElementType) throws {
    let golden = try Golden.load(name)
    let (input, hidden) = (golden.shape(of: "x")[2], golden.shape(of: "weight.recurrent_kernel")[0])
    let layer = LSTM(
      inputSize: input, hiddenSize: hidden, returnsSequence: golden.shape(of: "y").count == 3, key: RandomKey(seed: 1),
      element: element)
    checkAgainstKeras(
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
    checkAgainstKeras(golden, element, layer, names: [("kernel", "kernel"), ("bias", "bias")], exact: tolerance) {
      $0($1)
    }
  }
}
