import Foundation
import LatentVAE

/// A likelihood written as loops over elements, from the formulas of its distribution.
public struct PlainLikelihood: Sendable, CustomStringConvertible {
  public let kind: LikelihoodKind

  public init(_ kind: LikelihoodKind) { self.kind = kind }

  public var description: String { kind.name }

  /// One of each kind.
  public static let all = LikelihoodKind.all.map { PlainLikelihood($0) }

  /// -log p of one element.
  ///
  /// - Parameters:
  ///   - numbers: that the decoder gives for it: [k]
  ///   - learned: what the likelihood has learned for its feature, in the order of the parameters
  public func term(_ numbers: [Double], _ x: Double, _ learned: [Double]) -> Double {
    switch kind.name {
    case "bce": return log1p(exp(-abs(numbers[0]))) + Swift.max(numbers[0], 0) - numbers[0] * x
    case "mse": return (x - mean(numbers)) * (x - mean(numbers))
    default:
      let v = variance(numbers, learned)
      return 0.5 * (log(2 * Double.pi) + log(v) + (x - mean(numbers)) * (x - mean(numbers)) / v)
    }
  }

  public func mean(_ numbers: [Double]) -> Double {
    switch kind.name {
    case "bce", "mse", "gaussian": Plain.sigmoid(numbers[0])
    default: numbers[0]
    }
  }

  public func variance(_ numbers: [Double], _ learned: [Double]) -> Double {
    switch kind.name {
    case "bce": mean(numbers) * (1 - mean(numbers))
    case "mse": 0.5
    case "gaussian": exp(learned[0])
    case "gaussian-element": exp(numbers[1]) + 1e-6
    default: exp(learned[0]) + 1e-6
    }
  }

  /// Of all elements, given the decoder's numbers [N P k] and what is learned [P, 1 or D each].
  public func terms(_ output: [Double], _ x: [Double], learned: [[Double]]) -> [Double] {
    let k = kind.numbersPerElement
    return x.indices.map { place in
      term(Array(output[place * k..<(place + 1) * k]), x[place], learned.map { $0[place % $0.count] })
    }
  }

  /// An element that it is a likelihood of, from a number in 0...1.
  public func example(_ share: Double) -> Double { share }

  /// Examples that it is a likelihood of, as operands of a conforming case.
  public func examples(_ name: String, _ shape: [Int], isConstant: Bool = false) -> Operand {
    isConstant ? .constant(name, shape, .between(0, 1)) : .input(name, shape, .between(0, 1))
  }
}
