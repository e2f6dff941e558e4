import Latent
import Testing

/// Convolutions beside what `ConvolutionCases` says of them: how they start and what they refuse.
@Suite struct ConvolutionTests {
  @Test func layersStartAsInKeras() {
    let layer = Conv2D(inputChannels: 5, outputChannels: 7, kernelSize: [3, 2], key: RandomKey(seed: 1))
    let limit = (6.0 / Double(6 * (5 + 7))).squareRoot()
    let values = layer.kernel.value.values
    #expect(values.allSatisfy { abs($0) <= limit } && values.contains { abs($0) > 0.9 * limit })
    #expect(layer.bias!.value.values == [Double](repeating: 0, count: 7))
    #expect(layer.strides == .init(height: 1, width: 1) && layer.padding == .valid && layer.activation == .linear)
    let transposed = Conv2DTranspose(inputChannels: 5, outputChannels: 7, kernelSize: [3, 2], key: RandomKey(seed: 1))
    #expect(transposed.kernel.value.shape == [3, 2, 7, 5] && transposed.bias!.value.shape == [7])
  }

  @Test func misuse() async {
    let channels = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv2D(inputChannels: 3, outputChannels: 2, kernelSize: 3, key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [1, 5, 5, 4])))
    }
    #expect(message(channels).contains("conv2D: x [1, 5, 5, 4], kernel [3, 3, 3, 2], bias [2] do not fit"))
    let small = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv2D(inputChannels: 3, outputChannels: 2, kernelSize: 3, key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [1, 5, 2, 3])))
    }
    #expect(message(small).contains("a kernel of [3, 3] with valid padding does not fit on an image of [5, 2, 3]"))
    let transposed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv2DTranspose(inputChannels: 3, outputChannels: 2, kernelSize: 3, key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [1, 5, 5])))
    }
    #expect(message(transposed).contains("conv2DTranspose: x [1, 5, 5], kernel [3, 3, 2, 3], bias [2] do not fit"))
    let elements = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv2D(inputChannels: 3, outputChannels: 2, kernelSize: 3, key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [1, 5, 5, 3], element: .float64)))
    }
    #expect(message(elements).contains("conv2D: x float64, kernel float32, bias float32 differ"))
    let strides = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Conv2D(inputChannels: 3, outputChannels: 2, kernelSize: 3, strides: [0, 1], key: RandomKey(seed: 1))(
        Tape().constant(Tensor(zeros: [1, 5, 5, 3])))
    }
    #expect(message(strides).contains("convolution: strides [0, 1] must be positive"))
    let sizes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MaxPool2D(size: [2, 2, 2])
    }
    #expect(message(sizes).contains("Size2D: [2, 2, 2] has 3 numbers; needs [height, width]"))
  }
}
