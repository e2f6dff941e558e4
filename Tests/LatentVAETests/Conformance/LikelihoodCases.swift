import Latent
import LatentData
import LatentVAE
import TestSupport

/// Every kind, for series of T steps of D features.
let likelihoodCases: [ConformingCase] = PlainLikelihood.all.flatMap(\.cases)

extension PlainLikelihood {
  /// The type, and which of the functions that a likelihood may leave out it has itself.
  private var type: (name: String, own: Set<String>) {
    switch kind.name {
    case "bce": ("BernoulliLikelihood", ["negativeLogLikelihood"])
    case "mse": ("SquaredErrorLikelihood", ["negativeLogLikelihood"])
    case "gaussian": ("GaussianLikelihood", ["negativeLogLikelihoods"])
    default: ("FreeGaussianLikelihood", ["negativeLogLikelihoods", "mean"])
    }
  }

  private func place(of function: String) -> String { type.own.contains(function) ? type.name : "Likelihood" }

  private func layer(_ s: Sizes, _ element: ElementType) -> AnyLikelihood {
    AnyLikelihood(base: kind.make(for: .series(steps: s.T, features: s.D), element: element))
  }

  private func output(_ s: Sizes) -> Operand {
    .input("output", [s.B, s.T * s.D * kind.numbersPerElement], .between(-3, 3))
  }

  private func losses(_ v: Values, _ s: Sizes) -> [Double] {
    let names = kind.make(for: .series(steps: s.T, features: s.D)).parameters.map(\.path)
    return terms(v.output.values, v.x.values, learned: names.map { v[$0].values })
  }

  private func means(_ v: Values) -> [Double] {
    let k = kind.numbersPerElement
    return stride(from: 0, to: v.output.values.count, by: k).map { mean(Array(v.output.values[$0..<$0 + k])) }
  }

  fileprivate var cases: [ConformingCase] {
    let name = "Likelihood \(kind)"
    let small: Sizes = ["B": 2, "T": 2, "D": 2]
    return [
      ConformingCase(
        name,
        covers: [
          type.name, "\(place(of: "negativeLogLikelihoods")).negativeLogLikelihoods(Variable, of:)",
          "\(place(of: "mean")).mean(Variable)",
        ], small: small
      ) { s in
        let shape = [s.B, s.T * s.D]
        return Trial(
          [output(s), examples("x", shape)], layer: { layer(s, $0) },
          calls: { [$0.base.negativeLogLikelihoods($1.output, of: $1.x), $0.base.mean($1.output)] },
          plain: { v in
            [PlainTensor(Plain.rowSums(losses(v, s), columns: shape[1]), [s.B]), PlainTensor(means(v), shape)]
          })
      },
      ConformingCase(
        "\(name), some elements observed",
        covers: [
          "\(type.name).elementLosses(Variable, of:)", "Likelihood.negativeLogLikelihoods(Variable, of:, observed:)",
        ], small: small
      ) { s in
        let shape = [s.B, s.T * s.D]
        return Trial(
          [output(s), examples("x", shape), .constant("chance", shape, .between(0, 1))], layer: { layer(s, $0) },
          calls: {
            let chance = $1.tensor("chance")
            let observed = Tensor(chance.values.map { $0 < 0.4 ? 0 : 1 }, shape: shape, element: chance.element)
            let missing = $1.tape.constant(Tensor([.nan], shape: [1], element: chance.element))
            return [
              $0.base.elementLosses($1.output, of: $1.x),
              $0.base.negativeLogLikelihoods(
                $1.output, of: $1.tape.constant(observed).select($1.x, missing), observed: observed),
            ]
          },
          plain: { v in
            let losses = losses(v, s)
            let known = zip(losses, v.chance.values).map { $1 < 0.4 ? 0 : $0 }
            return [PlainTensor(losses, shape), PlainTensor(Plain.rowSums(known, columns: shape[1]), [s.B])]
          })
      },
      ConformingCase(
        "\(name), mean",
        covers: ["\(place(of: "negativeLogLikelihood")).negativeLogLikelihood(Variable, of:)"],
        small: small, rows: .averaged,
        emptyBatch: kind == .squaredError
          ? .stops("squaredError", "[0, 4]") : kind == .bernoulli ? .stops("binaryCrossEntropy", "[0, 4]") : .works
      ) { s in
        Trial(
          [output(s), examples("x", [s.B, s.T * s.D], isConstant: true)], layer: { layer(s, $0) },
          calls: { [$0.base.negativeLogLikelihood($1.output, of: $1.tensor("x"))] },
          plain: { v in [PlainTensor([Plain.mean(Plain.rowSums(losses(v, s), columns: s.T * s.D))], [])] })
      },
    ]
  }
}

/// A likelihood as a module that is known at run time only.
private struct AnyLikelihood: Module {
  var base: any Likelihood
  mutating func visit(_ visitor: inout ParameterVisitor) { base.visit(&visitor) }
}
