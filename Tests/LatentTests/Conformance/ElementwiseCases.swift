import Foundation
import Latent
import TestSupport

/// A function of each element.
func elementwise(
  _ name: String, covers: [String], _ numbers: Operand.Numbers,
  _ function: @escaping @Sendable (Variable) -> Variable, value: @escaping @Sendable (Double) -> Double,
  slope: @escaping @Sendable (Double) -> Double
) -> ConformingCase {
  ConformingCase(name, covers: covers, small: ["B": 2, "D": 7]) { s in
    Trial(
      [.input("x", [s.B, s.D], numbers)], call: { function($0.x) },
      plain: { PlainTensor($0.x.values.map(value), $0.x.shape) },
      gradient: { ["x": zip($0.x.values, $1).map { slope($0) * $1 }] })
  }
}

/// An activation of each element by the plain one.
private func activation(
  _ plain: Plain.Activation, covers: [String], _ function: @escaping @Sendable (Variable) -> Variable
) -> ConformingCase {
  elementwise(
    "\(plain)", covers: covers, plain.hasCorner ? .awayFrom([0]) : .between(-4, 4), function, value: plain.value,
    slope: plain.derivative)
}

private let powers: [ConformingCase] = [-1.5, 0.5, 1, 2, 3].map { exponent in
  elementwise(
    "power \(exponent)", covers: ["Variable.power(Double)"], .between(0.3, 2), { $0.power(exponent) },
    value: { pow($0, exponent) }, slope: { exponent * pow($0, exponent - 1) })
}

private let activated: [ConformingCase] = Activation.allCases.map { activation in
  let plain = Plain.Activation(rawValue: activation.rawValue)!
  return ConformingCase(
    "activated by \(activation)", covers: ["Variable.activated(by:)"],
    small: ["B": 2, "D": 5]
  ) { s in
    Trial(
      [.input("x", [s.B, s.D], plain.hasCorner ? .awayFrom([0]) : .between(-2, 2))],
      call: { $0.x.activated(by: activation) },
      plain: { PlainTensor(plain.values($0.x.values, columns: s.D), $0.x.shape) },
      gradient: { ["x": plain.gradient($0.x.values, upstream: $1, columns: s.D)] })
  }
}

let elementwiseCases: [ConformingCase] =
  [
    elementwise(
      "exp", covers: ["Variable.exp()"], .between(-4, 4), { $0.exp() }, value: { exp($0) }, slope: { exp($0) }),
    elementwise(
      "log", covers: ["Variable.log()"], .between(0.3, 2), { $0.log() }, value: { log($0) }, slope: { 1 / $0 }),
    elementwise(
      "log1p", covers: ["Variable.log1p()"], .between(-0.5, 2), { $0.log1p() }, value: { log1p($0) },
      slope: { 1 / (1 + $0) }),
    elementwise(
      "squareRoot", covers: ["Variable.squareRoot()"], .between(0.3, 2), { $0.squareRoot() }, value: { sqrt($0) },
      slope: { 0.5 / sqrt($0) }),
    elementwise(
      "abs", covers: ["Variable.abs()"], .awayFrom([0]), { $0.abs() }, value: { abs($0) }, slope: { $0 < 0 ? -1 : 1 }),
    elementwise(
      "erf", covers: ["Variable.erf()"], .between(-2, 2), { $0.erf() }, value: { erf($0) },
      slope: { 2 / sqrt(Double.pi) * exp(-$0 * $0) }),
    elementwise(
      "logGamma", covers: ["Variable.logGamma()"], .between(0.3, 20), { $0.logGamma() }, value: { lgamma($0) },
      slope: { x in
        // Its asymptotic series at 40 or more, and digamma(x + 1) - digamma(x) = 1 / x.
        var (x, sum) = (x, 0.0)
        while x < 40 {
          sum -= 1 / x
          x += 1
        }
        return sum + log(x) - 1 / (2 * x) - 1 / (12 * x * x) + 1 / (120 * pow(x, 4)) - 1 / (252 * pow(x, 6))
      }),
    elementwise(
      "squared", covers: ["Variable.squared()"], .between(-4, 4), { $0.squared() }, value: { $0 * $0 },
      slope: { 2 * $0 }),
    activation(.sigmoid, covers: ["Variable.sigmoid()"]) { $0.sigmoid() },
    activation(.tanh, covers: ["Variable.tanh()"]) { $0.tanh() },
    activation(.softplus, covers: ["Variable.softplus()"]) { $0.softplus() },
    activation(.relu, covers: ["Variable.relu()"]) { $0.relu() },
    activation(.silu, covers: ["Variable.silu()"]) { $0.silu() },
    activation(.gelu, covers: ["Variable.gelu()"]) { $0.gelu() },
    activation(.elu, covers: ["Variable.elu(alpha:)"]) { $0.elu() },
    activation(.leakyRelu, covers: ["Variable.leakyRelu(slope:)"]) { $0.leakyRelu() },
    elementwise(
      "elu, alpha 0.7", covers: [], .awayFrom([0]), { $0.elu(alpha: 0.7) }, value: { $0 > 0 ? $0 : 0.7 * expm1($0) },
      slope: { $0 > 0 ? 1 : 0.7 * exp($0) }),
    elementwise(
      "leakyRelu, slope 0.1", covers: [], .awayFrom([0]), { $0.leakyRelu(slope: 0.1) },
      value: { $0 > 0 ? $0 : 0.1 * $0 }, slope: { $0 > 0 ? 1 : 0.1 }),
    elementwise(
      "clipped", covers: ["Variable.clipped(to:)"], .awayFrom([-0.4, 0.6]), { $0.clipped(to: -0.4...0.6) },
      value: { min(max($0, -0.4), 0.6) }, slope: { (-0.4...0.6).contains($0) ? 1 : 0 }),
    // Central differences see what lies behind it.
    ConformingCase(
      "detached", covers: ["Variable.detached()"], small: ["B": 2, "D": 7],
      except: [.centralDifferences, .secondDerivatives]
    ) { s in
      Trial(
        [.input("x", [s.B, s.D])], call: { 2 * $0.x + $0.x * $0.x.squared().detached() },
        plain: { PlainTensor($0.x.values.map { 2 * $0 + $0 * $0 * $0 }, $0.x.shape) },
        gradient: { ["x": zip($0.x.values, $1).map { (2 + $0 * $0) * $1 }] })
    },
  ] + powers + activated
