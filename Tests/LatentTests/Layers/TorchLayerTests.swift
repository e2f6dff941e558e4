import Latent
import TestSupport
import Testing

/// Attention, blocks of Transformers and convolutions against PyTorch, through the public interface: outputs, and the gradients of what
/// goes in and of all weights.
@Suite struct TorchLayerTests {
  /// A layer, and what the gradients are asked for beside its weights.
  private struct Probe<Layer: Module>: Module {
    var layer: Layer
    var inputs: [String: Parameter]

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("layer", &layer)
      for name in inputs.keys.sorted() { visitor.visit("inputs.\(name)", &inputs[name]!) }
    }
  }

  /// What weights start with does not matter.
  private static let key = RandomKey(seed: 1)

  private func check<Layer: Module>(
    _ name: String, _ element: ElementType, _ layer: Layer, inputs: [String] = ["x"],
    pass: Pass = Pass(),
    _ run: (Layer, (String) -> Variable, Golden) -> Variable
  ) throws {
    let golden = try Golden.load(name)
    let tolerance = element == .float32 ? 1e-5 : 1e-12
    func tensor(_ key: String) -> Tensor { Tensor(golden[key], shape: golden.shape(of: key), element: element) }
    var model = Probe(
      layer: layer,
      inputs: Dictionary(uniqueKeysWithValues: inputs.map { ($0, Parameter(tensor($0))) }))
    var paths: Set<String> = []
    model.layer.updateParameters { path, parameter in
      #expect(parameter.value.shape == golden.shape(of: "weight.\(path)"), "\(path)")
      parameter.value = tensor("weight.\(path)")
      paths.insert("weight.\(path)")
    }
    #expect(paths == Set(golden.names.filter { $0.hasPrefix("weight.") }))
    let (_, gradients) = valueWithGradients(of: model, pass: pass) { model, tape in
      let y = run(
        model.layer, { name in model.inputs[name].map { $0.on(tape) } ?? tape.constant(tensor(name)) }, golden)
      guard y.shape == golden.shape(of: "y") else {
        Issue.record("y \(y.shape), not \(golden.shape(of: "y"))")
        return y.sum()
      }
      #expect(maxRelativeError(y.tensor.values, golden["y"]) < tolerance, "y")
      return (y * tape.constant(tensor("upstream"))).sum()
    }
    // Rounding of what cancels, such as the gradient of a key's bias, is held to the size of the others.
    let all = golden.names.filter { $0.hasPrefix("grad.") }
    let largest = all.flatMap { golden[$0] }.reduce(0) { max($0, abs($1)) }
    for key in all {
      let path = String(key.dropFirst("grad.".count))
      let found = gradients[inputs.contains(path) ? "inputs.\(path)" : "layer.\(path)"].values
      let error = zip(found, golden[key]).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(
        found.count == golden[key].count && error < 10 * tolerance * largest, "d/d\(path): \(error) of \(largest)")
    }
  }

  private func lengths(_ golden: Golden, _ key: String = "lengths") -> [Int] {
    golden.metadata[key]!.split(separator: ",").map { Int($0)! }
  }

  @Test(arguments: ElementType.computing)
  func attention(_ element: ElementType) throws {
    try check(
      "torch_attention", element,
      MultiHeadAttention(size: 6, heads: 2, contextSize: 5, key: Self.key, element: element),
      inputs: ["x", "context", "others"]
    ) { layer, input, golden in
      layer(
        input("x"), context: input("context"), values: input("others"), mask: .added(input("added").tensor),
        lengths: lengths(golden))
    }
  }

  @Test(arguments: ElementType.computing, [false, true])
  func encoderBlock(_ element: ElementType, isFirst: Bool) throws {
    try check(
      "torch_transformer_encoder_\(isFirst ? "pre" : "post")", element,
      TransformerEncoderBlock(
        size: 6, heads: 2, hiddenSize: 7, activation: isFirst ? .gelu : .relu, normFirst: isFirst, isCausal: isFirst,
        hasBias: !isFirst, key: Self.key, element: element)
    ) { $0($1("x"), lengths: lengths($2)) }
  }

  @Test(arguments: ElementType.computing, [false, true])
  func decoderBlock(_ element: ElementType, isFirst: Bool) throws {
    try check(
      "torch_transformer_decoder_\(isFirst ? "pre" : "post")", element,
      TransformerDecoderBlock(
        size: 6, heads: 2, hiddenSize: 7, activation: isFirst ? .gelu : .relu, normFirst: isFirst, key: Self.key,
        element: element), inputs: ["x", "context"]
    ) { $0($1("x"), context: $1("context"), contextLengths: lengths($2, "contextLengths")) }
  }

  @Test(arguments: ElementType.computing)
  func conv1D(_ element: ElementType) throws {
    try check(
      "torch_conv1d_dilated", element,
      Conv1D(
        inputChannels: 4, outputChannels: 6, kernelSize: 3, stride: 2, padding: 3, dilation: 2, groups: 2,
        key: Self.key,
        element: element)
    ) { layer, input, _ in layer(input("x")) }
  }

  @Test(arguments: ElementType.computing)
  func conv2D(_ element: ElementType) throws {
    try check(
      "torch_conv2d_dilated", element,
      Conv2D(
        inputChannels: 3, outputChannels: 4, kernelSize: [3, 2],
        padding: .explicit(top: 2, left: 1, bottom: 2, right: 1),
        dilation: [2, 3], key: Self.key, element: element)
    ) { layer, input, _ in layer(input("x")) }
    try check(
      "torch_conv2d_strided", element,
      Conv2D(
        inputChannels: 3, outputChannels: 4, kernelSize: 3, strides: [2, 3], padding: 2,
        dilation: 2, hasBias: false, key: Self.key, element: element)
    ) { layer, input, _ in layer(input("x")) }
    try check(
      "torch_conv2d_grouped", element,
      Conv2D(
        inputChannels: 6, outputChannels: 4, kernelSize: 3, strides: 2, padding: 1,
        groups: 2, key: Self.key, element: element)
    ) { layer, input, _ in layer(input("x")) }
  }

  @Test(arguments: ElementType.computing)
  func depthwiseConv2D(_ element: ElementType) throws {
    try check(
      "torch_conv2d_depthwise", element,
      DepthwiseConv2D(
        inputChannels: 3, kernelSize: 3, depthMultiplier: 2, strides: [1, 2], padding: 1,
        key: Self.key, element: element)
    ) { layer, input, _ in layer(input("x")) }
  }

  @Test(arguments: ElementType.computing)
  func conv2DTranspose(_ element: ElementType) throws {
    try check(
      "torch_conv2d_transpose", element,
      Conv2DTranspose(
        inputChannels: 3, outputChannels: 2, kernelSize: [4, 3], strides: 2, padding: 1,
        hasBias: false, key: Self.key, element: element)
    ) { layer, input, _ in layer(input("x")) }
  }

  @Test(arguments: ElementType.computing)
  func conv3D(_ element: ElementType) throws {
    try check(
      "torch_conv3d", element,
      Conv3D(
        inputChannels: 2, outputChannels: 3, kernelSize: [2, 3, 2], strides: [2, 1, 2], padding: 1,
        dilation: [1, 2, 1], key: Self.key, element: element)
    ) { layer, input, _ in layer(input("x")) }
  }

  @Test(arguments: ElementType.computing)
  func weightNorm(_ element: ElementType) throws {
    try check(
      "torch_weight_norm", element, WeightNorm(Dense(inputSize: 4, outputSize: 3, key: Self.key, element: element))
    ) { layer, input, _ in layer(input("x")) }
  }

  /// A step of training, with what becomes of the singular vectors.
  @Test(arguments: ElementType.computing)
  func spectralNorm(_ element: ElementType) throws {
    let golden = try Golden.load("torch_spectral_norm")
    func buffer(_ name: String) -> Buffer {
      Buffer(Tensor(golden[name], shape: golden.shape(of: name), element: element))
    }
    var norm = SpectralNorm(
      Conv2D(
        inputChannels: 3, outputChannels: 4, kernelSize: [2, 3], padding: 1, key: Self.key, element: element))
    (norm.u, norm.v) = (buffer("u"), buffer("v"))
    try check(
      "torch_spectral_norm", element,
      norm, pass: Pass(isTraining: true)
    ) { layer, input, _ in
      let x = input("x")
      let y = layer(x)
      let next = x.tape.bufferUpdates.map(\.value.values)
      for (found, name) in zip(next, ["next.u", "next.v"]) {
        #expect(maxRelativeError(found, golden[name]) < (element == .float32 ? 1e-5 : 1e-12), "\(name)")
      }
      #expect(next.count == 2)
      return y
    }
  }
}
