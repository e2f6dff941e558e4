import Foundation
import LatentVAE

/// A likelihood written as loops over elements, from the formulas of its distribution.
public struct PlainLikelihood: Sendable, CustomStringConvertible {
  public let kind: LikelihoodKind

  public init(_ kind: LikelihoodKind) { self.kind = kind }

  public var description: String { kind.name }

  /// One of each kind, with few classes and mixtures.
  public static let all = LikelihoodKind.all.map { kind in
    switch kind {
    case .categorical(classes: 256): PlainLikelihood(.categorical(classes: 3))
    case .discretizedLogistic(mixtures: 5): PlainLikelihood(.discretizedLogistic(mixtures: 2))
    default: PlainLikelihood(kind)
    }
  }

  /// -log p of one element.
  ///
  /// - Parameters:
  ///   - numbers: that the decoder gives for it: [k]
  ///   - learned: what the likelihood has learned for its feature, in the order of the parameters
  public func term(_ numbers: [Double], _ x: Double, _ learned: [Double]) -> Double {
    let l = numbers[0]
    switch kind.name {
    case "bce": return log1p(exp(-abs(l))) + Swift.max(l, 0) - l * x
    case "mse": return (x - mean(numbers)) * (x - mean(numbers))
    case "laplace":
      let b = exp(learned[0]) + 1e-3
      return log(2 * b) + abs(x - l) / b
    case "student-t":
      let (s, n) = (exp(learned[0]) + 1e-3, 2 + exp(learned[1]))
      let t = (x - l) / s
      return lgamma(n / 2) - lgamma((n + 1) / 2) + log(n * Double.pi) / 2 + log(s) + (n + 1) / 2 * log(1 + t * t / n)
    case "continuous-bernoulli":
      return (abs(l) < 1e-5 ? l / 2 : l > 0 ? l + log(-expm1(-l) / l) : log(expm1(l) / l)) - l * x
    case "poisson": return exp(l) - x * l + lgamma(x + 1)
    default: break
    }
    switch kind.support {
    case .classes: return log(numbers.reduce(0) { $0 + exp($1) }) - numbers[Int(x)]
    case .bytes: return -log(chance(numbers, Int((x * 255).rounded())))
    default:
      let v = variance(numbers, learned)
      return 0.5 * (log(2 * Double.pi) + log(v) + (x - mean(numbers)) * (x - mean(numbers)) / v)
    }
  }

  /// Of a byte: the mixture's probability between two points, from its tails where these are small.
  private func chance(_ numbers: [Double], _ byte: Int) -> Double {
    let k = numbers.count / 3
    let total = numbers[..<k].reduce(0) { $0 + exp($1) }
    return (0..<k).reduce(0) { sum, component in
      let (m, s) = (numbers[k + component], exp(numbers[2 * k + component]) + exp(-7))
      func end(_ byte: Double) -> Double { ((2 * byte / 255 - 1) - m) / s }
      let low = byte == 0 ? -Double.infinity : end(Double(byte) - 0.5)
      let high = byte == 255 ? Double.infinity : end(Double(byte) + 0.5)
      let part = low > 0 ? Plain.sigmoid(-low) - Plain.sigmoid(-high) : Plain.sigmoid(high) - Plain.sigmoid(low)
      return sum + exp(numbers[component]) / total * part
    }
  }

  public func mean(_ numbers: [Double]) -> Double {
    let l = numbers[0]
    switch kind.name {
    case "bce", "mse", "gaussian": return Plain.sigmoid(l)
    case "continuous-bernoulli": return abs(l) < 1e-3 ? 0.5 + l / 12 : -1 / expm1(-l) - 1 / l
    case "poisson": return exp(l)
    default: break
    }
    switch kind.support {
    case .classes:
      return Double(numbers.indices.max { numbers[$0] < numbers[$1] || numbers[$0] == numbers[$1] && $0 > $1 }!)
    case .bytes:
      let k = numbers.count / 3
      let total = numbers[..<k].reduce(0) { $0 + exp($1) }
      let mean = (0..<k).reduce(0) { $0 + exp(numbers[$1]) / total * numbers[k + $1] }
      return Swift.min(Swift.max((mean + 1) / 2, 0), 1)
    default: return l
    }
  }

  /// Where elements are real numbers.
  public func variance(_ numbers: [Double], _ learned: [Double]) -> Double {
    let l = numbers[0]
    switch kind.name {
    case "bce": return mean(numbers) * (1 - mean(numbers))
    case "mse": return 0.5
    case "gaussian": return exp(learned[0])
    case "gaussian-element": return exp(numbers[1]) + 1e-6
    case "laplace": return 2 * (exp(learned[0]) + 1e-3) * (exp(learned[0]) + 1e-3)
    case "student-t":
      let (s, n) = (exp(learned[0]) + 1e-3, 2 + exp(learned[1]))
      return s * s * n / (n - 2)
    case "continuous-bernoulli": return abs(l) < 1e-3 ? 1 / 12.0 : 1 / (l * l) - 1 / (2 * cosh(l) - 2)
    case "poisson": return exp(l)
    default: return exp(learned[0]) + 1e-6
    }
  }

  /// Every element that there is with its probability, where these are classes or bytes.
  public func chances(_ numbers: [Double]) -> [(x: Double, chance: Double)] {
    switch kind.support {
    case .classes(let count): return (0..<count).map { (Double($0), exp(-term(numbers, Double($0), []))) }
    case .bytes: return (0...255).map { (Double($0) / 255, chance(numbers, $0)) }
    case .counts: return (0..<200).map { (Double($0), exp(-term(numbers, Double($0), []))) }
    case .binary, .real, .unitInterval: return []
    }
  }

  /// The mean and the variance of what is drawn.
  public func moments(_ numbers: [Double], _ learned: [Double]) -> (mean: Double, variance: Double) {
    let chances = chances(numbers)
    if chances.isEmpty { return (mean(numbers), variance(numbers, learned)) }
    let mean = chances.reduce(0) { $0 + $1.x * $1.chance }
    return (mean, chances.reduce(0) { $0 + ($1.x - mean) * ($1.x - mean) * $1.chance })
  }

  /// Of all elements, given the decoder's numbers [N P k] and what is learned [P, 1 or D each].
  public func terms(_ output: [Double], _ x: [Double], learned: [[Double]]) -> [Double] {
    let k = kind.numbersPerElement
    return x.indices.map { place in
      term(Array(output[place * k..<(place + 1) * k]), x[place], learned.map { $0[place % $0.count] })
    }
  }

  /// An element that it is a likelihood of, from a number in 0...1.
  public func example(_ share: Double) -> Double {
    switch kind.support {
    case .binary, .real, .unitInterval: share
    case .counts: (2 * share).rounded()
    case .classes(let count): Swift.min((Double(count) * share).rounded(.down), Double(count - 1))
    case .bytes: (255 * share).rounded() / 255
    }
  }

  /// Examples that it is a likelihood of, or may be computed of, as operands of a conforming case.
  public func examples(_ name: String, _ shape: [Int], isConstant: Bool = false) -> Operand {
    switch kind.support {
    case .classes(let count): .constant(name, shape, .whole(count))
    case .bytes: .constant(name, shape, .whole(256))
    case .counts: isConstant ? .constant(name, shape, .between(0, 9)) : .input(name, shape, .between(0, 9))
    default: isConstant ? .constant(name, shape, .between(0, 1)) : .input(name, shape, .between(0, 1))
    }
  }

  /// What an operand of ``examples(_:_:isConstant:)`` is divided by to be examples.
  public var scale: Double { kind.support == .bytes ? 255 : 1 }
}
