import Foundation
import TestSupport

@testable import Latent

/// The loss of each row and its slopes, by the softmax.
private func plainLosses(_ logits: [Double], _ labels: [Double], columns: Int) -> (losses: [Double], slopes: [Double]) {
  var slopes = Plain.Activation.softmax.values(logits, columns: columns)
  var losses: [Double] = []
  for (row, label) in labels.enumerated() {
    losses.append(-log(slopes[row * columns + Int(label)]))
    slopes[row * columns + Int(label)] -= 1
  }
  return (losses, slopes)
}

private func denseLosses(_ s: Sizes, _ v: Values) -> (losses: [Double], slopes: [Double]) {
  plainLosses(plainDense(v, .linear).forward(v.x.values), v.labels.values, columns: s.C)
}

/// A dense layer with the loss of its outputs.
private func denseCrossEntropy(
  _ name: String, covers: [String], weights: @escaping @Sendable (Sizes) -> [Operand],
  layer: (@Sendable (Sizes, ElementType) -> Dense)? = nil,
  _ call: @escaping @Sendable (Dense?, Inputs) -> Variable
) -> ConformingCase {
  let small: Sizes = ["B": 3, "T": 2, "I": 3, "C": 4]
  return ConformingCase(
    name, covers: covers, small: small, sizes: small.odd + [["B": 5, "T": 1, "I": 70, "C": 2400]], rows: .averaged,
    emptyBatch: .stops("crossEntropy", "x [0, 2, 3], kernel [3, 4], bias [4], 0 labels")
  ) { s in
    let operands = [.input("x", [s.B, s.T, s.I]), .constant("labels", [s.B, s.T], .whole(s.C))] + weights(s)
    let plain = { @Sendable (v: Values) in PlainTensor([Plain.mean(denseLosses(s, v).losses)], []) }
    let gradient = { @Sendable (v: Values, upstream: [Double]) -> [String: [Double]] in
      let slopes = denseLosses(s, v).slopes.map { $0 * upstream[0] / Double(s.B * s.T) }
      let gradients = plainDense(v, .linear).backward(v.x.values, upstream: slopes)
      return ["x": gradients.x, "kernel": gradients.kernel, "bias": gradients.bias]
    }
    guard let layer else {
      return Trial(operands, call: { call(nil, $0) }, plain: plain, gradient: gradient)
    }
    return Trial(operands, layer: { layer(s, $0) }, call: { call($0, $1) }, plain: plain, gradient: gradient)
  }
}

private func shared(_ s: Sizes) -> [Operand] { [.shared("kernel", [s.I, s.C]), .shared("bias", [s.C])] }

let classLossCases: [ConformingCase] =
  [
    ConformingCase(
      "crossEntropy", covers: ["crossEntropy(logits:, labels:)"], small: ["B": 3, "C": 5], rows: .averaged,
      emptyBatch: .stops("crossEntropy", "logits [0, 5] against 0 labels")
    ) { s in
      Trial(
        [.input("logits", [s.B, s.C], .between(-4, 4)), .constant("labels", [s.B], .whole(s.C))],
        call: { crossEntropy(logits: $0.logits, labels: $0.numbers("labels")) },
        plain: { v in
          PlainTensor([Plain.mean(plainLosses(v.logits.values, v.labels.values, columns: s.C).losses)], [])
        },
        gradient: { v, upstream in
          let slopes = plainLosses(v.logits.values, v.labels.values, columns: s.C).slopes
          return ["logits": slopes.map { upstream[0] * $0 / Double(s.B) }]
        })
    },
    ConformingCase(
      "crossEntropies", covers: ["crossEntropies(logits:, classes:, ignoring:)"], small: ["B": 2, "T": 2, "C": 4],
      sizes: [["B": 3, "T": 1, "C": 17], ["B": 2, "T": 3, "C": 1100]]
    ) { s in
      Trial(
        [.input("logits", [s.B, s.T, s.C], .between(-4, 4)), .constant("classes", [s.B, s.T], .whole(s.C))],
        call: { crossEntropies(logits: $0.logits, classes: $0.tensor("classes")) },
        plain: { v in
          PlainTensor(plainLosses(v.logits.values, v.classes.values, columns: s.C).losses, [s.B, s.T])
        },
        gradient: { v, upstream in
          let slopes = plainLosses(v.logits.values, v.classes.values, columns: s.C).slopes
          return ["logits": slopes.indices.map { slopes[$0] * upstream[$0 / s.C] }]
        })
    },
    ConformingCase(
      "crossEntropies without a class", covers: [], small: ["B": 2, "T": 2, "C": 4],
      sizes: [["B": 3, "T": 1, "C": 17], ["B": 2, "T": 3, "C": 1100]]
    ) { s in
      Trial(
        [.input("logits", [s.B, s.T, s.C], .between(-4, 4)), .constant("classes", [s.B, s.T], .whole(s.C))],
        call: { crossEntropies(logits: $0.logits, classes: $0.tensor("classes"), ignoring: 2) },
        plain: { v in
          let losses = plainLosses(v.logits.values, v.classes.values, columns: s.C).losses
          return PlainTensor(zip(losses, v.classes.values).map { $1 == 2 ? 0 : $0 }, [s.B, s.T])
        },
        gradient: { v, upstream in
          let slopes = plainLosses(v.logits.values, v.classes.values, columns: s.C).slopes
          return [
            "logits": slopes.indices.map { v.classes.values[$0 / s.C] == 2 ? 0 : slopes[$0] * upstream[$0 / s.C] }
          ]
        })
    },
    denseCrossEntropy(
      "crossEntropy of a dense layer", covers: ["crossEntropy(Variable, kernel:, bias:, labels:)"], weights: shared
    ) { crossEntropy($1.x, kernel: $1.kernel, bias: $1.bias, labels: $1.numbers("labels")) },
    denseCrossEntropy("crossEntropy of a dense layer, two rows at once", covers: [], weights: shared) {
      crossEntropy($1.x, kernel: $1.kernel, bias: $1.bias, labels: $1.numbers("labels"), rowsAtOnce: 2)
    },
    denseCrossEntropy(
      "Dense.crossEntropy", covers: ["Dense.crossEntropy(Variable, labels:)"], weights: { _ in [] },
      layer: { Dense(inputSize: $0.I, outputSize: $0.C, key: RandomKey(seed: 1), element: $1) },
      { $0!.crossEntropy($1.x, labels: $1.numbers("labels")) }),
  ]
