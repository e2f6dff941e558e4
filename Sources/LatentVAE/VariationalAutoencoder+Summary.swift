import Latent
import LatentData
import LatentFiles

extension VariationalAutoencoder {
  /// The layers of the encoder, of the decoder, and of both with the sampling between them.
  ///
  /// - Parameter example: what one example is
  public func summaries(of example: ExampleShape) -> [ModelSummary] {
    let label: [(name: String, shape: [Int])] = classes > 0 ? [("label", [1, classes])] : []
    let image: [(name: String, shape: [Int])] = [("input", [1] + example.dimensions)] + label
    return [
      ModelSummary("encoder", of: encoder, inputs: image) { encoder, inputs in
        _ = encoder(inputs[0], condition: inputs.dropFirst().first)
      },
      ModelSummary(
        "decoder", of: decoder,
        inputs: [("latent", [1, encoder.latentSize])] + label
          + (decoder.readsExamples ? [("example", [1] + example.dimensions)] : [])
      ) { decoder, inputs in
        let z = joined(inputs[0], label.isEmpty ? nil : inputs[1])
        _ = likelihood.mean(decoder.readsExamples ? decoder(z, of: inputs.last!) : decoder(z))
      },
      ModelSummary("variational auto-encoder", of: self, inputs: image) { vae, inputs in
        let label = inputs.dropFirst().first
        let (mean, logVariance) = vae.encoder(inputs[0], condition: label)
        let noise = Tensor(zeros: mean.shape, element: mean.tensor.element)
        let z = mean.tape.scoped("sampling") {
          gaussianSample(mean: mean, logVariance: logVariance, noise: noise)
        }
        _ = vae.likelihood.mean(vae.decoder(vae.joined(z, label), of: inputs[0]))
      },
    ]
  }
}
