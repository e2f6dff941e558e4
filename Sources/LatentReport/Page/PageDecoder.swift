import Latent
import LatentFiles
import LatentVAE

/// A model's decoder as a page runs it (`decoder.js`): its layers in order, over one array of weights.
struct PageDecoder: Sendable {
  /// Each an object: an `op`, sizes, and where its weights start.
  let steps: JSON
  let weights: [Float]

  /// - Parameter tensors: the model's, by their paths
  init(_ plan: ModelPlan, _ tensors: [String: Tensor]) {
    var weights: [Float] = []
    func place(_ layer: PlannedLayer, _ parameter: String) -> JSON {
      let start = weights.count
      weights += tensors[layer.path(parameter)]?.floats ?? []
      return .integer(start)
    }
    var steps: [JSON] = []
    for step in plan.layers.decoder {
      switch step {
      case .flattened, .images, .forced, .maskChannel: break
      case .repeated(let count): steps.append(["op": "repeat", "count": .integer(count)])
      case .layer(let layer):
        switch layer.kind {
        case .dense(let sizes):
          steps.append([
            "op": "dense", "inputs": .integer(sizes.inputs), "outputs": .integer(sizes.outputs),
            "activation": .string(sizes.activation.rawValue), "kernel": place(layer, "kernel"),
            "bias": place(layer, "bias"),
          ])
        case .recurrent(let sizes):
          let halves = sizes.parts.map { part -> JSON in
            [
              "kernel": place(layer, part + "kernel"), "recurrent": place(layer, part + "recurrentKernel"),
              "bias": place(layer, part + "bias"),
            ]
          }
          steps.append([
            "op": "recurrent", "cell": .string(sizes.cell.rawValue), "inputs": .integer(sizes.inputs),
            "units": .integer(sizes.units), "returnsSequence": .bool(sizes.returnsSequence), "halves": .array(halves),
          ])
        case .convolution(let sizes):
          steps.append(convolution("convolution", sizes, layer, place))
        case .transposedConvolution(let sizes):
          steps.append(convolution("transposed", sizes, layer, place))
        case .embedding, .values: break
        }
      }
    }
    let numbers = plan.likelihood.numbersPerElement
    func first(_ activation: String? = nil) -> [JSON] {
      (numbers == 1 ? [] : [["op": "first", "of": .integer(numbers)]])
        + (activation.map { [["op": "activated", "activation": .string($0)]] } ?? [])
    }
    switch plan.likelihood.link {
    case .identity: steps += first()
    case .sigmoid: steps += first("sigmoid")
    case .exp: steps += first("exp")
    case .continuousBernoulli: steps += first("continuous_bernoulli")
    case .largest: steps.append(["op": "largest", "of": .integer(numbers)])
    case .logisticMixture: steps.append(["op": "mixture", "of": .integer(numbers / 3)])
    }
    (self.steps, self.weights) = (.array(steps), weights)
  }
}

private func convolution(
  _ operation: String, _ sizes: ConvolutionSizes, _ layer: PlannedLayer, _ place: (PlannedLayer, String) -> JSON
) -> JSON {
  func pair(_ area: Size2D) -> JSON { .array([.integer(area.height), .integer(area.width)]) }
  return [
    "op": .string(operation), "small": pair(sizes.small), "large": pair(sizes.large),
    "channels": .integer(sizes.channels), "filters": .integer(sizes.filters), "size": pair(sizes.kernel),
    "stride": pair(sizes.stride),
    "before": pair(Size2D(height: sizes.rowPadding.before, width: sizes.columnPadding.before)),
    "activation": .string(sizes.activation.rawValue), "kernel": place(layer, "kernel"), "bias": place(layer, "bias"),
  ]
}
