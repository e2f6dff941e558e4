import Latent
import LatentVAE
import TestSupport
import Testing

/// Encoders and decoders without a recurrence: against central differences at every coordinate, and against the plain
/// implementation, layer by layer as Keras's example lists them.
@Suite struct FeedForwardTests {
  /// A part of a model with its input as a parameter, and the parameters' values.
  private struct Probe<Part: Module>: Module {
    var input: Parameter
    var part: Part

    mutating func visit(_ visitor: inout ParameterVisitor) {
      visitor.visit("input", &input)
      visitor.visit("part", &part)
    }

    func values(_ path: String) -> [Double] { parameters.first { $0.path == "part.\(path)" }!.value.values }

    func dense(_ name: String, _ activation: Plain.Activation) -> Plain.Chain.Layer {
      .dense(.init(kernel: values("\(name).kernel"), bias: values("\(name).bias"), activation: activation))
    }

    /// A layer of strides `stride` with kernels of 3x3 and same padding; `image` is [B, height, width, C].
    func convolution(
      _ name: String, _ image: [Int], filters: Int, stride: Int, isTransposed: Bool, _ activation: Plain.Activation
    ) -> Plain.Chain.Layer {
      let strides = (stride, stride)
      let convolution =
        isTransposed
        ? Plain.Convolution(
          transposedImage: image, kernel: [3, 3, filters, image[3]], strides: strides, isSame: true)
        : Plain.Convolution(image: image, kernel: [3, 3, image[3], filters], strides: strides, isSame: true)
      return .convolution(
        convolution, kernel: values("\(name).kernel"), bias: values("\(name).bias"), activation)
    }
  }

  /// A part with random biases too, and random input in 0...1.
  private func probe<Part: Module>(_ part: Part, _ input: [Int], _ element: ElementType, seed: Int) -> Probe<Part> {
    var sample = SampleValues(seed: seed)
    let count = input.reduce(1, *)
    var probe = Probe(
      input: Parameter(Tensor(sample.numbers(count, 0...1), shape: input, element: element)), part: part)
    probe.updateParameters { path, parameter in
      guard path.hasSuffix("bias") else { return }
      parameter.value = Tensor(
        sample.numbers(parameter.value.count, -0.5...0.5), shape: parameter.value.shape, element: element)
    }
    return probe
  }

  /// Gradients of a probe's result, whose layers are `names`, against central differences and the plain chain's.
  private func check<Part: Module>(
    _ make: (ElementType, Int) -> Probe<Part>, _ chain: (Probe<Part>) -> Plain.Chain, _ names: [String],
    _ call: @escaping (Part, Variable) -> Variable
  ) {
    func smooth(_ element: ElementType) -> Probe<Part> {
      for seed in 1...2000 {
        let probe = make(element, seed)
        if chain(probe).distanceFromCorners(probe.input.value.values) > 0.01 { return probe }
      }
      fatalError("no model is smooth")
    }
    #expect(gradientMismatches(of: smooth(.float64)) { call($0.part, $0.input.on($1)) } == [])
    for element in ElementType.allCases {
      let probe = smooth(element)
      let (x, plain) = (probe.input.value.values, chain(probe))
      let expected = plain.outputs(x).last!
      var sample = SampleValues(seed: 3)
      let upstream = Tensor(sample.numbers(expected.count), shape: [expected.count], element: element)
      let tolerance = element == .float32 ? 1e-5 : 1e-12
      let (_, gradients) = valueWithGradients(of: probe) { probe, tape in
        let y = call(probe.part, probe.input.on(tape))
        #expect(maxRelativeError(y.tensor.values, expected) < tolerance)
        return (y.reshaped(to: [expected.count]) * tape.constant(upstream)).sum()
      }
      let right = plain.backward(x, upstream: upstream.values)
      #expect(maxRelativeError(gradients["input"].values, right.x) < tolerance)
      for (name, layer) in zip(names, right.layers) {
        #expect(maxRelativeError(gradients["part.\(name).kernel"].values, layer.kernel) < tolerance, "\(name)")
        #expect(maxRelativeError(gradients["part.\(name).bias"].values, layer.bias) < tolerance, "\(name)")
      }
    }
  }

  /// Both heads of an encoder, one after the other.
  private func checkEncoder<E: Encoder>(
    _ make: (ElementType, Int) -> E, _ input: [Int], _ chain: (Probe<E>) -> [Plain.Chain.Layer], _ names: [String]
  ) {
    for head in ["mean", "logVariance"] {
      check(
        { element, seed in probe(make(element, seed), input, element, seed: seed) },
        { Plain.Chain(chain($0) + [$0.dense(head, .linear)]) }, names + [head],
        { head == "mean" ? $0($1).mean : $0($1).logVariance })
    }
  }

  @Test(arguments: [([3, 2, 4], 5, 2), ([1, 1, 1], 1, 1), ([2, 5, 3], 3, 3)])
  func mlpEncoder(_ input: [Int], _ hidden: Int, _ latent: Int) {
    checkEncoder(
      { element, seed in
        MLPEncoder(
          inputSize: input[1] * input[2], hiddenSize: hidden, latentSize: latent, key: RandomKey(seed: UInt64(seed)),
          element: element)
      }, input, { [$0.dense("hidden", .relu)] }, ["hidden"])
  }

  /// Sizes that strides of 2 divide and others, down to a single pixel.
  @Test(arguments: [([2, 4, 4], (2, 3)), ([1, 5, 3], (1, 2)), ([2, 1, 1], (2, 1)), ([1, 6, 7], (1, 1))])
  func convolutionalEncoder(_ input: [Int], _ filters: (first: Int, second: Int)) {
    checkEncoder(
      { element, seed in
        ConvolutionalEncoder(
          height: input[1], width: input[2], filters: filters, hiddenSize: 3, latentSize: 2,
          key: RandomKey(seed: UInt64(seed)), element: element)
      }, input,
      { probe in
        let half = [input[0], (input[1] + 1) / 2, (input[2] + 1) / 2, filters.first]
        return [
          probe.convolution("first", input + [1], filters: filters.first, stride: 2, isTransposed: false, .relu),
          probe.convolution("second", half, filters: filters.second, stride: 2, isTransposed: false, .relu),
          probe.dense("hidden", .relu),
        ]
      }, ["first", "second", "hidden"])
  }

  @Test(arguments: [([2, 3], (4, 4), (2, 1)), ([1, 1], (4, 8), (1, 2)), ([1, 2], (8, 4), (2, 1))])
  func convolutionalDecoder(_ input: [Int], _ size: (height: Int, width: Int), _ filters: (first: Int, second: Int)) {
    check(
      { element, seed in
        let decoder = ConvolutionalDecoder(
          latentSize: input[1], height: size.height, width: size.width, filters: filters,
          key: RandomKey(seed: UInt64(seed)), element: element)
        return probe(decoder, input, element, seed: seed)
      },
      { probe in
        func layer(
          _ name: String, _ divisor: Int, _ channels: Int, _ filters: Int, stride: Int, _ activation: Plain.Activation
        ) -> Plain.Chain.Layer {
          probe.convolution(
            name, [input[0], size.height / divisor, size.width / divisor, channels], filters: filters, stride: stride,
            isTransposed: true, activation)
        }
        return Plain.Chain([
          probe.dense("hidden", .relu),
          layer("first", 4, filters.first, filters.first, stride: 2, .relu),
          layer("second", 2, filters.first, filters.second, stride: 2, .relu),
          layer("output", 1, filters.second, 1, stride: 1, .linear),
        ])
      }, ["hidden", "first", "second", "output"],
      {
        let logits = $0($1)
        #expect(logits.shape == [input[0], size.height * size.width])
        return logits
      })
  }

  @Test func misuse() async {
    func message(_ result: ExitTest.Result?) -> String {
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "no result"
    }
    let decoder = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConvolutionalDecoder(latentSize: 2, height: 28, width: 30)
    }
    #expect(
      message(decoder).contains("images of [28, 30]; two strides of 2 make heights and widths that are multiples"))
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConvolutionalEncoder(height: 0, width: 28, latentSize: 2)
    }
    #expect(message(empty).contains("ConvolutionalEncoder: images of [0, 28] have no pixels"))
    let images = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConvolutionalEncoder(height: 28, width: 28, latentSize: 2)(Tape().constant(Tensor(zeros: [1, 28, 27])))
    }
    #expect(message(images).contains("ConvolutionalEncoder: x [1, 28, 27] is not [B, 28, 28]"))
  }
}
