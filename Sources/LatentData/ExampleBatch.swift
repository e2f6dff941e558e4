import Latent

/// Some examples of a data set, as a model reads them.
public struct ExampleBatch: Sendable {
  /// [B] and the dimensions of an example: [B, T, D] of images, B images of T rows of D pixels in 0...1, and of series.
  public var values: Tensor
  /// What else there is of the examples, such as targets: [B, ...] each.
  public var others: [Tensor]
  /// 1 where a value is known and 0 where it is missing, of the shape of ``values``; nil where all are known.
  public var observed: Tensor?
  /// The steps of each example that count, from the first on: [B]; nil where all do.
  public var lengths: [Int]?
  /// A label for each example, where the data have them: [B].
  public var labels: [UInt8]?
  /// Which noise each example gets, its number in the data set: [B].
  public var streams: [UInt64]
  /// The key of this epoch's noise.
  public var noiseKey: RandomKey

  public init(
    values: Tensor, others: [Tensor] = [], observed: Tensor? = nil, lengths: [Int]? = nil, labels: [UInt8]? = nil,
    streams: [UInt64], noiseKey: RandomKey
  ) {
    require(
      observed.map { $0.shape == values.shape } ?? true,
      "ExampleBatch: observed \(observed?.shape ?? []), values \(values.shape); both must have one shape")
    (self.values, self.others, self.observed) = (values, others, observed)
    (self.lengths, self.labels) = (lengths, labels)
    (self.streams, self.noiseKey) = (streams, noiseKey)
  }

  /// B
  public var count: Int { streams.count }

  /// The tensor with this number: ``values``, and from 1 on ``others``.
  public subscript(index: Int) -> Tensor { index == 0 ? values : others[index - 1] }

  /// Standard normal noise [B, columns], a function of key and example alone: the same however examples are batched.
  public func noise(columns: Int, workspace: Workspace? = nil) -> Tensor {
    .normalNoise(key: noiseKey, streams: streams, columns: columns, element: values.element, workspace: workspace)
  }
}

extension Tensor {
  /// Standard normal noise, a row for each stream: [streams.count, columns].
  public static func normalNoise(
    key: RandomKey, streams: [UInt64], columns: Int, element: ElementType = .float32, workspace: Workspace? = nil
  ) -> Tensor {
    let noise = Tensor(uninitialized: [streams.count, columns], element: element, workspace: workspace)
    noise.storage.fillNormal(key: key.bits, streams: streams, columns: columns)
    return noise
  }
}
