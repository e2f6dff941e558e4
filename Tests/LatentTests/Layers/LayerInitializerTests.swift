import Latent
import TestSupport
import Testing

/// How layers start: as Keras's without a word, as PyTorch's with one.
@Suite struct LayerInitializerTests {
  private static let key = RandomKey(seed: 3)

  private struct Start {
    let kernel: Tensor, bias: Tensor?
    /// What goes into one result.
    let fanIn: Int
  }

  private func starts(_ initializer: Initializer) -> [Start] {
    let key = Self.key
    let dense = Dense(inputSize: 400, outputSize: 30, initializer: initializer, key: key)
    let conv1D = Conv1D(
      inputChannels: 40, outputChannels: 30, kernelSize: 5, initializer: initializer, key: key)
    let conv2D = Conv2D(
      inputChannels: 40, outputChannels: 20, kernelSize: 3, groups: 2, initializer: initializer, key: key)
    let conv3D = Conv3D(
      inputChannels: 8, outputChannels: 30, kernelSize: [2, 3, 2], initializer: initializer, key: key)
    let transposed = Conv2DTranspose(
      inputChannels: 30, outputChannels: 20, kernelSize: 3, initializer: initializer, key: key)
    let depthwise = DepthwiseConv2D(
      inputChannels: 300, kernelSize: 5, initializer: initializer, key: key)
    return [
      Start(kernel: dense.kernel.value, bias: dense.bias?.value, fanIn: 400),
      Start(kernel: conv1D.kernel.value, bias: conv1D.bias?.value, fanIn: 200),
      Start(kernel: conv2D.kernel.value, bias: conv2D.bias?.value, fanIn: 180),
      Start(kernel: conv3D.kernel.value, bias: conv3D.bias?.value, fanIn: 96),
      Start(kernel: transposed.kernel.value, bias: transposed.bias?.value, fanIn: 180),
      Start(kernel: depthwise.kernel.value, bias: depthwise.bias?.value, fanIn: 25),
    ]
  }

  /// The limits of PyTorch's `reset_parameters`: all of a kernel and of a bias within, and some of each near them.
  @Test func asPyTorch() {
    for start in starts(.torchUniform) {
      let limit = 1 / Double(start.fanIn).squareRoot()
      let largest = start.kernel.values.map(\.magnitude).max()!
      #expect(largest <= limit * 1.000001 && largest > 0.99 * limit, "\(start.kernel.shape)")
      let bias = start.bias!.values.map(\.magnitude).max()!
      #expect(bias <= limit * 1.000001 && bias > 0.6 * limit, "\(start.kernel.shape)")
      #expect(start.kernel.values.prefix(10) != start.bias!.values.prefix(10))
    }
  }

  /// Any other leaves the bias at 0, and the default is Glorot's.
  @Test func others() {
    let (usual, same) = (starts(.glorotUniform), Dense(inputSize: 400, outputSize: 30, key: Self.key))
    #expect(same.kernel.value.values == usual[0].kernel.values)
    for start in starts(.heNormal) + usual { #expect(start.bias!.values.allSatisfy { $0 == 0 }) }
    let constant = Conv2D(
      inputChannels: 2, outputChannels: 3, kernelSize: 1, hasBias: false, initializer: .constant(0.5),
      key: Self.key)
    #expect(constant.kernel.value.values.allSatisfy { $0 == 0.5 } && constant.bias == nil)
  }
}
