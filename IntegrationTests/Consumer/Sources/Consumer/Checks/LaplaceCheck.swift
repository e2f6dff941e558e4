import Foundation
import Latent
import LatentVAE

/// A likelihood of one's own, with two numbers for an element: values, gradients, samples.
func checkLaplace() {
  let (batch, elements) = (3, 4)
  let output = Tensor(numbers(batch * elements * 2), shape: [batch, elements * 2], element: .float64)
  let x = Tensor(numbers(batch * elements, seed: 2), shape: [batch, elements], element: .float64)
  let kind = LaplaceLikelihood.ofEachElement
  let (likelihood, o) = (kind.make(for: .vector(size: elements), element: .float64), output.values)
  func sums(_ element: (_ m: Double, _ s: Double, _ x: Double) -> Double) -> [Double] {
    (0..<batch).map { b in
      (0..<elements).reduce(0) { sum, p in
        let index = b * elements + p
        return sum + element(o[2 * index], o[2 * index + 1], x.values[index])
      }
    }
  }
  let expected = sums { m, s, x in log(2) + s + abs(x - m) / exp(s) }
  let found = valueWithGradient(at: [output]) { variables in
    let all = likelihood.negativeLogLikelihoods(variables[0], of: variables[0].tape.constant(x))
    check(all.tensor.values, expected, "a likelihood's values")
    // Without every third element.
    let observed = Tensor((0..<batch * elements).map { $0 % 3 == 0 ? 0 : 1 }, shape: x.shape, element: .float64)
    let known = likelihood.negativeLogLikelihoods(variables[0], of: variables[0].tape.constant(x), observed: observed)
    var parts = [Double](repeating: 0, count: batch)
    for index in 0..<batch * elements where index % 3 != 0 {
      let (m, s) = (o[2 * index], o[2 * index + 1])
      let distance = abs(x.values[index] - m)
      parts[index / elements] += log(2) + s + distance / exp(s)
    }
    check(known.tensor.values, parts, "a likelihood's values of what is known")
    return likelihood.negativeLogLikelihood(variables[0], of: x)
  }
  check([found.value], [expected.reduce(0, +) / Double(batch)], "a likelihood's mean")
  let slopes = (0..<batch * elements).flatMap { index -> [Double] in
    let (m, s, x) = (o[2 * index], o[2 * index + 1], x.values[index])
    return [(x < m ? 1 : -1) / exp(s), 1 - abs(x - m) / exp(s)].map { $0 / Double(batch) }
  }
  check(found.gradients[0].values, slopes, "a likelihood's gradient")
  check(
    likelihood.mean(Tape().constant(output)).tensor.values, stride(from: 0, to: o.count, by: 2).map { o[$0] },
    "a likelihood's place")

  // 20,000 draws of place 1 and scale 2: their mean is within 5 of its standard errors, sqrt(8) / sqrt(20,000), and the mean
  // distance from 1, whose own deviation is 2, from the scale.
  let pairs = Tensor((0..<20_000).flatMap { _ in [1, log(2)] }, shape: [200, 200], element: .float64)
  let draws = likelihood.sample(pairs, key: RandomKey(seed: 4), streams: (0..<200).map { $0 }).values
  let mean = draws.reduce(0, +) / 20_000
  let distance = draws.reduce(0) { $0 + abs($1 - 1) } / 20_000
  check(abs(mean - 1) < 0.1 && abs(distance - 2) < 0.071, "a likelihood's samples: mean \(mean), distance \(distance)")
}
