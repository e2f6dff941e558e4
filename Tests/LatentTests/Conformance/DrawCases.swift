import Foundation
import Latent
import TestSupport

private let key = RandomKey(seed: 5)

/// The numbers of a batch's examples, or of the shard's.
private func examples(_ inputs: Inputs, _ count: Int) -> [UInt64] {
  inputs.tape.pass.examples ?? (0..<UInt64(count)).map { $0 }
}

/// -log(-log u) by the words of each example's stream.
private func gumbel(_ rows: Int, _ columns: Int) -> [Double] {
  let words = (0..<UInt64(rows)).flatMap { Plain.philoxWords(key: key.bits, stream: $0, count: columns) }
  return words.map { word -> Double in
    let u: Double = (Double(word) + 0.5) / 0x1p32
    return -log(-log(u))
  }
}

private func softmax(_ x: [Double]) -> [Double] {
  let largest = x.max()!
  let sum = x.reduce(0) { $0 + exp($1 - largest) }
  return x.map { exp($0 - largest) / sum }
}

/// Rows of the last axis with noise, [rows, columns].
private func perturbed(_ x: PlainTensor) -> [[Double]] {
  let rows = x.shape[0]
  let noise = gumbel(rows, x.values.count / max(rows, 1))
  let columns = x.shape.last!
  return (0..<x.values.count / columns).map { row in
    (0..<columns).map { x.values[row * columns + $0] + noise[row * columns + $0] }
  }
}

private func largest(_ x: [Double]) -> Int { x.firstIndex(of: x.max()!)! }

/// Gamma draws and their derivatives in plain words.
private enum PlainGamma {
  /// log z of the sample of (key, stream, column) by Marsaglia and Tsang's method.
  static func draw(_ alpha: Double, key: UInt64, stream: UInt64, column: Int) -> Double {
    let d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3.0
    for attempt in 0... {
      func low(_ x: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: x) }
      let words = Plain.philox(
        counter: [UInt32(column), UInt32(attempt), low(stream), low(stream >> 32)], key: [low(key), low(key >> 32)])
      func uniform(_ word: Int) -> Double { (Double(words[word]) + 0.5) / 0x1p32 }
      let x = sqrt(-2 * log(uniform(0))) * cos(2 * .pi * Double(words[1]) / 0x1p32)
      let root = 1 + x / sqrt(9 * d)
      if root <= 0 { continue }
      let v = root * root * root
      if log(uniform(2)) >= x * x / 2 + d * (1 - v + log(v)) { continue }
      return log(d * v) + (alpha < 1 ? log(uniform(3)) / alpha : 0)
    }
    fatalError()
  }

  private static func digamma(_ x: Double) -> Double {
    var (x, sum) = (x, 0.0)
    while x < 40 {
      sum -= 1 / x
      x += 1
    }
    return sum + log(x) - 1 / (2 * x) - 1 / (12 * x * x) + 1 / (120 * pow(x, 4)) - 1 / (252 * pow(x, 6))
  }

  /// -(dF / d alpha) / (z f(z)): below the mean by the series of F, above it by Simpson's rule for the rest of the distribution.
  static func slope(_ alpha: Double, _ logZ: Double) -> Double {
    let z = exp(logZ)
    if logZ < digamma(alpha) {
      var (term, sum, harmonic, slope) = (1.0, 1.0, 0.0, 0.0)
      for n in 1...200 {
        term *= z / (alpha + Double(n))
        harmonic += 1 / (alpha + Double(n))
        sum += term
        slope -= term * harmonic
      }
      return (sum * (digamma(alpha + 1) - logZ) - slope) / alpha
    }
    let (count, width, psi) = (20_000, 6.0, digamma(alpha))
    let step = width / Double(count)
    let sum = (0...count).reduce(0.0) { sum, place in
      let v = Double(place) * step
      let weight = place == 0 || place == count ? 1.0 : place % 2 == 1 ? 4 : 2
      return sum + weight * (logZ - psi + v) * exp(alpha * v - z * (exp(v) - 1))
    }
    return sum * step / 3
  }

  /// Of all elements, whose examples are those of the rows.
  static func draws(_ x: PlainTensor, _ key: RandomKey = key) -> [Double] {
    let columns = x.shape.dropFirst().reduce(1, *)
    return x.values.indices.map {
      draw(x.values[$0], key: key.bits, stream: UInt64($0 / columns), column: $0 % columns)
    }
  }

  static func slopes(_ x: PlainTensor, _ draws: [Double]) -> [Double] { zip(x.values, draws).map(slope) }
}

let drawCases: [ConformingCase] = [
  ConformingCase(
    "categorical", covers: ["categorical(logits:, key:, examples:)"], small: ["B": 2, "T": 2, "D": 5]
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D])],
      call: { categorical(logits: $0.x, key: key, examples: examples($0, s.B)) },
      plain: { PlainTensor(perturbed($0.x).map { Double(largest($0)) }, [s.B, s.T]) },
      gradient: { v, _ in ["x": v.x.values.map { _ in 0 }] })
  },
  ConformingCase(
    "multinomial", covers: ["multinomial(logits:, count:, replacing:, key:, examples:)"], small: ["B": 2, "D": 5]
  ) { s in
    let count = min(2, s.D)
    return Trial(
      [.input("x", [s.B, s.D])],
      calls: { i in
        [false, true].map {
          multinomial(
            logits: i.x, count: $0 ? 3 : count, replacing: $0, key: key, examples: examples(i, s.B))
        }
      },
      plain: { v in
        let first = perturbed(v.x).flatMap { row in
          row.indices.sorted { row[$0] > row[$1] }.prefix(count).map(Double.init)
        }
        let copies = PlainTensor([s.B, 3, s.D]) { v.x[[$0[0], $0[2]]] }
        return [
          PlainTensor(first, [s.B, count]), PlainTensor(perturbed(copies).map { Double(largest($0)) }, [s.B, 3]),
        ]
      },
      gradient: { v, _ in ["x": v.x.values.map { _ in 0 }] })
  },
  ConformingCase(
    "gumbelSoftmax", covers: ["gumbelSoftmax(Variable, temperature:, isHard:, key:, examples:)"],
    small: ["B": 2, "D": 5]
  ) { s in
    Trial(
      [.input("x", [s.B, s.D])],
      call: { gumbelSoftmax($0.x, temperature: 0.7, key: key, examples: examples($0, s.B)) },
      plain: { PlainTensor(perturbed($0.x).flatMap { softmax($0.map { $0 / 0.7 }) }, [s.B, s.D]) },
      gradient: gumbelGradient(s))
  },
  // Its gradient is that of what is not there: central differences see steps.
  ConformingCase("gumbelSoftmax, hard", small: ["B": 2, "D": 5], except: [.centralDifferences]) { s in
    Trial(
      [.input("x", [s.B, s.D])],
      call: { gumbelSoftmax($0.x, temperature: 0.7, isHard: true, key: key, examples: examples($0, s.B)) },
      plain: { v in
        let rows = perturbed(v.x).map(largest)
        return PlainTensor([s.B, s.D]) { rows[$0[0]] == $0[1] ? 1 : 0 }
      },
      gradient: gumbelGradient(s))
  },
  // What is rejected changes with the concentration: central differences are not of one draw. Gradients have no rules.
  ConformingCase(
    "gammaSample",
    covers: ["logGammaSample(concentration:, key:, examples:)", "gammaSample(concentration:, key:, examples:)"],
    small: ["B": 2, "D": 5], except: [.centralDifferences, .secondDerivatives]
  ) { s in
    Trial(
      [.input("a", [s.B, s.D], .between(0.5, 4))],
      calls: {
        [
          logGammaSample(concentration: $0.a, key: key, examples: examples($0, s.B)),
          gammaSample(concentration: $0.a, key: key, examples: examples($0, s.B)),
        ]
      },
      plain: { v in
        let draws = PlainGamma.draws(v.a)
        return [PlainTensor(draws, v.a.shape), PlainTensor(draws.map { exp($0) }, v.a.shape)]
      },
      gradient: { v, upstreams in
        let draws = PlainGamma.draws(v.a)
        let slopes = PlainGamma.slopes(v.a, draws)
        return ["a": draws.indices.map { slopes[$0] * (upstreams[0][$0] + exp(draws[$0]) * upstreams[1][$0]) }]
      })
  },
  ConformingCase(
    "betaSample", covers: ["betaSample(alpha:, beta:, key:, examples:)"], small: ["B": 2, "D": 5],
    except: [.centralDifferences, .secondDerivatives]
  ) { s in
    @Sendable func draws(_ v: Values) -> (a: [Double], b: [Double], y: [Double]) {
      let (a, b) = (PlainGamma.draws(v.a, key.child(0)), PlainGamma.draws(v.b, key.child(1)))
      return (a, b, zip(a, b).map { 1 / (1 + exp($1 - $0)) })
    }
    return Trial(
      [.input("a", [s.B, s.D], .between(0.5, 4)), .input("b", [s.B, s.D], .between(0.5, 4))],
      call: { betaSample(alpha: $0.a, beta: $0.b, key: key, examples: examples($0, s.B)) },
      plain: { PlainTensor(draws($0).y, $0.a.shape) },
      gradient: { v, upstream in
        let (a, b, y) = draws(v)
        let slope = y.indices.map { upstream[$0] * y[$0] * (1 - y[$0]) }
        return [
          "a": zip(slope, PlainGamma.slopes(v.a, a)).map { $0 * $1 },
          "b": zip(slope, PlainGamma.slopes(v.b, b)).map { -$0 * $1 },
        ]
      })
  },
  ConformingCase(
    "dirichletSample", covers: ["dirichletSample(concentration:, key:, examples:)"], small: ["B": 2, "D": 4],
    except: [.centralDifferences, .secondDerivatives]
  ) { s in
    @Sendable func rows(_ values: [Double]) -> [[Double]] {
      stride(from: 0, to: values.count, by: s.D).map { Array(values[$0..<$0 + s.D]) }
    }
    return Trial(
      [.input("a", [s.B, s.D], .between(0.5, 4))],
      call: { dirichletSample(concentration: $0.a, key: key, examples: examples($0, s.B)) },
      plain: { PlainTensor(rows(PlainGamma.draws($0.a)).flatMap(softmax), $0.a.shape) },
      gradient: { v, upstream in
        let draws = PlainGamma.draws(v.a)
        let slopes = zip(rows(draws).map(softmax), rows(upstream)).flatMap { y, dy in
          let mean = zip(y, dy).reduce(0) { $0 + $1.0 * $1.1 }
          return zip(y, dy).map { $0 * ($1 - mean) }
        }
        return ["a": zip(slopes, PlainGamma.slopes(v.a, draws)).map { $0 * $1 }]
      })
  },
]

private func gumbelGradient(_ s: Sizes) -> @Sendable (Values, [Double]) -> [String: [Double]] {
  { v, upstream in
    let slopes = perturbed(v.x).enumerated().flatMap { row, x in
      let y = softmax(x.map { $0 / 0.7 })
      let dy = Array(upstream[row * s.D..<(row + 1) * s.D])
      let mean = zip(y, dy).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(y, dy).map { $0 * ($1 - mean) / 0.7 }
    }
    return ["x": slopes]
  }
}
