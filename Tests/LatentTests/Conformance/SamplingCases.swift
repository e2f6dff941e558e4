import Foundation
import Latent
import TestSupport

/// Dropout, plainly.
private struct Mask: Sendable {
  let rate: Double
  let key: RandomKey
  /// The number of the example at each place of the batch.
  var example: @Sendable (UInt64) -> UInt64 = { $0 }

  /// x with some elements 0 and the others divided by 1 - rate: a word of the example's stream against the rate.
  func dropped(_ x: [Double], _ shape: [Int]) -> [Double] {
    let columns = shape.dropFirst().reduce(1, *)
    let words = (0..<UInt64(shape[0])).flatMap {
      Plain.philoxWords(key: key.bits, stream: example($0), count: columns)
    }
    return zip(x, words).map { Double($1) >= (rate * 0x1p32).rounded() ? $0 / (1 - rate) : 0 }
  }

  var value: @Sendable (Values) -> PlainTensor { { PlainTensor(dropped($0.x.values, $0.x.shape), $0.x.shape) } }
  var gradient: @Sendable (Values, [Double]) -> [String: [Double]] { { ["x": dropped($1, $0.x.shape)] } }
}

/// What the first layer that draws gets in the first step.
private let firstKey = RandomKey(seed: 0).child("draw").child(0).child(1)

let samplingCases: [ConformingCase] = [
  ConformingCase(
    "dropout", covers: ["dropout(Variable, rate:, key:, examples:)"], small: ["B": 2, "D": 9],
    sizes: [["B": 1, "D": 7], ["B": 7, "D": 17], ["B": 17, "D": 33], ["B": 33, "D": 1], ["B": 3, "D": 300]],
    emptyBatch: .stops("dropout", "x [0, 9] with 0 examples and a rate of 0.4")
  ) { s in
    let plain = Mask(rate: 0.4, key: RandomKey(seed: 9)) { (1 << 40) + 7 * $0 }
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
    let plain = Mask(rate: 0.3, key: firstKey)
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
