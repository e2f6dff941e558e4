import Foundation
import Latent
import LatentVAE

/// Laplace elements of a place m and a log-scale s that the decoder gives for each: -log p(x) = log 2 + s + |x - m| exp(-s).
struct LaplaceLikelihood: Likelihood {
  static let ofEachElement = LikelihoodKind(
    "laplace-element", title: "Laplace", formula: "the sum over P of log 2 + s + |x - y| exp(-s)", numbersPerElement: 2,
    link: .identity
  ) { _, _ in LaplaceLikelihood() }

  var kind: LikelihoodKind { Self.ofEachElement }

  /// output [..., 2 P], the two numbers of an element beside each other -> [..., P] each
  private func numbers(_ output: Variable) -> (place: Variable, logScale: Variable) {
    let (leading, axis) = (Array(output.shape.dropLast()), output.shape.count)
    let elements = output.shape[axis - 1] / 2
    let pairs = output.reshaped(to: leading + [elements, 2])
    func number(_ index: Int) -> Variable {
      pairs.sliced(index..<index + 1, axis: axis).reshaped(to: leading + [elements])
    }
    return (number(0), number(1))
  }

  func elementLosses(_ output: Variable, of x: Variable) -> Variable {
    let (place, logScale) = numbers(output)
    return log(2) + logScale + (x - place).abs() * (-logScale).exp()
  }

  func mean(_ output: Variable) -> Variable { numbers(output).place }

  /// m - exp(s) sign(u) log(1 - 2 |u|), with u uniform in -1/2...1/2
  func sample(_ output: Tensor, key: RandomKey, streams: [UInt64]) -> Tensor {
    let (place, logScale) = numbers(Tape().constant(output))
    let elements = place.shape[1]
    let draws = streams.flatMap { stream in
      Initializer.uniform(-0.5...0.5)(shape: [elements], key: key.child(stream), element: .float64).values
    }
    let (m, s) = (place.tensor.values, logScale.tensor.values)
    let values = draws.indices.map { index -> Double in
      let u = draws[index]
      let distance = -log(max(1 - 2 * abs(u), .leastNormalMagnitude)) * exp(s[index])
      return u < 0 ? m[index] - distance : m[index] + distance
    }
    return Tensor(values, shape: place.shape, element: output.element)
  }
}
