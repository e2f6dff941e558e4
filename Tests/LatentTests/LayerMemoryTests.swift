import Latent
import TestSupport
import Testing

/// A step of each layer after the first takes no memory that the first one did not.
@Suite struct LayerMemoryTests {
  /// Bytes that a workspace asked for after each of three steps.
  private func bytes<M: Module>(
    _ model: M, _ shape: [Int], _ call: @escaping (M, Variable) -> Variable
  ) -> [Int] {
    let (layout, workspace) = (ParameterLayout(of: model), Workspace())
    let x = Tensor(repeating: 0.5, shape: shape)
    return (0..<3).map { _ in
      _ = valueWithGradients(
        of: model, layout: layout, workspace: workspace, pass: Pass(isTraining: true)
      ) { model, tape in
        call(model, tape.constant(x)).sum()
      }
      return workspace.allocatedBytes
    }
  }

  private func expectSteady(_ bytes: [Int], _ name: String) {
    #expect(bytes[0] > 0 && Set(bytes).count == 1, "\(name): \(bytes)")
  }

  @Test func stepsTakeNoNewMemory() {
    let key = RandomKey(seed: 1)
    for resetsAfter in [true, false] {
      let gru = GRU(inputSize: 3, hiddenSize: 17, resetsAfter: resetsAfter, returnsSequence: true, key: key)
      expectSteady(bytes(gru, [2, 5, 3]) { $0($1) }, "GRU")
    }
    let convolution = Conv2D(inputChannels: 3, outputChannels: 5, kernelSize: (3, 3), padding: .same, key: key)
    expectSteady(bytes(convolution, [4, 9, 9, 3]) { $0($1) }, "Conv2D")
    let transposed = Conv2DTranspose(inputChannels: 3, outputChannels: 5, kernelSize: (3, 3), key: key)
    expectSteady(bytes(transposed, [4, 9, 9, 3]) { $0($1) }, "Conv2DTranspose")
    expectSteady(bytes(LayerNorm(size: 40), [9, 40]) { $0($1) }, "LayerNorm")
    expectSteady(bytes(BatchNorm(size: 40), [9, 40]) { $0($1) }, "BatchNorm")
    let bidirectional = BidirectionalLSTM(inputSize: 3, hiddenSize: 7, returnsSequence: true, key: key)
    expectSteady(bytes(bidirectional, [2, 5, 3]) { $0($1) }, "BidirectionalLSTM")
  }
}
