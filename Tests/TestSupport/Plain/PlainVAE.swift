import Foundation

extension Plain {
  /// A whole variational auto-encoder (Kingma & Welling 2014): an LSTM reads x; two linear heads give mean and
  /// log-variance; latent = mean + exp(logVariance / 2) · noise; a relu and a sigmoid layer draw the image.
  public struct VAE: Sendable {
    public var lstm: LSTM
    public var mean: Dense
    public var logVariance: Dense
    public var decoderHidden: Dense
    public var decoderOutput: Dense

    /// How the reconstruction is judged.
    public enum Reconstruction: Sendable {
      /// From probabilities, clipped: what Keras does.
      case binaryCrossEntropy
      /// From logits: the same number where nothing is clipped.
      case binaryCrossEntropyFromLogits
      /// The squared error, summed over the pixels.
      case squaredError
    }

    /// What one pass computes.
    public struct Result: Sendable {
      /// [B, Z].
      public var mean: [Double]
      /// [B, Z].
      public var logVariance: [Double]
      /// [B, Z].
      public var latent: [Double]
      /// [B, T D], before the sigmoid.
      public var logits: [Double]
      /// [B, T D], probabilities.
      public var reconstruction: [Double]
      /// [B], summed over the pixels.
      public var reconstructionLosses: [Double]
      /// [B], summed over the latent dimensions, without beta.
      public var divergences: [Double]
      /// The mean over the batch of reconstruction loss + beta · divergence.
      public var loss: Double
      /// The gradients of `loss`, by the names of ``VAE/weights``.
      public var gradients: [String: [Double]]
    }

    /// - Parameter weights: By the names of ``weights``.
    public init(weights: [String: [Double]]) {
      func dense(_ name: String, _ activation: Activation) -> Dense {
        Dense(kernel: weights["\(name).kernel"]!, bias: weights["\(name).bias"]!, activation: activation)
      }
      lstm = LSTM(
        kernel: weights["lstm.kernel"]!, recurrent: weights["lstm.recurrent_kernel"]!, bias: weights["lstm.bias"]!)
      mean = dense("mean", .linear)
      logVariance = dense("log_variance", .linear)
      decoderHidden = dense("decoder_hidden", .relu)
      decoderOutput = dense("decoder_output", .sigmoid)
    }

    /// All weights: `lstm.kernel`, `lstm.recurrent_kernel`, `lstm.bias`, and `kernel` and `bias` of `mean`,
    /// `log_variance`, `decoder_hidden` and `decoder_output`.
    public var weights: [String: [Double]] {
      [
        "lstm.kernel": lstm.kernel, "lstm.recurrent_kernel": lstm.recurrent, "lstm.bias": lstm.bias,
        "mean.kernel": mean.kernel, "mean.bias": mean.bias,
        "log_variance.kernel": logVariance.kernel, "log_variance.bias": logVariance.bias,
        "decoder_hidden.kernel": decoderHidden.kernel, "decoder_hidden.bias": decoderHidden.bias,
        "decoder_output.kernel": decoderOutput.kernel, "decoder_output.bias": decoderOutput.bias,
      ]
    }

    /// Forward and backward for the images x [B, T, D] with this noise [B, Z].
    public func run(
      _ x: [Double], noise: [Double], batch: Int, time: Int, beta: Double = 1,
      loss kind: Reconstruction = .binaryCrossEntropy
    ) -> Result {
      let states = lstm.forward(x, batch: batch, time: time)
      let m = mean.forward(states.last)
      let lv = logVariance.forward(states.last)
      precondition(noise.count == m.count, "noise is not [B, Z]")
      let z = m.indices.map { m[$0] + exp(lv[$0] / 2) * noise[$0] }
      let drawn = decoderHidden.forward(z)
      let logits = decoderOutput.preactivation(drawn)
      let y = logits.map(Plain.sigmoid)

      let loss: Loss
      // The gradient for the logits; that of the loss by probability goes through the sigmoid.
      let dlogits: [Double]
      switch kind {
      case .binaryCrossEntropyFromLogits:
        loss = Plain.binaryCrossEntropy(x, logits: logits, batch: batch)
        dlogits = loss.gradient
      case .binaryCrossEntropy, .squaredError:
        loss =
          kind == .squaredError
          ? Plain.squaredError(x, reconstruction: y, batch: batch)
          : Plain.binaryCrossEntropy(x, probabilities: y, batch: batch)
        dlogits = zip(loss.gradient, y).map { $0 * $1 * (1 - $1) }
      }
      let divergence = Plain.divergence(mean: m, logVariance: lv, batch: batch)

      let scale = 1 / Double(batch)
      let linearOutput = Dense(kernel: decoderOutput.kernel, bias: decoderOutput.bias)
      let output = linearOutput.backward(drawn, upstream: dlogits.map { $0 * scale })
      let hidden = decoderHidden.backward(z, upstream: output.x)
      let dm = m.indices.map { hidden.x[$0] + scale * beta * divergence.mean[$0] }
      let dlv = m.indices.map {
        hidden.x[$0] * noise[$0] * exp(lv[$0] / 2) / 2 + scale * beta * divergence.logVariance[$0]
      }
      let meanHead = mean.backward(states.last, upstream: dm)
      let logVarianceHead = logVariance.backward(states.last, upstream: dlv)
      let encoder = lstm.backward(x, states, lastUpstream: Plain.sum(meanHead.x, logVarianceHead.x))

      return Result(
        mean: m, logVariance: lv, latent: z, logits: logits, reconstruction: y,
        reconstructionLosses: loss.rows, divergences: divergence.rows,
        loss: Plain.mean(loss.rows) + beta * Plain.mean(divergence.rows),
        gradients: [
          "lstm.kernel": encoder.kernel, "lstm.recurrent_kernel": encoder.recurrent, "lstm.bias": encoder.bias,
          "mean.kernel": meanHead.kernel, "mean.bias": meanHead.bias,
          "log_variance.kernel": logVarianceHead.kernel, "log_variance.bias": logVarianceHead.bias,
          "decoder_hidden.kernel": hidden.kernel, "decoder_hidden.bias": hidden.bias,
          "decoder_output.kernel": output.kernel, "decoder_output.bias": output.bias,
        ])
    }
  }
}
