import Latent
import LatentKernels

/// Some images of a data set, as a model reads them.
public struct Batch {
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
    let noise = Tensor(uninitialized: [streams.count, columns], element: images.element, workspace: workspace)
    noise.storage.fillNormal(key: noiseKey.bits, streams: streams, columns: columns)
    return noise
  }
}

/// A model that says what its training is to minimise.
public protocol TrainableModel: Module {
  /// The loss of a batch, averaged over its examples.
  func loss(_ batch: Batch, tape: Tape) -> LossTerms
}

extension Dataset {
  /// The images at `indices`, as numbers in 0...1, with the noise that belongs to them.
  public func batch(
    _ indices: ArraySlice<Int>, noiseKey: RandomKey, element: ElementType = .float32, workspace: Workspace? = nil
  ) -> Batch {
    let images = Tensor(uninitialized: [indices.count, height, width], element: element, workspace: workspace)
    withPixels { images.storage.gather($0, images: indices, columns: height * width, scale: 1.0 / 255) }
    return Batch(
      images: images, labels: labels.map { labels in indices.map { labels[labels.startIndex + $0] } },
      streams: indices.map(UInt64.init), noiseKey: noiseKey)
  }
}
