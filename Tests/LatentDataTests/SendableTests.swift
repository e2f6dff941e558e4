import Latent
import Testing

@testable import LatentData

/// What data sets, models and steps give out may go to other threads: this compiles only where it is `Sendable`.
@Suite struct SendableTests {
  private func crosses<Value: Sendable>(_ type: Value.Type) -> Bool { true }

  @Test func batchesModelsAndGradients() async {
    #expect(crosses(ExampleBatch.self) && crosses(JoinedWindows.self) && crosses(BatchContext.self))
    #expect(crosses(ImageDataset.self) && crosses(TensorDataset.self) && crosses(SeriesDataset.self))
    #expect(crosses(TextDataset.self) && crosses(AnyDataset.self) && crosses(AugmentedDataset<ImageDataset>.self))
    #expect(crosses(Tensor.self) && crosses(Parameter.self) && crosses(Buffer.self) && crosses(Gradients.self))
    #expect(crosses(Dense.self) && crosses(LSTM.self) && crosses(BatchNorm.self) && crosses((any Module).self))
    #expect(crosses(Adam.self) && crosses(OptimizerState.self) && crosses(RandomKey.self) && crosses(Pass.self))
    let batch = ImageDataset.synthetic(count: 4).firstBatch(2)
    let mean = await Task.detached { batch.values.mean().scalar }.value
    #expect(mean == batch.values.mean().scalar)
  }
}
