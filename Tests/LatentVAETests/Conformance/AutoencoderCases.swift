import Latent
import LatentVAE
import TestSupport

private func plain(_ v: Values) -> Plain.VAE {
  Plain.VAE(weights: Plain.VAE.weights(Plain.VAE.paths.map { ($0.path, v[$0.path].values) }))
}

/// A whole model: its loss and the loss's two parts.
private func autoencoder(_ kind: LikelihoodKind, beta: Double) -> ConformingCase {
  let loss = kind == .squaredError ? Plain.VAE.Reconstruction.squaredError : .binaryCrossEntropyFromLogits
  @Sendable func run(_ s: Sizes, _ v: Values, beta: Double) -> Plain.VAE.Result {
    plain(v).run(v.x.values, noise: v.noise.values, batch: s.B, time: s.T, beta: beta, loss: loss)
  }
  return ConformingCase(
    "VariationalAutoencoder, \(kind), beta \(beta)",
    covers: ["VariationalAutoencoder", "VariationalAutoencoder.loss(Tensor, labels:, observed:, noise:, tape:)"],
    small: ["B": 3, "T": 3, "D": 2, "H": 2, "Z": 2, "K": 3],
    sizes: [
      ["B": 1, "T": 7, "D": 17, "H": 33, "Z": 1, "K": 7], ["B": 7, "T": 8, "D": 12, "H": 1, "Z": 7, "K": 33],
      ["B": 9, "T": 1, "D": 7, "H": 17, "Z": 2, "K": 17],
    ], rows: .averaged, emptyBatch: .stops("lstm", "x [0, 3, 2]"), tolerance: 5e-5,
    isSmooth: { s, v in
      keepsOffCorner(.relu, plain(v).decoderHidden.preactivation(run(s, v, beta: 1).latent))
    },
    trial: { s in
      Trial(
        [.constant("x", [s.B, s.T, s.D], .between(0, 1)), .constant("noise", [s.B, s.Z], .between(-2, 2))],
        layer: { element in
          VariationalAutoencoder(
            encoder: LSTMEncoder(inputSize: s.D, hiddenSize: s.H, latentSize: s.Z, element: element),
            decoder: DenseDecoder(latentSize: s.Z, hiddenSize: s.K, outputSize: s.T * s.D, element: element),
            likelihood: kind.make(for: .series(steps: s.T, features: s.D), element: element),
            objective: EvidenceLowerBound(beta: beta))
        },
        calls: { vae, i in
          let terms = vae.loss(i.tensor("x"), noise: i.tensor("noise"), tape: i.tape)
          return [terms.total] + terms.parts.map(\.value)
        },
        plain: { v in
          let result = run(s, v, beta: beta)
          let numbers = [result.loss, Plain.mean(result.reconstructionLosses), Plain.mean(result.divergences)]
          return numbers.map { PlainTensor([$0], []) }
        },
        gradient: { v, upstreams in
          // Of a total + b reconstruction + c KL: that of a loss with another beta, times a + b.
          let (a, b, c) = (upstreams[0][0], upstreams[1][0], upstreams[2][0])
          let gradients = run(s, v, beta: (a * beta + c) / (a + b)).gradients
          let pairs = Plain.VAE.paths.map { ($0.path, gradients[$0.name]!.map { $0 * (a + b) }) }
          return Dictionary(uniqueKeysWithValues: pairs)
        })
    })
}

let autoencoderCases: [ConformingCase] = [
  autoencoder(.bernoulli, beta: 1), autoencoder(.squaredError, beta: 0.25),
  autoencoder(.bernoulli, beta: 4),
]
