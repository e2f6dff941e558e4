import Latent
import LatentData
import LatentFiles

/// Follows the shape of an array through layers.
struct LayerWalk {
  let part: String
  /// Without the batch's axis.
  private(set) var shape: [Int]
  private(set) var steps: [PlannedLayers.Step] = []
  /// What gave the shape, for messages.
  private(set) var before: String
  /// The images that were flattened just before.
  private var flattened: ImageShape?
  private var names: Set<String> = []
  /// What a decoder makes; nil for an encoder.
  var example: ExampleShape?
  /// C, where the array is the tokens of a text.
  var vocabulary: Int?
  /// Whether a layer before reads the steps that are made already, so that each of the others sees one step after another.
  private(set) var isForced = false

  /// Beyond this no array fits into any machine, and counting stays exact.
  private static let mostNumbers = 1 << 40

  init(_ part: String, from shape: [Int], given: String) { (self.part, self.shape, before) = (part, shape, given) }

  mutating func add(_ layer: LayerPlan) throws(PlanError) {
    let isNamed =
      switch layer.kind {
      case .dense, .recurrent, .convolution, .transposedConvolution, .embedding: true
      case .flatten, .images, .repeated, .teacherForcing, .maskChannel: false
      }
    if vocabulary != nil, case .embedding = layer.kind {
    } else if vocabulary != nil {
      throw PlanError("\(part).\(layer.name), \(layer), reads the numbers of tokens: put an embedding before it")
    }
    guard !isNamed || names.insert(layer.name).inserted else {
      throw PlanError("\(part).\(layer.name) is the name of two layers")
    }
    if isForced { try checkForced(layer) }
    let from = flattened
    flattened = nil
    if from != nil, case .dense = layer.kind { steps[steps.count - 1] = .flattened(images: nil) }
    func planned(_ kind: LayerKind) -> PlannedLayers.Step { .layer(PlannedLayer([part, layer.name], kind)) }
    switch layer.kind {
    case .dense(let units, let activation):
      guard shape.count < 3 else { throw refusal(layer, reads: "[n] or [T, D]") }
      let sizes = DenseSizes(
        shape[shape.count - 1], units, activation, from: from, steps: shape.count == 2 ? shape[0] : nil)
      try go(to: Array(shape.dropLast()) + [units], by: planned(.dense(sizes)), layer)
    case .recurrent(let cell, let units, let returnsSequence, let isBidirectional):
      guard shape.count == 2 else { throw refusal(layer, reads: "[T, D]") }
      let sizes = RecurrentSizes(
        cell: cell, inputs: shape[1], units: units, returnsSequence: returnsSequence, isBidirectional: isBidirectional)
      try go(to: (returnsSequence ? [shape[0]] : []) + [sizes.outputs], by: planned(.recurrent(sizes)), layer)
    case .convolution(let filters, let kernel, let stride, let activation):
      let images = try images(layer)
      guard max(stride.height, stride.width) <= max(shape[0], shape[1]) else {
        throw PlanError("\(part).\(layer.name), \(layer): a stride larger than its images of \(shape[0])x\(shape[1])")
      }
      let sizes = ConvolutionSizes(
        channels: shape[2], filters: filters, kernel: kernel, stride: stride, activation: activation, images: images)
      try go(to: [sizes.small.height, sizes.small.width, filters], by: planned(.convolution(sizes)), layer)
    case .transposedConvolution(let filters, let kernel, let stride, let size, let activation):
      let images = try images(layer)
      guard kernel.height >= stride.height, kernel.width >= stride.width else {
        throw PlanError("\(part).\(layer.name), \(layer): a kernel smaller than the stride leaves pixels out")
      }
      try checkSize(Double(shape[0]) * Double(stride.height) * Double(shape[1]) * Double(stride.width), layer)
      let most = Size2D(height: shape[0] * stride.height, width: shape[1] * stride.width)
      let sizes = ConvolutionSizes(
        channels: shape[2], filters: filters, kernel: kernel, stride: stride, activation: activation, images: images,
        large: size ?? most)
      guard [sizes.small.height, sizes.small.width] == [shape[0], shape[1]] else {
        throw PlanError(
          "\(part).\(layer.name), \(layer), makes at most \(most.sides) of \(shape[0])x\(shape[1]), and less by less than its "
            + "stride")
      }
      try go(to: [sizes.large.height, sizes.large.width, filters], by: planned(.transposedConvolution(sizes)), layer)
    case .flatten:
      if shape.count == 3 && shape[2] > 1 {
        flattened = ImageShape(height: shape[0], width: shape[1], channels: shape[2])
      }
      try go(to: [shape.reduce(1, *)], by: .flattened(images: flattened), layer)
    case .images(let height, let width, let channels):
      guard Double(height) * Double(width) * Double(channels) == Double(shape.reduce(1, *)) else {
        throw refusal(layer, reads: "\(height)x\(width)x\(channels) numbers")
      }
      let images = ImageShape(height: height, width: width, channels: channels)
      // A dense layer's weights lie so in programs that have an image's channels first that it makes them in that order.
      var isMadeInOrder = channels == 1
      if case .layer(let last)? = steps.last, case .dense(var sizes) = last.kind, sizes.steps == nil {
        sizes.to = images
        steps[steps.count - 1] = .layer(PlannedLayer(last.place, .dense(sizes)))
        isMadeInOrder = true
      }
      try go(to: images.sizes, by: .images(images, isMadeInOrder: isMadeInOrder), layer)
    case .repeated(let count):
      guard shape.count == 1 else { throw refusal(layer, reads: "[n]") }
      try go(to: [count, shape[0]], by: .repeated(count), layer)
    case .embedding(let units):
      guard let count = vocabulary else {
        throw PlanError("\(part).\(layer.name), \(layer), reads a text, but \(before) gives \(shape)")
      }
      vocabulary = nil
      try go(
        to: [shape[0], units],
        by: planned(.embedding(EmbeddingSizes(vocabulary: count, units: units, steps: shape[0]))), layer)
    case .teacherForcing(let wordDropout, let units):
      let sizes = try forced(layer, wordDropout: wordDropout, units: units)
      try go(to: [sizes.steps, sizes.inputs + sizes.features], by: .forced(sizes), layer)
      isForced = true
    case .maskChannel:
      guard example == nil else {
        throw PlanError("\(part).\(layer.name): a mask channel is for encoders, and this is a decoder")
      }
      // What stands before it may give the example another shape, and nothing else.
      let isExample = steps.allSatisfy { step in
        switch step {
        case .flattened, .images: true
        case .repeated, .forced, .maskChannel, .layer: false
        }
      }
      guard isExample else {
        throw PlanError("\(part).\(layer.name): a mask channel reads the example itself: put it before \(before)")
      }
      try go(
        to: Array(shape.dropLast()) + [2 * shape[shape.count - 1]], by: .maskChannel(images: shape.count == 3), layer)
    }
  }

  /// What teacher forcing reads.
  private mutating func forced(
    _ layer: LayerPlan, wordDropout: Double, units: Int?
  ) throws(PlanError) -> ForcedSizes {
    guard let example else {
      throw PlanError("\(part).\(layer.name): teacher forcing is for decoders, and this is an encoder")
    }
    guard shape.count == 1 else { throw refusal(layer, reads: "[n]") }
    guard example.steps > 1 else {
      throw PlanError("\(part).\(layer.name): teacher forcing reads the step before, and an example is \(example)")
    }
    var embedding: PlannedLayer?
    if case .text(let steps, let vocabulary) = example {
      guard let units else {
        throw PlanError("\(part).\(layer.name): teacher forcing of a text needs the units of its embedding")
      }
      guard names.insert("embedding").inserted else { throw PlanError("\(part).embedding is the name of two layers") }
      embedding = PlannedLayer(
        [part, "embedding"], .embedding(EmbeddingSizes(vocabulary: vocabulary, units: units, steps: steps)))
    } else if units != nil {
      throw PlanError("\(part).\(layer.name): an embedding reads texts, and an example is \(example)")
    }
    return ForcedSizes(
      steps: example.steps, inputs: shape[0], features: units ?? example.features, wordDropout: wordDropout,
      embedding: embedding)
  }

  /// Refuses layers that see steps that are not made yet.
  private func checkForced(_ layer: LayerPlan) throws(PlanError) {
    switch layer.kind {
    case .dense, .recurrent(_, _, returnsSequence: true, isBidirectional: false): return
    case .flatten where shape.count == 2: return
    case .recurrent, .convolution, .transposedConvolution, .flatten, .images, .repeated, .embedding, .teacherForcing,
      .maskChannel:
      throw PlanError(
        "\(part).\(layer.name), \(layer), stands behind teacher forcing, where only dense and recurrent layers can, that "
          + "read forward and return the sequence")
    }
  }

  /// What a convolution reads.
  private func images(_ layer: LayerPlan) throws(PlanError) -> ImageShape {
    guard shape.count == 3 else { throw refusal(layer, reads: "[height, width, C]") }
    return ImageShape(height: shape[0], width: shape[1], channels: shape[2])
  }

  private mutating func go(
    to shape: [Int], by step: PlannedLayers.Step, _ layer: LayerPlan
  ) throws(PlanError) {
    try checkSize(shape.reduce(1) { $0 * Double($1) }, layer)
    steps.append(step)
    self.shape = shape
    before = "\(part).\(layer.name), \(layer),"
  }

  private func checkSize(_ numbers: Double, _ layer: LayerPlan) throws(PlanError) {
    guard numbers <= Double(Self.mostNumbers) else {
      throw PlanError("\(part).\(layer.name), \(layer), gives \(numbers) numbers, which no machine can hold")
    }
  }

  private func refusal(_ layer: LayerPlan, reads what: String) -> PlanError {
    PlanError("\(part).\(layer.name), \(layer), reads \(what), but \(before) gives \(shape)")
  }
}
