import Foundation
import Latent
import TestSupport

/// A loss against targets: a term of each pair of elements, summed and averaged over the examples.
private func elementLoss(
  _ name: String, covers: [String], _ numbers: Operand.Numbers, targets: Operand.Numbers = .between(0, 1),
  stops: String,
  _ function: @escaping @Sendable (Variable, Tensor) -> Variable,
  term: @escaping @Sendable (_ x: Double, _ target: Double) -> Double,
  slope: @escaping @Sendable (_ x: Double, _ target: Double) -> Double
) -> ConformingCase {
  ConformingCase(
    name, covers: covers, small: ["B": 3, "T": 2, "D": 3], rows: .averaged,
    emptyBatch: .stops(stops, "[0, 2, 3] of float32 against targets [0, 2, 3] of float32")
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D], numbers), .constant("y", [s.B, s.T, s.D], targets)],
      call: { function($0.x, $0.tensor("y")) },
      plain: { v in
        PlainTensor([zip(v.x.values, v.y.values).reduce(0) { $0 + term($1.0, $1.1) } / Double(s.B)], [])
      },
      gradient: { v, upstream in
        ["x": zip(v.x.values, v.y.values).map { upstream[0] * slope($0, $1) / Double(s.B) }]
      })
  }
}

private let hubers: [ConformingCase] = [0.5, 1, 10].map { delta in
  elementLoss(
    "huber, delta \(delta)", covers: ["huber(Variable, targets:, delta:)"], .grid(offset: 0),
    targets: .grid(offset: 0.05), stops: "huber", { huber($0, targets: $1, delta: delta) },
    term: { x, y in abs(x - y) < delta ? (x - y) * (x - y) / 2 : delta * (abs(x - y) - delta / 2) },
    slope: { x, y in min(max(x - y, -delta), delta) })
}

/// A loss of several operands [B, D] by a term of each place's elements, and the term's slopes.
private func termLoss(
  _ name: String, covers: [String], _ operands: @escaping @Sendable (Sizes) -> [Operand],
  emptyBatch: ConformingCase.EmptyBatch, _ function: @escaping @Sendable (Inputs) -> Variable,
  term: @escaping @Sendable ([String: Double]) -> Double,
  slopes: @escaping @Sendable ([String: Double]) -> [String: Double]
) -> ConformingCase {
  ConformingCase(name, covers: covers, small: ["B": 2, "D": 3], rows: .averaged, emptyBatch: emptyBatch) { s in
    /// The operands' elements at each place of [B, D].
    @Sendable func places(_ v: Values) -> [[(name: String, place: Int)]] {
      let columns = operands(s).map { operand in
        v[operand.name].places(in: [s.B, s.D]).map { (name: operand.name, place: $0) }
      }
      return (0..<s.B * s.D).map { place in columns.map { $0[place] } }
    }
    @Sendable func elements(_ v: Values, _ places: [(name: String, place: Int)]) -> [String: Double] {
      Dictionary(uniqueKeysWithValues: places.map { ($0.name, v[$0.name].values[$0.place]) })
    }
    return Trial(
      operands(s), call: function,
      plain: { v in PlainTensor([places(v).reduce(0) { $0 + term(elements(v, $1)) } / Double(s.B)], []) },
      gradient: { v, upstream in
        var gradients: [String: [Double]] = [:]
        for places in places(v) {
          let slopes = slopes(elements(v, places))
          for (name, place) in places {
            guard let slope = slopes[name] else { continue }
            gradients[name, default: v[name].values.map { _ in 0 }][place] += slope * upstream[0] / Double(s.B)
          }
        }
        return gradients
      })
  }
}

private func gaussianLikelihood(_ shape: String, _ logVariance: @escaping @Sendable (Sizes) -> Operand)
  -> ConformingCase
{
  termLoss(
    "gaussianNegativeLogLikelihood, log-variance \(shape)",
    covers: ["gaussianNegativeLogLikelihood(mean:, logVariance:, targets:)"],
    { s in [.input("mean", [s.B, s.D], .between(-2, 2)), logVariance(s), .constant("y", [s.B, s.D], .between(-2, 2))] },
    emptyBatch: .stops("gaussianNegativeLogLikelihood", "[0, 3] of float32 against targets [0, 3] of float32"),
    { gaussianNegativeLogLikelihood(mean: $0.mean, logVariance: $0.logVariance, targets: $0.tensor("y")) },
    term: { e in
      let (difference, v) = (e["y"]! - e["mean"]!, e["logVariance"]!)
      return (log(2 * Double.pi) + v + difference * difference / exp(v)) / 2
    },
    slopes: { e in
      let (difference, v) = (e["y"]! - e["mean"]!, e["logVariance"]!)
      return ["mean": -difference / exp(v), "logVariance": (1 - difference * difference / exp(v)) / 2]
    })
}

let lossCases: [ConformingCase] =
  hubers + [
    elementLoss(
      "binaryCrossEntropy from logits", covers: ["binaryCrossEntropy(logits:, targets:)"], .between(-9, 9),
      stops: "binaryCrossEntropy", { binaryCrossEntropy(logits: $0, targets: $1) },
      term: { z, y in max(z, 0) - z * y + log1p(exp(-abs(z))) }, slope: { z, y in Plain.sigmoid(z) - y }),
    elementLoss(
      "binaryCrossEntropy from probabilities", covers: ["binaryCrossEntropy(probabilities:, targets:)"],
      .between(0.1, 0.9), stops: "binaryCrossEntropy", { binaryCrossEntropy(probabilities: $0, targets: $1) },
      term: { p, y in -y * log(p) - (1 - y) * log(1 - p) }, slope: { p, y in (p - y) / (p * (1 - p)) }),
    elementLoss(
      "squaredError", covers: ["squaredError(Variable, targets:)"], .between(-2, 2), stops: "squaredError",
      { squaredError($0, targets: $1) }, term: { x, y in (x - y) * (x - y) }, slope: { x, y in 2 * (x - y) }),
    elementLoss(
      "absoluteError", covers: ["absoluteError(Variable, targets:)"], .grid(offset: 0), targets: .grid(offset: 0.05),
      stops: "absoluteError", { absoluteError($0, targets: $1) }, term: { x, y in abs(x - y) },
      slope: { x, y in x < y ? -1 : 1 }),
    gaussianLikelihood("of its own") { .input("logVariance", [$0.B, $0.D]) },
    gaussianLikelihood("of each column") { .shared("logVariance", [$0.D]) },
    gaussianLikelihood("for all") { _ in .shared("logVariance", []) },
    termLoss(
      "gaussianDivergence", covers: ["gaussianDivergence(mean:, logVariance:, from:, Variable)"],
      { s in ["m", "v", "n", "w"].map { .input($0, [s.B, s.D]) } },
      emptyBatch: .stops("gaussianDivergence", "[0, 3] and [0, 3] differ or are empty"),
      { gaussianDivergence(mean: $0.m, logVariance: $0.v, from: $0.n, $0.w) },
      term: { e in
        let difference = e["m"]! - e["n"]!
        return (e["w"]! - e["v"]! + (exp(e["v"]!) + difference * difference) / exp(e["w"]!) - 1) / 2
      },
      slopes: { e in
        let (difference, scale) = (e["m"]! - e["n"]!, exp(e["w"]!))
        return [
          "m": difference / scale, "n": -difference / scale, "v": (exp(e["v"]!) / scale - 1) / 2,
          "w": (1 - (exp(e["v"]!) + difference * difference) / scale) / 2,
        ]
      }),
    termLoss(
      "standardNormalDivergence", covers: ["standardNormalDivergence(mean:, logVariance:)"],
      { s in [.input("mean", [s.B, s.D], .between(-2, 2)), .input("logVariance", [s.B, s.D], .between(-4, 1))] },
      emptyBatch: .stops("standardNormalDivergence", "mean [0, 3] and log-variance [0, 3] differ or are empty"),
      { standardNormalDivergence(mean: $0.mean, logVariance: $0.logVariance) },
      term: { e in -0.5 * (1 + e["logVariance"]! - e["mean"]! * e["mean"]! - exp(e["logVariance"]!)) },
      slopes: { e in ["mean": e["mean"]!, "logVariance": 0.5 * (exp(e["logVariance"]!) - 1)] }),
  ] + classLossCases
