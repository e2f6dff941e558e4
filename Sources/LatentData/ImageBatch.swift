import Latent

/// Some images of a data set, as a model reads them.
public struct ImageBatch {
  /// [B, T, D]: B images of T rows of D pixels, each in 0...1.
  public let images: Tensor
  /// One label for each image, where the data set has them.
  public let labels: [UInt8]?
  /// Which noise each image gets: its index in the data set.
  public let streams: [UInt64]
  /// The key of this epoch's noise.
  public let noiseKey: RandomKey

  public init(images: Tensor, labels: [UInt8]?, streams: [UInt64], noiseKey: RandomKey) {
    self.images = images
    self.labels = labels
    self.streams = streams
    self.noiseKey = noiseKey
  }

  /// Standard normal noise [B, columns], a function of key and image alone: the same however images are batched.
  public func noise(columns: Int, workspace: Workspace? = nil) -> Tensor {
    .normalNoise(key: noiseKey, streams: streams, columns: columns, element: images.element, workspace: workspace)
  }
}

extension Dataset: SplittableData {
  /// The pixels of an image.
  public var elementsPerExample: Int { height * width }

  /// The images at `indices`, as numbers in 0...1, black and white where they are to be, with the noise that belongs to them.
  public func batch(_ indices: ArraySlice<Int>, in context: BatchContext = BatchContext()) -> ImageBatch {
    let images = Tensor(
      uninitialized: [indices.count, height, width], element: context.element, workspace: context.workspace)
    withPixels { images.storage.gather($0, images: indices, columns: height * width, scale: 1.0 / 255) }
    binarization?.apply(to: images, streams: indices.lazy.map(UInt64.init), in: context)
    return ImageBatch(
      images: images, labels: labels.map { labels in indices.map { labels[labels.startIndex + $0] } },
      streams: indices.map(UInt64.init), noiseKey: context.noiseKey)
  }

  /// The first `count` images.
  public func firstBatch(_ count: Int, element: ElementType = .float32) -> ImageBatch {
    batch(Array(0..<min(count, self.count))[...], in: BatchContext(element: element))
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
