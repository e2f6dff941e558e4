import Latent

/// Two dense layers.
struct Stack: Module {
  var first: Dense, second: Dense

  init(key: RandomKey, element: ElementType = .float64) {
    first = Dense(inputSize: 2, outputSize: 3, activation: .tanh, key: key.child("first"), element: element)
    second = Dense(inputSize: 3, outputSize: 3, key: key.child("second"), element: element)
  }

  mutating func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit("first", &first)
    visitor.visit("second", &second)
  }

  func callAsFunction(_ x: Variable) -> Variable { second(first(x)) }
}
