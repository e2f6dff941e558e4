import Latent
import LatentData
import LatentFiles
import LatentVAE

/// A trained model on any number of images, batch by batch on all workers. Results don't depend on the workers' number.
///
/// Where the workers' sum is over several processes, each calls the method with the same model and images and computes a
/// part of them; all get the whole result, with the bits of one process.
extension SavedModel {
  /// The latent Gaussian of each image: mean and log-variance [N, Z].
  ///
  /// - Parameter seed: of what is drawn where the images are made black and white by chance
  public func encode(
    _ images: some Dataset, seed: UInt64 = 0, on workers: DataParallel
  ) -> (mean: Tensor, logVariance: Tensor) {
    let joined = encode(images, seed: seed, on: workers, into: JoinedCodes(images.count, of: self)) { $0.append($1) }
    return (joined.mean.tensor, joined.logVariance.tensor)
  }

  /// Encodes a few images at a time and hands over their latent Gaussians in the images' order.
  package func encode<Result: Sendable>(
    _ images: some Dataset, seed: UInt64 = 0, on workers: DataParallel, into result: Result,
    add: @Sendable (inout Result, LatentCodes) -> Void
  ) -> Result {
    workers.fold(images, as: "encoding", in: evaluationContext(seed: seed), into: result) {
      LatentCodes(model.encode($0))
    } add: {
      add(&$0, $1)
    }
  }

  /// Latent points to images in 0...1: [N, Z] -> [N, T, D].
  ///
  /// - Parameter label: what a conditional model decodes them as
  public func decode(_ points: Tensor, label: UInt8? = nil, on workers: DataParallel) -> Tensor {
    decode(points, labels: label.map { [UInt8](repeating: $0, count: points.shape[0]) }, on: workers)
  }

  /// The same with a label for each point: N for a conditional model, nil for any other.
  public func decode(_ points: Tensor, labels: [UInt8]?, on workers: DataParallel) -> Tensor {
    let images = JoinedRows([points.shape[0]] + example.dimensions, element: element)
    return decode(points, labels: labels, on: workers, into: images) { $0.append($1) }.tensor
  }

  /// Decodes a few points at a time and hands over their images in the points' order.
  ///
  /// - Parameters:
  ///   - drawing: how examples are drawn of what the points are decoded to, each by its number; nil for the means
  ///   - add: gets images [B, T D] in 0...1
  package func decode<Result: Sendable>(
    _ points: Tensor, labels: [UInt8]?, drawing: (temperature: Double, key: RandomKey)? = nil,
    on workers: DataParallel, into result: Result, add: @Sendable (inout Result, Tensor) -> Void
  ) -> Result {
    let data = TensorDataset([points], labels: labels)
    let size = DataParallel.evaluationSize(elements: example.count)
    return workers.fold(data, as: "decoding", batchSize: size, in: BatchContext(element: element), into: result) {
      batch in
      guard let drawing else { return model.decode(batch.values, labels: batch.labels) }
      return model.sample(
        batch.values, labels: batch.labels, temperature: drawing.temperature, key: drawing.key, streams: batch.streams)
    } add: {
      add(&$0, $1)
    }
  }

  /// The images decoded from their means: [N, T, D].
  ///
  /// - Parameter seed: of what is drawn where the images are made black and white by chance
  public func reconstruct(_ images: some Dataset, seed: UInt64 = 0, on workers: DataParallel) -> Tensor {
    let joined = JoinedRows([images.count] + example.dimensions, element: element)
    return reconstruct(images, seed: seed, on: workers, into: joined) { $0.append($1) }.tensor
  }

  /// Reconstructs a few images at a time and hands them over in the images' order.
  ///
  /// - Parameter add: gets images [B, T D] in 0...1
  package func reconstruct<Result: Sendable>(
    _ images: some Dataset, seed: UInt64 = 0, on workers: DataParallel, into result: Result,
    add: @Sendable (inout Result, Tensor) -> Void
  ) -> Result {
    workers.fold(images, as: "reconstructing", in: evaluationContext(seed: seed), into: result) {
      model.reconstruct($0)
    } add: {
      add(&$0, $1)
    }
  }

  /// The mean losses of the images in nats: the negative evidence lower bound with its parts `reconstruction` and `kl`, or
  /// the importance-weighted bound.
  ///
  /// - Parameters:
  ///   - samples: K, latent points drawn for each image
  ///   - seed: of what is drawn
  public func losses(of images: some Dataset, samples: Int = 1, seed: UInt64 = 0, on workers: DataParallel) -> Losses {
    var model = model
    model.objective = samples == 1 ? EvidenceLowerBound() : ImportanceWeightedBound(samples: samples)
    // Each sample takes a decoder's output: fewer images at a time where there are many of them.
    let size = DataParallel.evaluationSize(elements: samples * example.count)
    let label = samples == 1 ? "losses" : "losses of \(samples) samples"
    return workers.fold(
      images, as: label, batchSize: size, in: evaluationContext(seed: seed), into: LossSums()
    ) { [model] batch in
      LossSums(model.loss(batch, tape: Tape(pass: Pass().repeatable)), examples: batch.count)
    } add: {
      $0.add($1)
    }.losses
  }

  /// What batches of images are made with, where a trained model is looked at.
  package func evaluationContext(seed: UInt64) -> BatchContext {
    BatchContext(noiseKey: RandomKey(seed: seed).child("evaluation"), element: element)
  }
}

/// The latent Gaussians of some examples, mean and log-variance [B, Z].
package struct LatentCodes: Gatherable {
  package let mean: Tensor
  package let logVariance: Tensor

  package init(_ codes: (mean: Tensor, logVariance: Tensor)) { (mean, logVariance) = codes }

  package func write(to message: inout ShardMessage) {
    mean.write(to: &message)
    logVariance.write(to: &message)
  }

  package init(from message: inout ShardMessage) {
    (mean, logVariance) = (Tensor(from: &message), Tensor(from: &message))
  }
}

/// Those of all examples, which come a few at a time.
package struct JoinedCodes: Sendable {
  package private(set) var mean: JoinedRows
  package private(set) var logVariance: JoinedRows

  /// - Parameters:
  ///   - element: what they are kept as; the model's type where left out
  ///   - isKept: as of ``JoinedRows``
  package init(_ count: Int, of saved: SavedModel, as element: ElementType? = nil, isKept: Bool = true) {
    mean = JoinedRows([count, saved.latentSize], element: element ?? saved.element, isKept: isKept)
    logVariance = JoinedRows([count, saved.latentSize], element: element ?? saved.element, isKept: isKept)
  }

  package mutating func append(_ codes: LatentCodes) {
    mean.append(codes.mean)
    logVariance.append(codes.logVariance)
  }
}
