import Latent

/// The layers of a model in the order in which they run, with what stands between them: the one description that weights,
/// ONNX graphs, Python programs and the decoder of a run's page are made from.
package struct ModelPlan: Sendable {
  /// What happens to an array on its way.
  package enum Step: Sendable, Equatable {
    /// All axes but the batch's as one.
    case flattened
    /// [B, height width C] -> [B, height, width, C]
    case images(ImageShape)
    /// [B, Z] -> [B, T, Z]
    case repeated(Int)
    case layer(PlannedLayer)
  }

  package let form: ModelForm
  /// x [B, T, D] -> features [B, F]
  package let encoder: [Step]
  /// features and condition [B, F + C] -> mean, log-variance
  package let heads: [PlannedLayer]
  /// z and condition [B, Z + C] -> logits [B, T D]
  package let decoder: [Step]
  /// What the likelihood has learned; nil where that is nothing.
  package let likelihood: PlannedLayer?

  package init(_ form: ModelForm) {
    self.form = form
    let (t, d, h, z, c) = (form.height, form.width, form.sizes.hidden, form.sizes.latent, form.classes)
    let g = form.sizes.decoder ?? h
    let hidden = "hidden"
    var features = h
    switch form.architecture {
    case .lstm, .lstmLSTM:
      encoder = [.encoder("lstm", .lstm(inputs: d, units: h, returnsSequence: false))]
    case .gru:
      encoder = [.encoder("gru", .gru(inputs: d, units: h))]
    case .bilstm:
      encoder = [.encoder("bilstm", .bidirectionalLSTM(inputs: d, units: h))]
      features = 2 * h
    case .mlp:
      encoder = [.flattened, .encoder(hidden, .dense(DenseSizes(t * d, h, .relu)))]
    case .conv:
      let last = ImageShape(height: t / 4, width: d / 4, channels: 64)
      encoder = [
        .images(ImageShape(height: t, width: d, channels: 1)),
        .encoder("first", .convolution(ConvolutionSizes(1, 32, stride: 2, .relu))),
        .encoder("second", .convolution(ConvolutionSizes(32, 64, stride: 2, .relu))),
        .flattened, .encoder(hidden, .dense(DenseSizes(last.count, h, .relu, from: last))),
      ]
    }
    heads = ["mean", "logVariance"].map { PlannedLayer(["encoder", $0], .dense(DenseSizes(features + c, z))) }
    switch form.architecture {
    case .lstm, .mlp, .gru, .bilstm:
      decoder = [
        .decoder(hidden, .dense(DenseSizes(z + c, g, .relu))), .decoder("output", .dense(DenseSizes(g, t * d))),
      ]
    case .conv:
      let first = ImageShape(height: t / 4, width: d / 4, channels: 64)
      decoder = [
        .decoder(hidden, .dense(DenseSizes(z + c, first.count, .relu, to: first))), .images(first),
        .decoder("first", .transposedConvolution(ConvolutionSizes(64, 64, stride: 2, .relu))),
        .decoder("second", .transposedConvolution(ConvolutionSizes(64, 32, stride: 2, .relu))),
        .decoder("output", .transposedConvolution(ConvolutionSizes(32, 1, stride: 1))), .flattened,
      ]
    case .lstmLSTM:
      decoder = [
        .repeated(t), .decoder("lstm", .lstm(inputs: z + c, units: g, returnsSequence: true)),
        .decoder("output", .dense(DenseSizes(g, d, steps: t))), .flattened,
      ]
    }
    likelihood = form.loss == .gaussian ? PlannedLayer(["likelihood"], .values(["logVariance"])) : nil
  }

  /// All that have weights.
  package var layers: [PlannedLayer] {
    func layers(_ steps: [Step]) -> [PlannedLayer] {
      steps.compactMap { step in if case .layer(let layer) = step { layer } else { nil } }
    }
    return layers(encoder) + heads + layers(decoder) + (likelihood.map { [$0] } ?? [])
  }
}

extension ModelPlan.Step {
  fileprivate static func encoder(_ name: String, _ kind: LayerKind) -> Self {
    .layer(PlannedLayer(["encoder", name], kind))
  }
  fileprivate static func decoder(_ name: String, _ kind: LayerKind) -> Self {
    .layer(PlannedLayer(["decoder", name], kind))
  }
}
