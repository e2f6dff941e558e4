import Latent
import LatentVAE
import TestSupport

/// Each example's features and condition side by side: what the two heads at an encoder's end read.
private func joined(_ features: [Double], _ v: Values, _ s: Sizes) -> [Double] {
  let count = features.count / max(s.B, 1)
  var all: [Double] = []
  for b in 0..<s.B {
    all += features[b * count..<(b + 1) * count]
    all += v.condition.values[b * s.C..<(b + 1) * s.C]
  }
  return all
}

private func heads(_ v: Values, features: [Double], _ s: Sizes) -> [PlainTensor] {
  let all = joined(features, v, s)
  return ["mean.", "logVariance."].map {
    PlainTensor(plainDense(v, .linear, at: $0).forward(all), [s.B, s.Z])
  }
}

/// An encoder: what it reads, and its plain features.
private func encoder<E: Encoder>(
  _ name: String, covers: [String], small: Sizes, sizes: [Sizes]? = nil, emptyBatch: ConformingCase.EmptyBatch,
  isSmooth: @escaping @Sendable (Sizes, Values) -> Bool = { _, _ in true },
  _ make: @escaping @Sendable (Sizes, ElementType) -> E, features: @escaping @Sendable (Sizes, Values) -> [Double],
  gradient: (@Sendable (Sizes) -> Trial.PlainGradient)? = nil
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
      plain: { v in heads(v, features: features(s, v), s) }, gradient: gradient.map { $0(s) })
  }
}

/// An encoder whose features come of plain layers, which have these names.
private func chained<E: Encoder>(
  _ name: String, small: Sizes, sizes: [Sizes], emptyBatch: ConformingCase.EmptyBatch, layers: [String],
  _ make: @escaping @Sendable (Sizes, ElementType) -> E, chain: @escaping @Sendable (Sizes, Values) -> Plain.Chain
) -> ConformingCase {
  encoder(
    name, covers: [name, "\(name)(Variable, condition:)"], small: small, sizes: sizes, emptyBatch: emptyBatch,
    isSmooth: { s, v in chain(s, v).distanceFromCorners(v.x.values) > 0.02 }, make,
    features: { s, v in chain(s, v).outputs(v.x.values).last! },
    gradient: { s in
      { v, upstreams in
        let chain = chain(s, v)
        let features = chain.outputs(v.x.values).last!
        let (count, all) = (features.count / s.B, joined(features, v, s))
        var gradients: [String: [Double]] = [:]
        var (dFeatures, dCondition) = (features.map { _ in 0.0 }, v.condition.values.map { _ in 0.0 })
        for (head, upstream) in zip(["mean.", "logVariance."], upstreams) {
          let slopes = plainDense(v, .linear, at: head).backward(all, upstream: upstream)
          gradients[head + "kernel"] = slopes.kernel
          gradients[head + "bias"] = slopes.bias
          for (place, slope) in slopes.x.enumerated() {
            let (b, column) = (place / (count + s.C), place % (count + s.C))
            if column < count {
              dFeatures[b * count + column] += slope
            } else {
              dCondition[b * s.C + column - count] += slope
            }
          }
        }
        let slopes = chain.backward(v.x.values, upstream: dFeatures)
        gradients["x"] = slopes.x
        gradients["condition"] = dCondition
        for (name, layer) in zip(layers, slopes.layers) {
          gradients[name + ".kernel"] = layer.kernel
          gradients[name + ".bias"] = layer.bias
        }
        return gradients
      }
    })
}

/// A convolution with same padding of images [B, height, width, C].
private func convolution(_ v: Values, _ name: String, _ image: [Int]) -> Plain.Chain.Layer {
  let kernel = v[name + ".kernel"]
  return .convolution(
    Plain.Convolution(image: image, kernel: kernel.shape, strides: (2, 2), isSame: true), kernel: kernel.values,
    bias: v[name + ".bias"].values, .relu)
}

private let small: Sizes = ["B": 2, "T": 3, "D": 2, "H": 2, "Z": 2, "C": 1]

private func reversed(_ x: [Double], _ s: Sizes) -> [Double] {
  var reversed: [Double] = []
  for start in stride(from: 0, to: x.count, by: s.T * s.D) {
    for row in (0..<s.T).reversed() { reversed += x[start + row * s.D..<start + (row + 1) * s.D] }
  }
  return reversed
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
      return plain.run(v.x.values, batch: s.B, time: s.T).last
    }),
  chained(
    "MLPEncoder", small: small, sizes: small.odd, emptyBatch: .works, layers: ["hidden"],
    { s, element in
      MLPEncoder(
        inputSize: s.T * s.D, hiddenSize: s.H, latentSize: s.Z, conditionSize: s.C, element: element)
    }, chain: { s, v in Plain.Chain([.dense(plainDense(v, .relu, at: "hidden."))]) }),
  // Rows and columns that two strides of 2 divide, and others, down to a single pixel.
  chained(
    "ConvolutionalEncoder",
    small: ["B": 2, "T": 3, "D": 2, "channels": 1, "F": 2, "G": 1, "H": 2, "Z": 2, "C": 1],
    sizes: [
      ["B": 1, "T": 7, "D": 15, "channels": 3, "F": 1, "G": 7, "H": 17, "Z": 7, "C": 3],
      ["B": 2, "T": 4, "D": 8, "channels": 2, "F": 2, "G": 3, "H": 3, "Z": 2, "C": 1],
      ["B": 7, "T": 1, "D": 33, "channels": 1, "F": 17, "G": 1, "H": 1, "Z": 1, "C": 7],
      ["B": 1, "T": 6, "D": 7, "channels": 1, "F": 7, "G": 33, "H": 7, "Z": 17, "C": 1],
    ], emptyBatch: .stops("conv2D", "x [0, 3, 2, 1]"), layers: ["first", "second", "hidden"],
    { s, element in
      ConvolutionalEncoder(
        height: s.T, width: s.D / s.channels, channels: s.channels, filters: (s.F, s.G), hiddenSize: s.H,
        latentSize: s.Z, conditionSize: s.C, element: element)
    },
    chain: { s, v in
      let width = s.D / s.channels
      return Plain.Chain([
        convolution(v, "first", [s.B, s.T, width, s.channels]),
        convolution(v, "second", [s.B, (s.T + 1) / 2, (width + 1) / 2, s.F]),
        .dense(plainDense(v, .relu, at: "hidden.")),
      ])
    }),
]
