import Foundation
import Latent
import TestSupport

/// The derivatives of log Gamma by their asymptotic series at 40 or more, and their recurrences.
private func digamma(_ x: Double) -> Double {
  var (x, sum) = (x, 0.0)
  while x < 40 {
    sum -= 1 / x
    x += 1
  }
  return sum + log(x) - 1 / (2 * x) - 1 / (12 * x * x) + 1 / (120 * pow(x, 4)) - 1 / (252 * pow(x, 6))
}

private func trigamma(_ x: Double) -> Double {
  var (x, sum) = (x, 0.0)
  while x < 40 {
    sum += 1 / (x * x)
    x += 1
  }
  return sum + 1 / x + 1 / (2 * x * x) + 1 / (6 * pow(x, 3)) - 1 / (30 * pow(x, 5)) + 1 / (42 * pow(x, 7))
}

/// The number y of erf(y) = x, by bisection.
private func erfinv(_ x: Double) -> Double {
  var (low, high) = (-6.0, 6.0)
  for _ in 0..<200 {
    let middle = (low + high) / 2
    if erf(middle) < x { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

private func steps(
  _ name: String, _ function: @escaping @Sendable (Variable) -> Variable,
  value: @escaping @Sendable (Double) -> Double
) -> ConformingCase {
  elementwise(
    name, covers: ["Variable.\(name)()"], .grid(offset: 0.03), { function(4 * $0) + $0 },
    value: { value(4 * $0) + $0 }, slope: { _ in 1 })
}

let functionCases: [ConformingCase] = [
  elementwise(
    "sin", covers: ["Variable.sin()"], .between(-4, 4), { $0.sin() }, value: { sin($0) }, slope: { cos($0) }),
  elementwise(
    "cos", covers: ["Variable.cos()"], .between(-4, 4), { $0.cos() }, value: { cos($0) }, slope: { -sin($0) }),
  elementwise(
    "tan", covers: ["Variable.tan()"], .between(-1.2, 1.2), { $0.tan() }, value: { tan($0) },
    slope: { 1 / (cos($0) * cos($0)) }),
  elementwise(
    "atan", covers: ["Variable.atan()"], .between(-4, 4), { $0.atan() }, value: { atan($0) },
    slope: { 1 / (1 + $0 * $0) }),
  binary(
    "atan2", covers: ["Variable.atan2(Variable, Variable)"], .between(-2, 2), .between(0.3, 2),
    { Variable.atan2($0, $1 + 0.25) }, value: { atan2($0, $1 + 0.25) },
    slopes: { y, b in
      let x = b + 0.25
      return (x / (x * x + y * y), -y / (x * x + y * y))
    }),
  binary(
    "atan2 on the left", covers: [], .between(0.3, 2), .between(0.3, 2), { Variable.atan2($0 + 0.25, -$1) },
    value: { atan2($0 + 0.25, -$1) },
    slopes: { a, b in
      let (y, x) = (a + 0.25, -b)
      return (x / (x * x + y * y), y / (x * x + y * y))
    }),
  elementwise(
    "sinh", covers: ["Variable.sinh()"], .between(-4, 4), { $0.sinh() }, value: { sinh($0) }, slope: { cosh($0) }),
  elementwise(
    "cosh", covers: ["Variable.cosh()"], .between(-4, 4), { $0.cosh() }, value: { cosh($0) }, slope: { sinh($0) }),
  elementwise(
    "asinh", covers: ["Variable.asinh()"], .between(-4, 4), { $0.asinh() }, value: { asinh($0) },
    slope: { 1 / sqrt($0 * $0 + 1) }),
  elementwise(
    "acosh", covers: ["Variable.acosh()"], .between(1.3, 4), { $0.acosh() }, value: { acosh($0) },
    slope: { 1 / sqrt($0 * $0 - 1) }),
  elementwise(
    "atanh", covers: ["Variable.atanh()"], .between(-0.8, 0.8), { $0.atanh() }, value: { atanh($0) },
    slope: { 1 / (1 - $0 * $0) }),
  elementwise(
    "expm1", covers: ["Variable.expm1()"], .between(-4, 4), { $0.expm1() }, value: { expm1($0) }, slope: { exp($0) }),
  elementwise(
    "erfinv", covers: ["Variable.erfinv()"], .between(-0.8, 0.8), { $0.erfinv() }, value: erfinv,
    slope: { x in
      let y = erfinv(x)
      return sqrt(Double.pi) / 2 * exp(y * y)
    }),
  elementwise(
    "digamma", covers: ["Variable.digamma()"], .between(0.3, 20), { $0.digamma() }, value: digamma, slope: trigamma),
  steps("floor", { $0.floor() }, value: { floor($0) }), steps("ceil", { $0.ceil() }, value: { ceil($0) }),
  steps("round", { $0.round() }, value: { $0.rounded(.toNearestOrEven) }),
  steps("sign", { $0.sign() }, value: { $0 > 0 ? 1 : -1 }),
]
