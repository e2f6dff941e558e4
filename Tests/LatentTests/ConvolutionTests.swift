import Latent
import TestSupport
import Testing

/// Convolutions and their transposes against Keras, central differences and the plain implementation.
@Suite struct ConvolutionTests {
  /// Images of `size` with C channels, a kernel and O channels out.
  struct Case: Sendable, CustomTestStringConvertible {
    let batch: Int
    let size: (Int, Int), kernel: (Int, Int), strides: (Int, Int), channels: (Int, Int)
    let padding: Padding
    let isTransposed: Bool

    var image: [Int] { [batch, size.0, size.1, channels.0] }
    var kernelShape: [Int] {
      [kernel.0, kernel.1] + (isTransposed ? [channels.1, channels.0] : [channels.0, channels.1])
    }
    var testDescription: String {
      "\(isTransposed ? "transposed " : "")\(image) by \(kernelShape), strides \(strides), \(padding)"
    }

    func callAsFunction(_ operands: Operands, _ tape: Tape, _ activation: Activation = .linear) -> Variable {
      let (x, kernel, bias) = (operands("x", on: tape), operands("kernel", on: tape), operands("bias", on: tape))
      let strides = Patches.Strides(height: strides.0, width: strides.1)
      if isTransposed {
        return conv2DTranspose(
          x, kernel: kernel, bias: bias, strides: strides, padding: padding, activation: activation)
      }
      return conv2D(x, kernel: kernel, bias: bias, strides: strides, padding: padding, activation: activation)
    }

    var plain: Plain.Convolution {
      if isTransposed {
        return Plain.Convolution(
          transposedImage: image, kernel: kernelShape, strides: strides, isSame: padding == .same)
      }
      return Plain.Convolution(image: image, kernel: kernelShape, strides: strides, isSame: padding == .same)
    }

    func operands(_ element: ElementType) -> Operands {
      var sample = SampleValues(seed: 7)
      func tensor(_ shape: [Int]) -> Tensor {
        Tensor(sample.numbers(shape.reduce(1, *)), shape: shape, element: element)
      }
      return Operands(["x": tensor(image), "kernel": tensor(kernelShape), "bias": tensor([channels.1])])
    }
  }

  /// Single pixels, odd and uneven sizes, strides beyond the kernel, kernels beyond the image.
  static let cases: [Case] = {
    typealias Sizes = ((Int, Int), (Int, Int), (Int, Int), (Int, Int))  // images, kernel, strides, channels
    let ordinary: [Sizes] = [
      ((1, 1), (1, 1), (1, 1), (1, 1)), ((5, 4), (3, 3), (1, 1), (2, 3)), ((5, 6), (3, 2), (2, 2), (1, 2)),
      ((7, 5), (2, 1), (3, 4), (2, 1)), ((4, 7), (4, 5), (1, 2), (1, 1)), ((6, 3), (1, 3), (2, 1), (3, 2)),
    ]
    let beyondTheImage: [Sizes] = [
      ((2, 3), (5, 7), (1, 1), (1, 2)), ((3, 1), (4, 6), (2, 3), (2, 1)), ((1, 2), (7, 3), (5, 1), (1, 1)),
    ]
    var cases: [Case] = []
    for isTransposed in [false, true] {
      for padding in Padding.allCases {
        for (size, kernel, strides, channels) in ordinary + (padding == .same ? beyondTheImage : []) {
          cases.append(
            Case(
              size: size, kernel: kernel, strides: strides, channels: channels, padding: padding,
              isTransposed: isTransposed))
        }
      }
    }
    return cases
  }()

  @Test(arguments: cases, [1, 2])
  func differences(_ one: Case, _ batch: Int) {
    let one = one.with(batch: batch)
    #expect(gradientMismatches(of: one.operands(.float64)) { one($0, $1, .tanh) } == [])
  }

  @Test(arguments: [false, true], Activation.allCases)
  func activations(_ isTransposed: Bool, _ activation: Activation) {
    let one = Case(
      size: (3, 3), kernel: (2, 2), strides: (1, 2), channels: (2, 2), padding: .same, isTransposed: isTransposed)
    var operands = one.operands(.float64)
    if [.relu, .elu, .leakyRelu].contains(activation) {  // away from the corner, on both of its sides
      operands.updateParameters {
        if $0 == "bias" { $1.value = Tensor([4, -4], shape: [2], element: .float64) }
        if $0 == "kernel" {
          $1.value = Tensor($1.value.values.map { $0 * 0.4 }, shape: $1.value.shape, element: .float64)
        }
      }
    }
    #expect(gradientMismatches(of: operands) { one($0, $1, activation) } == [])
  }

  /// Each operand alone, the others constants: their gradients are not wanted.
  @Test(arguments: ["x", "kernel", "bias"], [false, true])
  func oneOperand(_ wanted: String, _ isTransposed: Bool) {
    let one = Case(
      size: (3, 4), kernel: (2, 3), strides: (1, 2), channels: (2, 3), padding: .same, isTransposed: isTransposed)
    let tensors = Dictionary(uniqueKeysWithValues: one.operands(.float64).parameters.map { ($0.path, $0.value) })
    #expect(
      gradientMismatches(of: Operands([wanted: tensors[wanted]!])) { operands, tape in
        func operand(_ name: String) -> Variable {
          name == wanted ? operands(name, on: tape) : tape.constant(tensors[name]!)
        }
        let strides = Patches.Strides(height: 1, width: 2)
        return (isTransposed ? conv2DTranspose : conv2D)(
          operand("x"), operand("kernel"), operand("bias"), strides, .same, .linear)
      } == [])
  }

  /// The same weights and the same images used twice: all uses add up.
  @Test(arguments: [false, true])
  func sharedOperands(_ isTransposed: Bool) {
    let one = Case(
      size: (3, 4), kernel: (2, 3), strides: (1, 1), channels: (2, 2), padding: .same, isTransposed: isTransposed)
    #expect(
      gradientMismatches(of: one.operands(.float64)) { operands, tape in
        let (x, kernel, bias) = (operands("x", on: tape), operands("kernel", on: tape), operands("bias", on: tape))
        let layer = isTransposed ? conv2DTranspose : conv2D
        let strides = Patches.Strides(height: 1, width: 1)
        let once = layer(x, kernel, bias, strides, .same, .tanh)
        return layer(once, kernel, bias, strides, .same, .sigmoid) * x + once
      } == [])
  }

  @Test(arguments: cases, ElementType.allCases)
  func plain(_ one: Case, _ element: ElementType) {
    for batch in [1, 3] { checkPlain(one.with(batch: batch), element) }
  }

  /// More images than are seen at a time, the last block being smaller.
  @Test(arguments: [false, true], ElementType.allCases)
  func blocks(_ isTransposed: Bool, _ element: ElementType) {
    let (size, channels) = isTransposed ? ((15, 15), (2, 20)) : ((30, 30), (20, 2))
    checkPlain(
      Case(
        batch: 4, size: size, kernel: (3, 3), strides: (2, 2), channels: channels, padding: .same,
        isTransposed: isTransposed), element)
  }

  /// Channels around the widths of vectors and panels, and few ones beside many, which have a loop of their own.
  @Test(arguments: [(1, 1), (1, 33), (33, 1), (3, 17), (17, 3), (7, 17), (33, 7)], ElementType.allCases)
  func channels(_ channels: (Int, Int), _ element: ElementType) {
    for stride in 1...3 {
      for padding in Padding.allCases {
        for isTransposed in [false, true] {
          checkPlain(
            Case(
              size: (4, 5), kernel: (3, 3), strides: (stride, stride), channels: channels, padding: padding,
              isTransposed: isTransposed), element)
        }
      }
    }
  }

  private func checkPlain(_ one: Case, _ element: ElementType) {
    let operands = one.operands(element)
    let values = Dictionary(uniqueKeysWithValues: operands.parameters.map { ($0.path, $0.value.values) })
    let (x, kernel, bias) = (values["x"]!, values["kernel"]!, values["bias"]!)
    let plain = one.plain
    let z = plain.preactivation(x, kernel: kernel, bias: bias)
    let places = one.isTransposed ? plain.large : plain.small
    var sample = SampleValues(seed: 11)
    let upstream = Tensor(
      sample.numbers(z.count), shape: [one.batch, places.rows, places.columns, one.channels.1], element: element)
    let dz = zip(z, upstream.values).map { Plain.Activation.sigmoid.derivative($0) * $1 }
    let expected = plain.backward(x, kernel: kernel, upstream: dz)
    let tolerance = element == .float32 ? 1e-5 : 1e-12
    let (layout, workspace) = (ParameterLayout(of: operands), Workspace())
    let gradients = Gradients(layout: layout)
    for slot in layout.slots { gradients.flat[slot.range].fill(.nan) }
    for _ in 0..<2 {  // the second time in memory that holds the first one's numbers
      let tape = Tape(layout: layout, workspace: workspace)
      let y = one(operands, tape, .sigmoid)
      #expect(y.shape == upstream.shape)
      #expect(maxRelativeError(y.tensor.values, z.map(Plain.sigmoid)) < tolerance)
      tape.backward(from: (y * tape.constant(upstream)).sum(), into: gradients)
      #expect(maxRelativeError(gradients["x"].values, expected.x) < tolerance)
      #expect(maxRelativeError(gradients["kernel"].values, expected.kernel) < tolerance)
      #expect(maxRelativeError(gradients["bias"].values, expected.bias) < tolerance)
    }
  }

  @Test(
    arguments: [(1, Padding.same), (1, .valid), (2, .same), (2, .valid)], ElementType.allCases)
  func keras(_ form: (stride: Int, padding: Padding), _ element: ElementType) throws {
    let names = [(path: "kernel", key: "kernel"), (path: "bias", key: "bias")]
    let strides = Patches.Strides(height: form.stride, width: form.stride)
    let convolution = Conv2D(
      inputChannels: 3, outputChannels: 4, kernelSize: (3, 3), strides: strides, padding: form.padding,
      key: RandomKey(seed: 1), element: element)
    checkAgainstKeras(
      try Golden.load("conv2d_stride\(form.stride)_\(form.padding)"), element, convolution, names: names
    ) { $0($1) }
    let transposed = Conv2DTranspose(
      inputChannels: 3, outputChannels: 4, kernelSize: (3, 3), strides: strides, padding: form.padding,
      key: RandomKey(seed: 1), element: element)
    checkAgainstKeras(
      try Golden.load("conv2d_transpose_stride\(form.stride)_\(form.padding)"), element, transposed, names: names
    ) { $0($1) }
  }

  @Test func layersStartAsInKeras() {
    let layer = Conv2D(inputChannels: 5, outputChannels: 7, kernelSize: (3, 2), key: RandomKey(seed: 1))
    let limit = (6.0 / Double(6 * (5 + 7))).squareRoot()
    let values = layer.kernel.value.values
    #expect(values.allSatisfy { abs($0) <= limit } && values.contains { abs($0) > 0.9 * limit })
    #expect(layer.bias.value.values == [Double](repeating: 0, count: 7))
    #expect(layer.strides == .init(height: 1, width: 1) && layer.padding == .valid && layer.activation == .linear)
    let transposed = Conv2DTranspose(inputChannels: 5, outputChannels: 7, kernelSize: (3, 2), key: RandomKey(seed: 1))
    #expect(transposed.kernel.value.shape == [3, 2, 7, 5] && transposed.bias.value.shape == [7])
  }

  @Test func misuse() async {
    let channels = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv2D(inputChannels: 3, outputChannels: 2, kernelSize: (3, 3), key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [1, 5, 5, 4])))
    }
    #expect(message(channels).contains("conv2D: x [1, 5, 5, 4], kernel [3, 3, 3, 2], bias [2] do not fit"))
    let small = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv2D(inputChannels: 3, outputChannels: 2, kernelSize: (3, 3), key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [1, 5, 2, 3])))
    }
    #expect(message(small).contains("a kernel of [3, 3] with valid padding does not fit on an image of [5, 2, 3]"))
    let transposed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv2DTranspose(inputChannels: 3, outputChannels: 2, kernelSize: (3, 3), key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [1, 5, 5])))
    }
    #expect(message(transposed).contains("conv2DTranspose: x [1, 5, 5], kernel [3, 3, 2, 3], bias [2] do not fit"))
    let elements = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv2D(inputChannels: 3, outputChannels: 2, kernelSize: (3, 3), key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [1, 5, 5, 3], element: .float64)))
    }
    #expect(message(elements).contains("conv2D: x float64, kernel float32, bias float32 differ"))
    let strides = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Patches.Strides(height: 0, width: 1)
    }
    #expect(message(strides).contains("strides: 0 and 1 must be positive"))
  }

  private func message(_ result: ExitTest.Result?) -> String {
    result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "no result"
  }
}

extension ConvolutionTests.Case {
  init(
    size: (Int, Int), kernel: (Int, Int), strides: (Int, Int), channels: (Int, Int), padding: Padding,
    isTransposed: Bool
  ) {
    self.init(
      batch: 1, size: size, kernel: kernel, strides: strides, channels: channels, padding: padding,
      isTransposed: isTransposed)
  }

  func with(batch: Int) -> Self {
    Self(
      batch: batch, size: size, kernel: kernel, strides: strides, channels: channels, padding: padding,
      isTransposed: isTransposed)
  }
}
