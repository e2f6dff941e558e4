import Latent
import TestSupport

/// A model of a few parameters of several lengths, and gradients for it that differ from step to step.
struct OptimizerSample: Sendable {
  var model: Operands
  private let layout: ParameterLayout
  private var sample = SampleValues(seed: 11)

  init(_ element: ElementType, longest: Int = 70) {
    var sample = SampleValues(seed: 10)
    func tensor(_ shape: [Int]) -> Tensor {
      Tensor(sample.numbers(shape.reduce(1, *)), shape: shape, element: element)
    }
    model = Operands([
      "encoder.kernel": tensor([longest]), "encoder.bias": tensor([3]), "encoder2.kernel": tensor([2, 5]),
      "decoder.bias": tensor([17]),
    ])
    layout = ParameterLayout(of: model)
  }

  /// One with a parameter of more elements than a worker takes at a time. It takes a while to make: share it.
  static func large(_ element: ElementType) -> (sample: OptimizerSample, gradients: Gradients) {
    var sample = OptimizerSample(element, longest: (1 << 15) + 33)
    let gradients = sample.nextGradients()
    return (sample, gradients)
  }

  /// All weights, in the layout's order.
  var weights: [Double] { model.parameters.flatMap(\.value.values) }

  subscript(path: String) -> [Double] { model.parameters.first { $0.path == path }!.value.values }

  /// Other gradients each time, none of them near 0, where Lion's sign depends on rounding.
  mutating func nextGradients() -> Gradients {
    let gradients = Gradients(layout: layout)
    for slot in layout.slots {
      gradients.flat[slot.range].assign(sample.numbersAwayFromZero(slot.range.count))
    }
    return gradients
  }

  /// All gradients, in the layout's order.
  static func numbers(_ gradients: Gradients) -> [Double] {
    gradients.layout.slots.flatMap { gradients.flat[$0.range].doubles() }
  }
}
