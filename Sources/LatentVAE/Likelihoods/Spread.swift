import Latent
import LatentData

/// Which elements share a spread: a variance, or another scale of what a likelihood is unsure about.
public enum Spread: String, Sendable, CaseIterable {
  /// One is learned for all elements.
  case one
  /// One is learned for each feature of a series, channel of an image or number of a vector.
  case feature
  /// The decoder gives one for each element, beside its mean.
  case element

  /// The numbers that the decoder gives for an element.
  var numbersPerElement: Int { self == .element ? 2 : 1 }

  /// The shape of what is learned; nil where the decoder gives it.
  func shape(for example: ExampleShape) -> [Int]? {
    switch self {
    case .one: [1]
    case .feature: [example.units]
    case .element: nil
    }
  }
}

/// The places and spreads of a likelihood's elements, where the decoder gives the places.
///
/// A spread is exp(v) + least for a free v, so that it never reaches 0, where -log p has no bound. v is a parameter, 0 at
/// first, or the second number that the decoder gives for an element. The logarithm of the spread is
/// log(least) + softplus(v - log(least)).
struct LearnedSpread: Sendable {
  /// Of features [D], or [1]; nil where the decoder gives spreads.
  var free: Parameter?
  let least: Double

  init(_ shape: [Int]?, least: Double, element: ElementType) {
    free = shape.map { Parameter(Tensor(zeros: $0, element: element)) }
    self.least = least
  }

  mutating func visit(_ visitor: inout ParameterVisitor, _ name: String) {
    guard var parameter = free else { return }
    free = nil
    visitor.visit(name, &parameter)
    free = parameter
  }

  /// The log of the spread of each element: [1], [P] or [..., P].
  func log(_ output: Variable) -> Variable {
    guard let free else { return bounded(output.numbers(of: 2)[1]) }
    let v = bounded(free.on(output.tape))
    let (features, elements) = (v.shape[0], output.shape[output.shape.count - 1])
    return features == 1 ? v : v.broadcast(to: [elements / features, features]).reshaped(to: [elements])
  }

  /// [..., P]
  func place(_ output: Variable) -> Variable { free == nil ? output.numbers(of: 2)[0] : output }

  /// What a formula makes of each element's error, place - x, and of the log of its spread: [..., P].
  func losses(_ output: Variable, of x: Variable, _ formula: (_ error: Variable, _ log: Variable) -> Variable)
    -> Variable
  {
    guard let free else {
      let numbers = output.numbers(of: 2)
      return formula(numbers[0] - x, bounded(numbers[1]))
    }
    let error = output - x
    return formula(rows(error), bounded(free.on(output.tape))).reshaped(to: error.shape)
  }

  /// The same elements with the features as the last axis: [..., P] -> [..., P / D, D].
  func rows(_ x: Variable) -> Variable {
    guard let features = free?.value.count else { return x }
    return x.reshaped(to: x.shape.dropLast() + [x.shape[x.shape.count - 1] / features, features])
  }

  /// log(exp(v) + least)
  func bounded(_ v: Variable) -> Variable {
    let bound = Quantile.number(.log, least)
    return bound + (v - bound).softplus()
  }

  /// The share of the free spreads that are no larger than the bound.
  func shareAtBound(_ output: Tensor) -> Double {
    let tape = Tape()
    let v = free.map { tape.constant($0.value) } ?? tape.constant(output).numbers(of: 2)[1]
    return (v .<= Quantile.number(.log, least)).mean().scalar
  }
}
