import Latent

/// A highway layer (Srivastava, Greff & Schmidhuber 2015): t h + (1 - t) x, with t = sigmoid(x K + b) and h = tanh(x W + c).
struct Highway: Layer {
  /// [N, N] and [N]
  var transform: Dense
  /// [N, N] and [N]; the bias is negative at first, so that x passes
  var gate: Dense

  init(size: Int, key: RandomKey, element: ElementType = .float32) {
    transform = Dense(
      inputSize: size, outputSize: size, activation: .tanh, key: key.child("transform"), element: element)
    gate = Dense(inputSize: size, outputSize: size, activation: .sigmoid, key: key.child("gate"), element: element)
    gate.bias?.value = Tensor(repeating: -1, shape: [size], element: element)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("transform", &transform)
    visitor.visit("gate", &gate)
  }

  /// x [B, N] -> [B, N]
  func callAsFunction(_ x: Variable) -> Variable {
    let t = gate(x)
    return t * transform(x) + (1 - t) * x
  }
}
