import Latent
import LatentFiles

/// Examples as the rows of tensors: for each example its row of the first tensor, of the second, and so on.
///
///     let data = TensorDataset(x, y)               // x [N, 28, 3], y [N, 1]
///     try trainer.fit(&model, to: data, epochs: 10) { model, batch, tape in
///       LossTerms(total: squaredError(model(tape.constant(batch[0])), targets: batch[1]))
///     }
public struct TensorDataset: SplittableData {
  /// [N, ...] each
  public let tensors: [Tensor]

  /// - Parameter tensors: [N, ...] each, of the model's element type
  public init(_ tensors: Tensor...) { self.init(tensors) }

  /// The same of a list.
  public init(_ tensors: [Tensor]) {
    require(
      !tensors.isEmpty && tensors.allSatisfy { !$0.shape.isEmpty && $0.shape[0] == tensors[0].shape.first },
      "TensorDataset: tensors of the shapes \(tensors.map(\.shape)) are not N examples each")
    self.tensors = tensors
  }

  public var count: Int { tensors[0].shape[0] }

  /// The elements of an example's rows.
  public var elementsPerExample: Int { tensors.reduce(0) { $0 + $1.count } / max(count, 1) }

  public func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> TensorBatch {
    TensorBatch(
      tensors: tensors.map { tensor in
        require(
          tensor.element == context.element,
          "TensorDataset: \(tensor.shape) of \(tensor.element) for a model of \(context.element); convert it first")
        return tensor.rows(indices, workspace: context.workspace)
      }, streams: indices.map(UInt64.init), noiseKey: context.noiseKey)
  }

  public func split(validationFraction: Double) -> (training: TensorDataset, validation: TensorDataset) {
    let cut = validationCut(count: count, validationFraction: validationFraction)
    return (
      TensorDataset(tensors.map { $0[rows: 0..<cut] }), TensorDataset(tensors.map { $0[rows: cut..<count] })
    )
  }
}

/// Some examples of a ``TensorDataset``.
public struct TensorBatch {
  /// [B, ...] each
  public let tensors: [Tensor]
  /// Which noise each example gets: its number in the data set.
  public let streams: [UInt64]
  /// The key of this epoch's noise.
  public let noiseKey: RandomKey

  public init(tensors: [Tensor], streams: [UInt64], noiseKey: RandomKey) {
    self.tensors = tensors
    self.streams = streams
    self.noiseKey = noiseKey
  }

  /// The examples' rows of the tensor with this number: [B, ...].
  public subscript(index: Int) -> Tensor { tensors[index] }

  /// Standard normal noise [B, columns], a function of key and example alone.
  public func noise(columns: Int, workspace: Workspace? = nil) -> Tensor {
    .normalNoise(key: noiseKey, streams: streams, columns: columns, element: tensors[0].element, workspace: workspace)
  }
}
