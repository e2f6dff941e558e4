import Foundation
import Latent
import LatentVAE
import TestSupport

/// z of each example for each row of its image: what an LSTM decoder reads.
private func repeated(_ z: PlainTensor, _ s: Sizes) -> [Double] {
  var rows: [Double] = []
  for b in 0..<s.B { for _ in 0..<s.T { rows += z.values[b * s.Z..<(b + 1) * s.Z] } }
  return rows
}

private let decoderLayers = ["hidden", "first", "second", "output"]

/// The convolutional decoder's layers, for images of H rows and W columns.
private func chain(_ s: Sizes, _ v: Values) -> Plain.Chain {
  func transposed(_ name: String, from before: (Int, Int), to after: (Int, Int), _ channels: Int) -> Plain.Chain.Layer {
    let (kernel, stride) = (v[name + ".kernel"], name == "output" ? 1 : 2)
    return .convolution(
      Plain.Convolution(
        transposedImage: [s.B, before.0, before.1, channels], kernel: kernel.shape, strides: (stride, stride),
        isSame: true, fewer: (before.0 * stride - after.0, before.1 * stride - after.1)),
      kernel: kernel.values, bias: v[name + ".bias"].values, stride == 1 ? .linear : .relu)
  }
  func reduced(_ size: (Int, Int)) -> (Int, Int) { (size.0 / 2 + size.0 % 2, size.1 / 2 + size.1 % 2) }
  let whole = (s.H, s.W)
  let half = reduced(whole)
  return Plain.Chain([
    .dense(plainDense(v, .relu, at: "hidden.")), transposed("first", from: reduced(half), to: half, s.F),
    transposed("second", from: half, to: whole, s.F), transposed("output", from: whole, to: whole, s.G),
  ])
}

let decoderCases: [ConformingCase] =
  [
    ConformingCase(
      "DenseDecoder in any",
      covers: ["DenseDecoder", "DenseDecoder(Variable)", "AnyDecoder", "AnyDecoder(Variable)"],
      small: ["B": 2, "Z": 2, "H": 3, "P": 4],
      isSmooth: { _, v in keepsOffCorner(.relu, plainDense(v, .linear, at: "hidden.").preactivation(v.z.values)) },
      trial: { s in
        Trial(
          [.input("z", [s.B, s.Z])],
          layer: { AnyDecoder(DenseDecoder(latentSize: s.Z, hiddenSize: s.H, outputSize: s.P, element: $0)) },
          call: { $0($1.z) },
          plain: { v in
            let hidden = plainDense(v, .relu, at: "hidden.").forward(v.z.values)
            return PlainTensor(plainDense(v, .linear, at: "output.").forward(hidden), [s.B, s.P])
          },
          gradient: { v, upstream in
            let (first, second) = (plainDense(v, .relu, at: "hidden."), plainDense(v, .linear, at: "output."))
            let outer = second.backward(first.forward(v.z.values), upstream: upstream)
            let inner = first.backward(v.z.values, upstream: outer.x)
            return [
              "z": inner.x, "hidden.kernel": inner.kernel, "hidden.bias": inner.bias, "output.kernel": outer.kernel,
              "output.bias": outer.bias,
            ]
          })
      }),
    ConformingCase(
      "LSTMDecoder", covers: ["LSTMDecoder", "LSTMDecoder(Variable)"],
      small: ["B": 2, "T": 3, "D": 2, "Z": 2, "H": 2], emptyBatch: .stops("lstm", "x [0, 3, 2]"), tolerance: 2e-5
    ) { s in
      Trial(
        [.input("z", [s.B, s.Z])],
        layer: { LSTMDecoder(latentSize: s.Z, hiddenSize: s.H, time: s.T, outputSize: s.D, element: $0) },
        call: { $0($1.z) },
        plain: { v in
          let states = plainLSTM(v, at: "lstm.").forward(repeated(v.z, s), batch: s.B, time: s.T)
          return PlainTensor(plainDense(v, .linear, at: "output.").forward(states.h), [s.B, s.T * s.D])
        })
    },
    ConformingCase(
      "ConvolutionalDecoder", covers: ["ConvolutionalDecoder", "ConvolutionalDecoder(Variable)"],
      small: ["B": 2, "H": 4, "W": 3, "C": 1, "F": 2, "G": 1, "Z": 2],
      sizes: [
        ["B": 7, "H": 12, "W": 4, "C": 1, "F": 1, "G": 7, "Z": 17],
        ["B": 1, "H": 5, "W": 19, "C": 1, "F": 7, "G": 2, "Z": 33],
        ["B": 1, "H": 7, "W": 6, "C": 3, "F": 2, "G": 17, "Z": 1],
        ["B": 1, "H": 1, "W": 1, "C": 2, "F": 3, "G": 2, "Z": 2],
      ], emptyBatch: .stops("conv2DTranspose", "x [0, 1, 1, 2]"),
      isSmooth: { s, v in chain(s, v).distanceFromCorners(v.z.values) > 0.02 },
      trial: { s in
        Trial(
          [.input("z", [s.B, s.Z])],
          layer: {
            ConvolutionalDecoder(
              latentSize: s.Z, height: s.H, width: s.W, channels: s.C, filters: (s.F, s.G),
              element: $0)
          }, call: { $0($1.z) },
          plain: { v in PlainTensor(chain(s, v).outputs(v.z.values).last!, [s.B, s.H * s.W * s.C]) },
          gradient: { v, upstream in
            let slopes = chain(s, v).backward(v.z.values, upstream: upstream)
            var gradients = ["z": slopes.x]
            for (name, layer) in zip(decoderLayers, slopes.layers) {
              gradients[name + ".kernel"] = layer.kernel
              gradients[name + ".bias"] = layer.bias
            }
            return gradients
          })
      }),
  ]
