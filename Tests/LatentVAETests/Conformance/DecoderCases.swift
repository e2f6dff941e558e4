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

/// The convolutional decoder's layers; images begin with H rows and W columns.
private func chain(_ s: Sizes, _ v: Values) -> Plain.Chain {
  func transposed(_ name: String, _ scale: Int, _ channels: Int, stride: Int) -> Plain.Chain.Layer {
    let kernel = v[name + ".kernel"]
    return .convolution(
      Plain.Convolution(
        transposedImage: [s.B, scale * s.H, scale * s.W, channels], kernel: kernel.shape, strides: (stride, stride),
        isSame: true), kernel: kernel.values, bias: v[name + ".bias"].values, stride == 1 ? .linear : .relu)
  }
  return Plain.Chain([
    .dense(plainDense(v, .relu, at: "hidden.")), transposed("first", 1, s.F, stride: 2),
    transposed("second", 2, s.F, stride: 2), transposed("output", 4, s.G, stride: 1),
  ])
}

/// The terms of -log p(x|z) at each pixel, given what the decoder says; v is the Gaussian's log-variance.
private struct PlainLikelihood: Sendable {
  let kind: LikelihoodKind
  let name: String

  func term(_ output: Double, _ x: Double, _ v: Double) -> Double {
    let p = Plain.sigmoid(output)
    return switch kind {
    case .bernoulli: log1p(exp(-abs(output))) + max(output, 0) - output * x
    case .squaredError: (x - p) * (x - p)
    default: 0.5 * (log(2 * Double.pi) + v + (x - p) * (x - p) / exp(v))
    }
  }

  func sums(_ v: Values, _ s: Sizes) -> [Double] {
    let logVariance = kind == .gaussian ? v.logVariance.values[0] : 0
    return Plain.rowSums(
      zip(v.output.values, v.x.values).map { term($0, $1, logVariance) }, columns: s.P)
  }

  private func operands(_ s: Sizes) -> [Operand] {
    [.input("output", [s.B, s.P], .between(-3, 3)), .input("x", [s.B, s.P], .between(0, 1))]
  }

  var cases: [ConformingCase] {
    let (kind, name) = (kind, name)
    return [
      ConformingCase(
        name,
        covers: [
          name, "\(kind == .gaussian ? name : "Likelihood").negativeLogLikelihoods(Variable, of:)",
          "Likelihood.mean(Variable)",
        ],
        small: ["B": 2, "P": 3]
      ) { s in
        Trial(
          operands(s), layer: { AnyLikelihood(base: kind.make(element: $0)) },
          calls: { [$0.base.negativeLogLikelihoods($1.output, of: $1.x), $0.base.mean($1.output)] },
          plain: { v in
            [PlainTensor(sums(v, s), [s.B]), PlainTensor(v.output.values.map(Plain.sigmoid), [s.B, s.P])]
          })
      },
      ConformingCase(
        "\(name), some elements observed",
        covers: [
          "\(name).elementLosses(Variable, of:)", "Likelihood.negativeLogLikelihoods(Variable, of:, observed:)",
        ], small: ["B": 2, "P": 3]
      ) { s in
        Trial(
          operands(s) + [.constant("chance", [s.B, s.P], .between(0, 1))],
          layer: { AnyLikelihood(base: kind.make(element: $0)) },
          calls: {
            let chance = $1.tensor("chance")
            let observed = Tensor(chance.values.map { $0 < 0.4 ? 0 : 1 }, shape: chance.shape, element: chance.element)
            return [
              $0.base.elementLosses($1.output, of: $1.x),
              $0.base.negativeLogLikelihoods($1.output, of: $1.x, observed: observed),
            ]
          },
          plain: { v in
            let logVariance = kind == .gaussian ? v.logVariance.values[0] : 0
            let losses = zip(v.output.values, v.x.values).map { term($0, $1, logVariance) }
            let known = zip(losses, v.chance.values).map { $1 < 0.4 ? 0 : $0 }
            return [PlainTensor(losses, [s.B, s.P]), PlainTensor(Plain.rowSums(known, columns: s.P), [s.B])]
          })
      },
      ConformingCase(
        "\(name), mean",
        covers: ["\(kind == .gaussian ? "Likelihood" : name).negativeLogLikelihood(Variable, of:)"],
        small: ["B": 2, "P": 3], rows: .averaged,
        emptyBatch: kind == .gaussian
          ? .works : .stops(kind == .squaredError ? "squaredError" : "binaryCrossEntropy", "[0, 3]")
      ) { s in
        Trial(
          [operands(s)[0], .constant("x", [s.B, s.P], .between(0, 1))],
          layer: { AnyLikelihood(base: kind.make(element: $0)) },
          calls: { [$0.base.negativeLogLikelihood($1.output, of: $1.tensor("x"))] },
          plain: { v in [PlainTensor([Plain.mean(sums(v, s))], [])] })
      },
    ]
  }
}

/// A likelihood as a module that is known at run time only.
private struct AnyLikelihood: Module {
  var base: any Likelihood
  mutating func visit(_ visitor: inout ParameterVisitor) { base.visit(&visitor) }
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
      small: ["B": 2, "H": 1, "W": 1, "F": 2, "G": 1, "Z": 2],
      sizes: [
        ["B": 7, "H": 3, "W": 1, "F": 1, "G": 7, "Z": 17], ["B": 1, "H": 1, "W": 5, "F": 7, "G": 2, "Z": 33],
        ["B": 1, "H": 2, "W": 1, "F": 2, "G": 17, "Z": 1],
      ], emptyBatch: .stops("conv2DTranspose", "x [0, 1, 1, 2]"),
      isSmooth: { s, v in chain(s, v).distanceFromCorners(v.z.values) > 0.02 },
      trial: { s in
        Trial(
          [.input("z", [s.B, s.Z])],
          layer: {
            ConvolutionalDecoder(latentSize: s.Z, height: 4 * s.H, width: 4 * s.W, filters: (s.F, s.G), element: $0)
          }, call: { $0($1.z) },
          plain: { v in PlainTensor(chain(s, v).outputs(v.z.values).last!, [s.B, 16 * s.H * s.W]) },
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
  + [
    PlainLikelihood(kind: .bernoulli, name: "BernoulliLikelihood"),
    PlainLikelihood(kind: .squaredError, name: "SquaredErrorLikelihood"),
    PlainLikelihood(kind: .gaussian, name: "GaussianLikelihood"),
  ].flatMap(\.cases)
