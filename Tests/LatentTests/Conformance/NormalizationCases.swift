import Latent
import TestSupport

private func plain(_ values: Values, epsilon: Double, isByRow: Bool) -> Plain.Normalization {
  Plain.Normalization(gamma: values.gamma.values, beta: values.beta.values, epsilon: epsilon, isByRow: isByRow)
}

private func value(epsilon: Double, isByRow: Bool) -> @Sendable (Values) -> PlainTensor {
  { v in PlainTensor(plain(v, epsilon: epsilon, isByRow: isByRow).forward(v.x.values), v.x.shape) }
}

private func gradient(epsilon: Double, isByRow: Bool) -> @Sendable (Values, [Double]) -> [String: [Double]] {
  { v, upstream in
    let slopes = plain(v, epsilon: epsilon, isByRow: isByRow).backward(v.x.values, upstream: upstream)
    return ["x": slopes.x, "gamma": slopes.gamma, "beta": slopes.beta]
  }
}

private func operands(_ s: Sizes) -> [Operand] {
  [
    .input("x", [s.B, s.T, s.C], .between(-2, 3)), .shared("gamma", [s.C], .between(0.3, 2)), .shared("beta", [s.C]),
  ]
}

/// With the statistics of mean and variance as they are given.
private func givenValue(mean: String, variance: String, epsilon: Double) -> @Sendable (Values) -> PlainTensor {
  { v in
    let n = normalized(v, mean, variance, epsilon)
    let columns = v.gamma.values.count
    return PlainTensor(
      n.indices.map { n[$0] * v.gamma.values[$0 % columns] + v.beta.values[$0 % columns] }, v.x.shape)
  }
}

private func givenGradient(
  mean: String, variance: String, epsilon: Double
) -> @Sendable (Values, [Double]) -> [String: [Double]] {
  { v, upstream in
    let n = normalized(v, mean, variance, epsilon)
    let columns = v.gamma.values.count
    return [
      "x": upstream.indices.map {
        upstream[$0] * v.gamma.values[$0 % columns] / (v[variance].values[$0 % columns] + epsilon).squareRoot()
      },
      "gamma": Plain.columnSums(zip(upstream, n).map { $0 * $1 }, columns: columns),
      "beta": Plain.columnSums(upstream, columns: columns),
    ]
  }
}

private func normalized(_ v: Values, _ mean: String, _ variance: String, _ epsilon: Double) -> [Double] {
  let columns = v.gamma.values.count
  return v.x.values.indices.map {
    (v.x.values[$0] - v[mean].values[$0 % columns]) / (v[variance].values[$0 % columns] + epsilon).squareRoot()
  }
}

private let small: Sizes = ["B": 3, "T": 2, "C": 4]

let normalizationCases: [ConformingCase] = [
  ConformingCase(
    "layerNorm", covers: ["layerNorm(Variable, gamma:, beta:, epsilon:)"], small: small,
    sizes: small.odd + [["B": 3, "T": 3, "C": 131]],
    emptyBatch: .stops("layerNorm", "x [0, 2, 4], gamma [4], beta [4] do not fit")
  ) { s in
    Trial(
      operands(s), call: { layerNorm($0.x, gamma: $0.gamma, beta: $0.beta, epsilon: 0.1) },
      plain: value(epsilon: 0.1, isByRow: true), gradient: gradient(epsilon: 0.1, isByRow: true))
  },
  ConformingCase(
    "batchNorm", covers: ["batchNorm(Variable, gamma:, beta:, statistics:, epsilon:)"], small: small,
    sizes: small.odd + [["B": 100, "T": 7, "C": 3]], rows: .mixed,
    emptyBatch: .stops("batchNorm", "x [0, 2, 4], gamma [4], beta [4] do not fit")
  ) { s in
    Trial(
      operands(s), call: { batchNorm($0.x, gamma: $0.gamma, beta: $0.beta, epsilon: 0.1).y },
      plain: value(epsilon: 0.1, isByRow: false), gradient: gradient(epsilon: 0.1, isByRow: false))
  },
  ConformingCase(
    "batchNorm, given statistics", small: small,
    emptyBatch: .stops("batchNorm", "x [0, 2, 4], gamma [4], beta [4] do not fit")
  ) { s in
    Trial(
      operands(s) + [.sharedConstant("mean", [s.C]), .sharedConstant("variance", [s.C], .between(0.5, 2))],
      call: {
        let statistics = BatchStatistics(mean: $0.tensor("mean"), variance: $0.tensor("variance"))
        return batchNorm($0.x, gamma: $0.gamma, beta: $0.beta, statistics: statistics, epsilon: 0.1).y
      },
      plain: givenValue(mean: "mean", variance: "variance", epsilon: 0.1),
      gradient: givenGradient(mean: "mean", variance: "variance", epsilon: 0.1))
  },
  ConformingCase(
    "LayerNorm", covers: ["LayerNorm", "LayerNorm(Variable)"], small: small,
    emptyBatch: .stops("layerNorm", "x [0, 2, 4], gamma [4], beta [4] do not fit"),
    keras: [
      .init("layer_norm") { ["B": $0.shape(of: "x")[0], "T": 0, "C": $0.shape(of: "x")[1]] }
    ]
  ) { s in
    Trial(
      // Keras's has no T.
      [.input("x", s.T == 0 ? [s.B, s.C] : [s.B, s.T, s.C], .between(-2, 3))],
      layer: { LayerNorm(size: s.C, element: $0) }, call: { $0($1.x) }, plain: value(epsilon: 1e-3, isByRow: true),
      gradient: gradient(epsilon: 1e-3, isByRow: true))
  },
  ConformingCase(
    "BatchNorm in training", covers: ["BatchNorm", "BatchNorm(Variable)"], small: small, rows: .mixed,
    emptyBatch: .stops("batchNorm", "x [0, 2, 4], gamma [4], beta [4] do not fit"), pass: Pass(isTraining: true)
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C], .between(-2, 3))], layer: { BatchNorm(size: s.C, epsilon: 0.1, element: $0) },
      call: { $0($1.x) }, plain: value(epsilon: 0.1, isByRow: false), gradient: gradient(epsilon: 0.1, isByRow: false))
  },
  ConformingCase(
    "BatchNorm in evaluation", small: small,
    emptyBatch: .stops("batchNorm", "x [0, 2, 4], gamma [4], beta [4] do not fit")
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.C], .between(-2, 3))], layer: { BatchNorm(size: s.C, element: $0) },
      call: { $0($1.x) }, plain: givenValue(mean: "runningMean", variance: "runningVariance", epsilon: 1e-3),
      gradient: givenGradient(mean: "runningMean", variance: "runningVariance", epsilon: 1e-3))
  },
]
