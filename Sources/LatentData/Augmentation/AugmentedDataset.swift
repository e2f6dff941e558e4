import Latent
import LatentKernels

/// A data set whose examples are changed by chance whenever a batch is made of them.
///
///     let (training, validation) = images.split(validationFraction: 0.3)
///     let more = AugmentedDataset(training, Augmentation("shift=2,flip")!, within: 0...1)
///     try trainer.fit(&vae, to: more, validation: validation, epochs: 30)
///
/// What is drawn for an example depends on the seed, the epoch and the example alone: the same bits for any number of threads,
/// shards and processes, and in a run that goes on. A mask of what is observed moves with its values. ``originals(_:)``, the
/// checksum and all parts but the first one of a split are as they were.
public struct AugmentedDataset<Base: Dataset>: Dataset {
  /// The examples as they are.
  public let base: Base
  /// How they are changed.
  public let augmentation: Augmentation
  /// What numbers may be, into which noise and factors are brought back; nil for any.
  public let range: ClosedRange<Double>?

  /// - Parameters:
  ///   - augmentation: one that examples of this shape can have
  ///   - range: what numbers may be, such as 0...1 of images
  public init(_ base: Base, _ augmentation: Augmentation, within range: ClosedRange<Double>? = nil) {
    if let problem = augmentation.problem(for: base.shape) { require(false, "AugmentedDataset: \(problem)") }
    (self.base, self.augmentation, self.range) = (base, augmentation, range)
  }

  public var count: Int { base.count }
  public var elementsPerExample: Int { base.elementsPerExample }
  public var shape: ExampleShape { base.shape }
  public var name: String { base.name }
  public var provenance: String { base.provenance }
  public var sha256: String { base.sha256 }
  public var labels: [UInt8]? { base.labels }
  public var classNames: [String]? { base.classNames }

  private func with(_ base: Base, _ augmentation: Augmentation? = nil) -> AugmentedDataset {
    AugmentedDataset(base, augmentation ?? self.augmentation, within: range)
  }

  public subscript(examples: Range<Int>) -> AugmentedDataset { with(base[examples]) }
  public func chosen(_ indices: [Int]) -> AnyDataset {
    AnyDataset(AugmentedDataset<AnyDataset>(base.chosen(indices), augmentation, within: range))
  }

  /// The first part is for learning and augmented; the others are measured on, and as they are.
  public func cut(leaving fractions: [Double]) -> [AugmentedDataset] {
    base.cut(leaving: fractions).enumerated().map { with($1, $0 == 0 ? nil : Augmentation()) }
  }

  public func originals(_ indices: [Int]) -> Tensor { base.originals(indices) }
  public func prefetch(_ indices: ArraySlice<Int>) { base.prefetch(indices) }

  public func batch(_ indices: ArraySlice<Int>, in context: BatchContext) -> ExampleBatch {
    var batch = base.batch(indices, in: context)
    if augmentation.isNone || indices.isEmpty { return batch }
    // Keys of its own: whatever else is drawn for these examples stays what it was.
    let key = context.noiseKey.child("augmentation")
    let moves = moves(batch.streams, key)
    func moved(_ x: Tensor) -> Tensor {
      let y = Tensor(uninitialized: x.shape, element: x.element, workspace: context.workspace)
      let (height, width, channels) = pixels
      y.storage.assignMoved(x.storage, moves, height: height, width: width, channels: channels)
      return y
    }
    // In memory of its own: the values may be those of the data set itself.
    batch.values = moved(batch.values)
    batch.observed = batch.observed.map(moved)
    change(batch, key, context)
    return batch
  }

  /// What moves: an image's pixels, and the steps of a series.
  private var pixels: (height: Int, width: Int, channels: Int) {
    switch shape {
    case .image(let height, let width, let channels): (height, width, channels)
    case .series(let steps, let features): (steps, 1, features)
    case .text(let steps, _): (steps, 1, 1)
    case .vector(let size): (1, 1, size)
    }
  }

  private func moves(_ streams: [UInt64], _ key: RandomKey) -> [Storage.Move] {
    let (down, right, mirror) = (key.child("down"), key.child("right"), key.child("mirror"))
    var isImage: Bool { if case .image = shape { true } else { false } }
    return streams.map { stream in
      var move = Storage.Move()
      if augmentation.shift > 0 {
        move.down = down.child(stream).whole(upTo: augmentation.shift)
        if isImage { move.right = right.child(stream).whole(upTo: augmentation.shift) }
      }
      move.isMirrored = augmentation.flips && mirror.child(stream).bits >> 63 == 1
      return move
    }
  }

  /// Factors, then noise.
  private func change(_ batch: ExampleBatch, _ key: RandomKey, _ context: BatchContext) {
    guard augmentation.scale > 0 || augmentation.noise > 0 else { return }
    let (values, size) = (batch.values.storage, shape.count)
    if augmentation.scale > 0 {
      let factors = key.child("scale")
      for (row, stream) in batch.streams.enumerated() {
        let example = values[row * size..<(row + 1) * size]
        example.assign(example, times: 1 + augmentation.scale * (2 * factors.child(stream).fraction - 1))
      }
    }
    if augmentation.noise > 0 {
      let noise = Tensor.normalNoise(
        key: key.child("noise"), streams: batch.streams, columns: size, element: batch.values.element,
        workspace: context.workspace)
      values.assign(noise.storage, times: augmentation.noise, adding: 1)
    }
    if let range { values.clamp(to: range) }
    // What is missing is 0 for a model.
    if let observed = batch.observed { values.assign(.multiply, values, observed.storage) }
  }
}

extension RandomKey {
  /// A number of -most ... most, each as likely.
  fileprivate func whole(upTo most: Int) -> Int {
    Int(bits.multipliedFullWidth(by: UInt64(2 * most + 1)).high) - most
  }

  /// A number of 0 ..< 1.
  fileprivate var fraction: Double { Double(bits >> 11) * 0x1p-53 }
}
