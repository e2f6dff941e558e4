import Latent
import Testing

/// Parameters that a model stores but does not show, wherever they are.
@Suite struct HiddenParameterTests {
  struct Part: Module {
    var shown = Parameter(Tensor(zeros: [1])), hidden = Parameter(Tensor(zeros: [1]))
    mutating func visit(_ visitor: inout ParameterVisitor) { visitor.visit("shown", &shown) }
  }

  struct Model: Module {
    var layers: [any Layer]
    var part = Part()
    var unvisited = Dense(inputSize: 1, outputSize: 1, key: RandomKey(seed: 1))
    var maybe: Parameter?
    var pair = (Parameter(Tensor(zeros: [1])), 3)
    var table = [Int](repeating: 0, count: 1_000_000)
    var named = ["a": Parameter(Tensor(zeros: [1]))]
    let text = "no parameter", number = 4.5, tensor = Tensor(zeros: [3])

    mutating func visit(_ visitor: inout ParameterVisitor) {
      for place in layers.indices { visitor.visit("\(place)", &layers[place]) }
      visitor.visit("part", &part)
    }
  }

  @Test func areFound() {
    let dense = Dense(inputSize: 1, outputSize: 1, key: RandomKey(seed: 1))
    var model = Model(layers: [Flatten(), dense, Sequential(dense)])
    let expected = [
      "part.hidden", "unvisited.kernel", "unvisited.bias", "pair.0", "named.0.value",
    ]
    #expect(model.hiddenParameters.sorted() == expected.sorted())
    model.maybe = Parameter(Tensor(zeros: [1]))
    #expect(model.hiddenParameters.contains("maybe"))
  }
}
