import Foundation
import Latent
import TestSupport

extension PlainDropout {
  fileprivate var value: @Sendable (Values) -> PlainTensor {
    { PlainTensor(dropped($0.x.values, $0.x.shape), $0.x.shape) }
  }
  fileprivate var gradient: @Sendable (Values, [Double]) -> [String: [Double]] { { ["x": dropped($1, $0.x.shape)] } }
}

let samplingCases: [ConformingCase] = [
  ConformingCase(
    "dropout", covers: ["dropout(Variable, rate:, key:, examples:)"], small: ["B": 2, "D": 9],
    sizes: [["B": 1, "D": 7], ["B": 7, "D": 17], ["B": 17, "D": 33], ["B": 33, "D": 1], ["B": 3, "D": 300]],
    emptyBatch: .stops("dropout", "x [0, 9] with 0 examples and a rate of 0.4")
  ) { s in
    let plain = PlainDropout(rate: 0.4, key: RandomKey(seed: 9)) { (1 << 40) + 7 * $0 }
    return Trial(
      [.input("x", [s.B, s.D])],
      call: {
        let examples = $0.tape.pass.examples ?? (0..<UInt64(s.B)).map { $0 }
        return dropout($0.x, rate: 0.4, key: RandomKey(seed: 9), examples: examples.map(plain.example))
      }, plain: plain.value, gradient: plain.gradient)
  },
  ConformingCase(
    "Dropout in training", covers: ["Dropout", "Dropout(Variable)"], small: ["B": 2, "T": 2, "D": 5],
    emptyBatch: .stops("dropout", "x [0, 2, 5] with 0 examples and a rate of 0.3"), pass: Pass(isTraining: true),
    except: [.repeatedUse]  // which draws again
  ) { s in
    let plain = PlainDropout(rate: 0.3, draw: 1)
    return Trial(
      [.input("x", [s.B, s.T, s.D])], layer: { _ in Dropout(rate: 0.3) }, call: { $0($1.x) }, plain: plain.value,
      gradient: plain.gradient)
  },
  ConformingCase("Dropout in evaluation", small: ["B": 2, "D": 5]) { s in
    Trial(
      [.input("x", [s.B, s.D])], layer: { _ in Dropout(rate: 0.3) }, call: { $0($1.x) }, plain: { $0.x },
      gradient: { ["x": $1] })
  },
  ConformingCase(
    "gaussianSample", covers: ["gaussianSample(mean:, logVariance:, noise:)"], small: ["B": 2, "Z": 3]
  ) { s in
    Trial(
      [
        .input("mean", [s.B, s.Z]), .input("logVariance", [s.B, s.Z], .between(-2, 1)),
        .constant("noise", [s.B, s.Z], .between(-2, 2)),
      ],
      call: { gaussianSample(mean: $0.mean, logVariance: $0.logVariance, noise: $0.tensor("noise")) },
      plain: { v in
        PlainTensor(
          v.mean.values.indices.map { v.mean.values[$0] + exp(v.logVariance.values[$0] / 2) * v.noise.values[$0] },
          v.mean.shape)
      },
      gradient: { v, upstream in
        [
          "mean": upstream,
          "logVariance": upstream.indices.map {
            upstream[$0] * v.noise.values[$0] * exp(v.logVariance.values[$0] / 2) / 2
          },
        ]
      })
  },
]
