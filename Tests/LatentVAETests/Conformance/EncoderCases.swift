import Latent
import LatentVAE
import TestSupport

/// The two heads at an encoder's end, given its features [B, F] and the condition [B, C].
private func heads(_ v: Values, features: [Double], _ s: Sizes) -> [PlainTensor] {
  let count = features.count / max(s.B, 1)
  var all: [Double] = []
  for b in 0..<s.B {
    all += features[b * count..<(b + 1) * count]
    all += v.condition.values[b * s.C..<(b + 1) * s.C]
  }
  return ["mean.", "logVariance."].map {
    PlainTensor(plainDense(v, .linear, at: $0).forward(all), [s.B, s.Z])
  }
}

/// An encoder: what it reads, and its plain features.
private func encoder<E: Encoder>(
  _ name: String, covers: [String], small: Sizes, sizes: [Sizes]? = nil, emptyBatch: ConformingCase.EmptyBatch,
  isSmooth: @escaping @Sendable (Sizes, Values) -> Bool = { _, _ in true },
  _ make: @escaping @Sendable (Sizes, ElementType) -> E, features: @escaping @Sendable (Sizes, Values) -> [Double]
) -> ConformingCase {
  ConformingCase(
    name, covers: covers, small: small, sizes: sizes, emptyBatch: emptyBatch, tolerance: 2e-5, isSmooth: isSmooth
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D], .between(0, 1)), .input("condition", [s.B, s.C], .between(0, 1))],
      layer: { make(s, $0) },
      calls: { encoder, i in
        let (mean, logVariance) = encoder(i.x, condition: i.condition)
        return [mean, logVariance]
      },
      plain: { v in heads(v, features: features(s, v), s) })
  }
}

private let small: Sizes = ["B": 2, "T": 3, "D": 2, "H": 2, "Z": 2, "C": 1]
/// Rows and columns that two strides of 2 do not divide, too.
private let images: [Sizes] = [
  ["B": 1, "T": 7, "D": 5, "H": 17, "Z": 7, "C": 3], ["B": 3, "T": 17, "D": 1, "H": 1, "Z": 1, "C": 1],
]

private func reversed(_ x: [Double], _ s: Sizes) -> [Double] {
  var reversed: [Double] = []
  for start in stride(from: 0, to: x.count, by: s.T * s.D) {
    for row in (0..<s.T).reversed() { reversed += x[start + row * s.D..<start + (row + 1) * s.D] }
  }
  return reversed
}

/// The convolutional encoder's sums before each relu, and what it makes of them.
private func convolutions(_ s: Sizes, _ v: Values) -> (sums: [Double], features: [Double]) {
  let relu = Plain.Activation.relu
  var (x, shape, sums): ([Double], [Int], [Double]) = (v.x.values, [s.B, s.T, s.D, 1], [])
  for path in ["first.", "second."] {
    let kernel = v[path + "kernel"]
    let plain = Plain.Convolution(image: shape, kernel: kernel.shape, strides: (2, 2), isSame: true)
    let z = plain.preactivation(x, kernel: kernel.values, bias: v[path + "bias"].values)
    (x, shape) = (z.map(relu.value), [s.B, plain.small.rows, plain.small.columns, kernel.shape[3]])
    sums += z
  }
  let z = plainDense(v, .linear, at: "hidden.").preactivation(x)
  return (sums + z, z.map(relu.value))
}

let encoderCases: [ConformingCase] = [
  ConformingCase(
    "LSTMEncoder without a condition", covers: ["Encoder(Variable)"], small: small, sizes: [],
    emptyBatch: .stops("lstm", "x [0, 3, 2]")
  ) { s in
    Trial(
      [.input("x", [s.B, s.T, s.D])],
      layer: { LSTMEncoder(inputSize: s.D, hiddenSize: s.H, latentSize: s.Z, element: $0) },
      calls: { encoder, i in
        let (mean, logVariance) = encoder(i.x)
        return [mean, logVariance]
      },
      plain: { v in
        let features = plainLSTM(v, at: "lstm.").forward(v.x.values, batch: s.B, time: s.T).last
        return ["mean.", "logVariance."].map {
          PlainTensor(plainDense(v, .linear, at: $0).forward(features), [s.B, s.Z])
        }
      })
  },
  ConformingCase(
    "GaussianHeads", covers: ["GaussianHeads", "GaussianHeads(Variable, condition:)"],
    small: ["B": 2, "F": 3, "Z": 2, "C": 2]
  ) { s in
    Trial(
      [.input("x", [s.B, s.F]), .input("condition", [s.B, s.C])],
      layer: {
        GaussianHeads(
          inputSize: s.F, conditionSize: s.C, latentSize: s.Z, key: RandomKey(seed: 1), element: $0)
      },
      calls: { heads, i in
        let (mean, logVariance) = heads(i.x, condition: i.condition)
        return [mean, logVariance]
      },
      plain: { v in heads(v, features: v.x.values, s) })
  },
  encoder(
    "LSTMEncoder", covers: ["LayerEncoder", "LayerEncoder(Variable, condition:)"], small: small,
    emptyBatch: .stops("lstm", "x [0, 3, 2]"),
    { s, element in
      LSTMEncoder(inputSize: s.D, hiddenSize: s.H, latentSize: s.Z, conditionSize: s.C, element: element)
    }, features: { s, v in plainLSTM(v, at: "lstm.").forward(v.x.values, batch: s.B, time: s.T).last }),
  encoder(
    "BidirectionalLSTMEncoder", covers: [], small: small, emptyBatch: .stops("lstm", "x [0, 3, 2]"),
    { s, element in
      BidirectionalLSTMEncoder(
        inputSize: s.D, hiddenSize: s.H, latentSize: s.Z, conditionSize: s.C, element: element)
    },
    features: { s, v in
      let first = plainLSTM(v, at: "bilstm.forward.").forward(v.x.values, batch: s.B, time: s.T).last
      let second = plainLSTM(v, at: "bilstm.backward.").forward(reversed(v.x.values, s), batch: s.B, time: s.T).last
      var both: [Double] = []
      for start in stride(from: 0, to: first.count, by: s.H) {
        both += first[start..<start + s.H]
        both += second[start..<start + s.H]
      }
      return both
    }),
  encoder(
    "GRUEncoder in any", covers: ["AnyEncoder", "AnyEncoder(Variable, condition:)"], small: small,
    emptyBatch: .stops("gru", "x [0, 3, 2]"),
    { s, element in
      AnyEncoder(
        GRUEncoder(inputSize: s.D, hiddenSize: s.H, latentSize: s.Z, conditionSize: s.C, element: element))
    },
    features: { s, v in
      let plain = Plain.GRU(
        kernel: v["gru.kernel"].values, recurrent: v["gru.recurrentKernel"].values, bias: v["gru.bias"].values,
        hidden: s.H, resetsAfter: true)
      let none = [Double](repeating: 0, count: s.B * s.T * s.H)
      let states = plain.run(v.x.values, upstream: none, batch: s.B, time: s.T).y
      var last: [Double] = []
      for end in stride(from: s.T * s.H, through: states.count, by: s.T * s.H) { last += states[end - s.H..<end] }
      return last
    }),
  encoder(
    "MLPEncoder", covers: ["MLPEncoder", "MLPEncoder(Variable, condition:)"], small: small, sizes: images,
    emptyBatch: .works,
    isSmooth: { _, v in keepsOffCorner(.relu, plainDense(v, .linear, at: "hidden.").preactivation(v.x.values)) },
    { s, element in
      MLPEncoder(
        inputSize: s.T * s.D, hiddenSize: s.H, latentSize: s.Z, conditionSize: s.C, element: element)
    }, features: { s, v in plainDense(v, .relu, at: "hidden.").forward(v.x.values) }),
  encoder(
    "ConvolutionalEncoder", covers: ["ConvolutionalEncoder", "ConvolutionalEncoder(Variable, condition:)"],
    small: small, sizes: images, emptyBatch: .stops("conv2D", "x [0, 3, 2, 1]"),
    isSmooth: { s, v in keepsOffCorner(.relu, convolutions(s, v).sums) },
    { s, element in
      ConvolutionalEncoder(
        height: s.T, width: s.D, filters: (2, 1), hiddenSize: s.H, latentSize: s.Z, conditionSize: s.C,
        element: element)
    }, features: { s, v in convolutions(s, v).features }),
]
