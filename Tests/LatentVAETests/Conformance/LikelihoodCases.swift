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
    case "laplace": ("LaplaceLikelihood", ["mean"])
    case "student-t": ("StudentLikelihood", ["mean"])
    case "continuous-bernoulli": ("ContinuousBernoulliLikelihood", ["mean"])
    case "poisson": ("PoissonLikelihood", ["mean"])
    case "categorical-3": ("CategoricalLikelihood", ["mean"])
    case "discretized-logistic-2": ("DiscretizedLogisticLikelihood", ["mean"])
    default: ("FreeGaussianLikelihood", ["negativeLogLikelihoods", "mean"])
    }
  }

  private func place(of function: String) -> String { type.own.contains(function) ? type.name : "Likelihood" }

  private func layer(_ s: Sizes, _ element: ElementType) -> AnyLikelihood {
    AnyLikelihood(base: kind.make(for: .series(steps: s.T, features: s.D), element: element))
  }

  private func output(_ s: Sizes) -> Operand {
    let numbers: Operand.Numbers =
      switch kind.support {
      case .bytes: .between(-0.9, 0.9)  // means stay within 0...1, where they have no corner
      case .counts: .between(-0.9, 2)  // may stand for counts too
      default: .between(-3, 3)
      }
    return .input("output", [s.B, s.T * s.D * kind.numbersPerElement], numbers)
  }

  private func losses(_ v: Values, _ s: Sizes) -> [Double] {
    let names = kind.make(for: .series(steps: s.T, features: s.D)).parameters.map(\.path)
    return terms(v.output.values, v.x.values.map { $0 / scale }, learned: names.map { v[$0].values })
  }

  /// Laplace's has a corner where an element is at its place.
  private func isSmooth(_ v: Values) -> Bool {
    kind != .laplace || zip(v.output.values, v.x.values).allSatisfy { abs($0 - $1) > 0.003 }
  }

  private func means(_ v: Values) -> [Double] {
    let k = kind.numbersPerElement
    return stride(from: 0, to: v.output.values.count, by: k).map { mean(Array(v.output.values[$0..<$0 + k])) }
  }

  fileprivate var cases: [ConformingCase] {
    let name = "Likelihood \(kind)"
    let small: Sizes = ["B": 2, "T": 2, "D": 2]
    // A step function.
    let largest = ConformingCase("\(name), the largest", covers: ["\(type.name).mean(Variable)"], small: small) { s in
      Trial(
        [output(s)], layer: { layer(s, $0) }, calls: { [$0.base.mean($1.output)] },
        plain: { v in [PlainTensor(means(v), [s.B, s.T * s.D])] },
        gradient: { v, _ in ["output": v.output.values.map { _ in 0 }] })
    }
    return (kind.link == .largest ? [largest] : []) + [
      ConformingCase(
        name,
        covers: [
          type.name, "\(place(of: "negativeLogLikelihoods")).negativeLogLikelihoods(Variable, of:)",
        ] + (kind.link == .largest ? [] : ["\(place(of: "mean")).mean(Variable)"]), small: small,
        isSmooth: { _, v in isSmooth(v) },
        trial: { s in
          let shape = [s.B, s.T * s.D]
          return Trial(
            [output(s), examples("x", shape)], layer: { layer(s, $0) },
            calls: {
              [$0.base.negativeLogLikelihoods($1.output, of: $1.x / scale)]
                + (kind.link == .largest ? [] : [$0.base.mean($1.output)])
            },
            plain: { v in
              [PlainTensor(Plain.rowSums(losses(v, s), columns: shape[1]), [s.B])]
                + (kind.link == .largest ? [] : [PlainTensor(means(v), shape)])
            })
        }),
      ConformingCase(
        "\(name), some elements observed",
        covers: [
          "\(type.name).elementLosses(Variable, of:)", "Likelihood.negativeLogLikelihoods(Variable, of:, observed:)",
        ], small: small, isSmooth: { _, v in isSmooth(v) },
        trial: { s in
          let shape = [s.B, s.T * s.D]
          return Trial(
            [output(s), examples("x", shape), .constant("chance", shape, .between(0, 1))], layer: { layer(s, $0) },
            calls: {
              let chance = $1.tensor("chance")
              let observed = Tensor(chance.values.map { $0 < 0.4 ? 0 : 1 }, shape: shape, element: chance.element)
              let missing = $1.tape.constant(Tensor([.nan], shape: [1], element: chance.element))
              return [
                $0.base.elementLosses($1.output, of: $1.x / scale),
                $0.base.negativeLogLikelihoods(
                  $1.output, of: $1.tape.constant(observed).select($1.x / scale, missing), observed: observed),
              ]
            },
            plain: { v in
              let losses = losses(v, s)
              let known = zip(losses, v.chance.values).map { $1 < 0.4 ? 0 : $0 }
              return [PlainTensor(losses, shape), PlainTensor(Plain.rowSums(known, columns: shape[1]), [s.B])]
            })
        }),
      ConformingCase(
        "\(name), mean",
        covers: ["\(place(of: "negativeLogLikelihood")).negativeLogLikelihood(Variable, of:)"],
        small: small, rows: .averaged,
        emptyBatch: kind == .squaredError
          ? .stops("squaredError", "[0, 4]") : kind == .bernoulli ? .stops("binaryCrossEntropy", "[0, 4]") : .works,
        isSmooth: { _, v in isSmooth(v) },
        trial: { s in
          Trial(
            [output(s), examples("x", [s.B, s.T * s.D], isConstant: true)], layer: { layer(s, $0) },
            calls: { [$0.base.negativeLogLikelihood($1.output, of: ($1.x / scale).tensor)] },
            plain: { v in [PlainTensor([Plain.mean(Plain.rowSums(losses(v, s), columns: s.T * s.D))], [])] })
        }),
    ]
  }
}

/// A likelihood as a module that is known at run time only.
private struct AnyLikelihood: Module {
  var base: any Likelihood
  mutating func visit(_ visitor: inout ParameterVisitor) { base.visit(&visitor) }
}
