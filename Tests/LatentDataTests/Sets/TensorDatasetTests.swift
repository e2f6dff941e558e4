import Latent
import LatentData
import LatentKernels
import TestSupport
import Testing

/// Data sets of tensors of bfloat16: half the memory, and the batches of the numbers that they keep.
@Suite struct TensorDatasetTests {
  private static let (count, row) = (40, [3, 2])
  private static let whole: Tensor = {
    var sample = SampleValues(seed: 4)
    return Tensor(sample.numbers(count * 6), shape: [count] + row, element: .float64)
  }()
  private static let kept = whole.converted(to: .bfloat16)
  private static let observed = Tensor((0..<count * 6).map { $0 % 5 == 0 ? 0 : 1 }, shape: [count] + row)

  /// A batch as numbers: the values, the second tensor, and what is observed.
  private func numbers(_ data: TensorDataset, _ indices: [Int], in context: BatchContext) -> [[Double]] {
    let batch = data.batch(indices[...], in: context)
    let tensors = [batch.values] + batch.others + [batch.observed!]
    for tensor in tensors {
      #expect(tensor.element == context.element && tensor.shape == [indices.count] + Self.row)
    }
    return tensors.map(\.values)
  }

  @Test(arguments: ElementType.computing) func batchesAreThoseOfTheRoundedNumbers(_ element: ElementType) {
    let rounded = Self.kept.converted(to: .float32)
    #expect(rounded.values != Self.whole.values && Self.kept.values == rounded.values)
    let half = TensorDataset([Self.kept, Self.kept], observed: Self.observed.converted(to: .bfloat16))
    let single = TensorDataset([rounded, rounded], observed: Self.observed)
    for indices in [[0], [39, 3, 3, 20], Array(0..<40)] {
      for workspace in [nil, Workspace()] {
        let context = BatchContext(element: element, workspace: workspace)
        let found = numbers(half, indices, in: context)
        #expect(found == numbers(single, indices, in: context))
        #expect(
          found[0] == indices.flatMap { (row: Int) -> ArraySlice<Double> in rounded.values[row * 6..<row * 6 + 6] })
      }
    }
    #expect(
      numbers(half[10..<20], [9], in: BatchContext(element: element))
        == numbers(single, [19], in: BatchContext(element: element)))
    #expect(half.sha256 == single.sha256)
  }

  @Test func theyTakeHalfTheMemory() {
    func bytes(_ data: TensorDataset) -> Int {
      data.tensors.reduce(0) { $0 + $1.storage.withUnsafeBytes(\.count) }
    }
    let data = TensorDataset(Self.kept)
    #expect(2 * bytes(data) == bytes(TensorDataset(Self.kept.converted(to: .float32))))
    #expect(data[5..<9].tensors[0].storage.sharesMemory(with: Self.kept.storage))
  }

  /// A step takes no memory of the system after the first one.
  @Test func batchesLiveInTheWorkspace() {
    let (data, workspace) = (TensorDataset(Self.kept), Workspace())
    for _ in 0..<3 { _ = data.batch([1, 2, 3], in: BatchContext(workspace: workspace)) }
    let first = workspace.allocatedBytes
    for _ in 0..<5 { _ = data.batch([4, 5, 6], in: BatchContext(workspace: workspace)) }
    #expect(first > 0 && workspace.allocatedBytes == first)
  }

  @Test func theyAreScaled() {
    let data = TensorDataset([Self.kept], observed: Self.observed)
    let scaling = Scaling(.standard, of: data)
    let (scaled, single) = (
      data.scaled(by: scaling), TensorDataset([Self.kept.converted(to: .float32)], observed: Self.observed)
    )
    #expect(scaling == Scaling(.standard, of: single))
    let expected = single.scaled(by: scaling).tensors[0].converted(to: .bfloat16)
    #expect(scaled.tensors[0].element == .bfloat16 && scaled.tensors[0].values == expected.values)
  }

  /// A trained model is the same, bit for bit, whichever keeps the numbers.
  @Test func trainingIsThatOfTheRoundedNumbers() throws {
    func weights(_ x: Tensor) throws -> [Double] {
      var model = Dense(inputSize: 6, outputSize: 1, key: RandomKey(seed: 1))
      var optimizer = SGD(learningRate: 0.1)
      let data = TensorDataset(x.reshaped(to: [Self.count, 6]))
      for start in stride(from: 0, to: Self.count, by: 8) {
        let batch = data.batch(Array(start..<start + 8)[...], in: BatchContext())
        let (_, gradients) = valueWithGradients(of: model) { model, tape in
          model(tape.constant(batch.values)).squared().mean()
        }
        optimizer.update(&model, along: gradients)
      }
      return model.parameters.flatMap(\.value.values)
    }
    #expect(try weights(Self.kept) == weights(Self.kept.converted(to: .float32)))
  }
}
