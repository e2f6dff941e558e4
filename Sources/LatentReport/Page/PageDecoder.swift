import Latent
import LatentVAE

/// A model's decoder as a page runs it (`decoder.js`): its layers in order, over one array of weights.
struct PageDecoder: Sendable {
  /// Each an object: an `op`, sizes, and where its weights start.
  let steps: JSON
  let weights: [Float]

  /// - Parameter tensors: the model's, by their paths
  init(_ plan: ModelPlan, _ tensors: [String: Tensor]) {
    var weights: [Float] = []
    var image: ImageShape?
    func place(_ layer: PlannedLayer, _ parameter: String) -> JSON {
      let start = weights.count
      weights += tensors[layer.path(parameter)]?.floats ?? []
      return .integer(start)
    }
    var steps: [JSON] = []
    for step in plan.decoder {
      switch step {
      case .flattened: break
      case .images(let shape): image = shape
      case .repeated(let count): steps.append(["op": "repeat", "count": .integer(count)])
      case .layer(let layer):
        switch layer.kind {
        case .dense(let sizes):
          steps.append([
            "op": "dense", "inputs": .integer(sizes.inputs), "outputs": .integer(sizes.outputs),
            "relu": .bool(sizes.isRelu), "kernel": place(layer, "kernel"), "bias": place(layer, "bias"),
          ])
        case .lstm(let inputs, let units, _):
          steps.append([
            "op": "lstm", "inputs": .integer(inputs), "units": .integer(units), "kernel": place(layer, "kernel"),
            "recurrent": place(layer, "recurrentKernel"), "bias": place(layer, "bias"),
          ])
        case .transposedConvolution(let sizes):
          let shape = image ?? ImageShape(height: plan.form.height, width: plan.form.width, channels: sizes.channels)
          steps.append([
            "op": "transposed", "height": .integer(shape.height), "width": .integer(shape.width),
            "channels": .integer(sizes.channels), "filters": .integer(sizes.filters), "size": .integer(sizes.kernel),
            "stride": .integer(sizes.stride), "before": .integer(sizes.padding.before), "relu": .bool(sizes.isRelu),
            "kernel": place(layer, "kernel"), "bias": place(layer, "bias"),
          ])
          image = ImageShape(
            height: shape.height * sizes.stride, width: shape.width * sizes.stride, channels: sizes.filters)
        case .convolution, .gru, .bidirectionalLSTM, .values:
          fatalError("PageDecoder: \(layer.place.joined(separator: ".")) is no layer of a decoder that has a name")
        }
      }
    }
    (self.steps, self.weights) = (.array(steps), weights)
  }
}
