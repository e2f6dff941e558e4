import Latent
import LatentFiles

/// Examples as the rows of tensors: for each example its row of the first tensor, of the second, and so on.
///
///     let data = TensorDataset(x, y)               // x [N, 28, 3], y [N, 1]
///     try trainer.fit(&model, to: data, epochs: 10) { model, batch, tape in
///       LossTerms(total: squaredError(model(tape.constant(batch[0])), targets: batch[1]))
///     }
///
/// The tensors may be of any element type: batches are made in the model's. Those of bfloat16 take half the memory of float32:
///
///     let data = TensorDataset(x.converted(to: .bfloat16), y)
public struct TensorDataset: Dataset {
  /// [N, ...] each: the values, and what else there is of the examples
  public internal(set) var tensors: [Tensor]
  public let shape: ExampleShape
  public let name: String
  public let provenance: String
  public let labels: [UInt8]?
  public let classNames: [String]?
  /// 1 where a value is known and 0 where it is missing, of the first tensor's shape; nil where all are known.
  public let observed: Tensor?
  /// The steps of each example that count: [N]; nil where all do.
  public let lengths: [Int]?
  public internal(set) var scaling: Scaling?

  /// - Parameter tensors: [N, ...] each
  public init(_ tensors: Tensor...) { self.init(tensors) }

  /// The same of a list, with what else is known.
  ///
  /// - Parameters:
  ///   - tensors: [N, ...] each; the first has the values
  ///   - shape: what an example of the first tensor is, whose rows then get the shape's dimensions. Where left out, the
  ///     tensor stays as it is: rows of one dimension are vectors, of two series, of three images [H, W, C].
  ///   - observed: 1 where a value is known and 0 where it is missing, of the first tensor's shape
  ///   - lengths: the steps of each example that count: [N]
  ///   - labels: [N]
  ///   - name: what people call it
  ///   - provenance: one line on where the examples are from; the name where left out
  ///   - classNames: what the labels stand for, by their numbers
  public init(
    _ tensors: [Tensor], shape: ExampleShape? = nil, observed: Tensor? = nil, lengths: [Int]? = nil,
    labels: [UInt8]? = nil, name: String = "tensors", provenance: String? = nil, classNames: [String]? = nil
  ) {
    require(
      !tensors.isEmpty && tensors.allSatisfy { !$0.shape.isEmpty && $0.shape[0] == tensors[0].shape.first },
      "TensorDataset: tensors of the shapes \(tensors.map(\.shape)) are not N examples each")
    let dimensions = tensors[0].shape
    require(
      shape.map { $0.count == dimensions.dropFirst().reduce(1, *) } ?? true,
      "TensorDataset: \(dimensions) are not examples of the shape \(shape?.dimensions ?? [])")
    require(
      observed.map { $0.shape == dimensions } ?? true,
      "TensorDataset: observed \(observed?.shape ?? []), values \(dimensions); both must have one shape")
    for (what, count) in [("lengths", lengths?.count), ("labels", labels?.count)] {
      require(
        count == nil || count == dimensions[0],
        "TensorDataset: \(count ?? 0) \(what), values \(dimensions)"
          + "; one is needed for each row")
    }
    func shaped(_ tensor: Tensor) -> Tensor {
      shape.map { tensor.reshaped(to: [dimensions[0]] + $0.dimensions) } ?? tensor
    }
    self.tensors = [shaped(tensors[0])] + tensors.dropFirst()
    self.shape = shape ?? ExampleShape(rows: Array(dimensions.dropFirst()))
    (self.observed, self.lengths, self.labels) = (observed.map(shaped), lengths, labels)
    (self.name, self.provenance, self.classNames) = (name, provenance ?? name, classNames)
  }

  /// Some of the rows, as `rows` takes them from a tensor.
  private init<Places: Sequence<Int>>(_ whole: TensorDataset, _ places: Places, rows: (Tensor) -> Tensor) {
    tensors = whole.tensors.map(rows)
    observed = whole.observed.map(rows)
    lengths = whole.lengths.map { lengths in places.map { lengths[$0] } }
    labels = whole.labels.map { labels in places.map { labels[$0] } }
    scaling = whole.scaling
    (shape, name, provenance, classNames) = (whole.shape, whole.name, whole.provenance, whole.classNames)
  }

  public var count: Int { tensors[0].shape[0] }

  /// The elements of an example's rows.
  public var elementsPerExample: Int { tensors.reduce(0) { $0 + $1.count } / max(count, 1) }

  /// The rows with these numbers; no element is copied.
  public subscript(examples: Range<Int>) -> TensorDataset { TensorDataset(self, examples) { $0[rows: examples] } }

  /// The rows with these numbers, copied.
  public func chosen(_ indices: [Int]) -> AnyDataset {
    AnyDataset(TensorDataset(self, indices) { $0.rows(indices[...]) })
  }

  /// The examples' rows, in the model's element type.
  public func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
    func rows(_ tensor: Tensor) -> Tensor {
      tensor.rows(indices, workspace: context.workspace).converted(to: context.element, workspace: context.workspace)
    }
    return ExampleBatch(
      values: rows(tensors[0]), others: tensors.dropFirst().map(rows), observed: observed.map(rows),
      lengths: lengths.map { lengths in indices.map { lengths[$0] } },
      labels: labels.map { labels in indices.map { labels[$0] } }, streams: indices.map(UInt64.init),
      noiseKey: context.noiseKey)
  }
}

extension ExampleShape {
  /// What the rows of a tensor are.
  init(rows: [Int]) {
    switch rows.count {
    case 2: self = .series(steps: rows[0], features: rows[1])
    case 3: self = .image(height: rows[0], width: rows[1], channels: rows[2])
    default: self = .vector(size: rows.reduce(1, *))
    }
  }
}
