import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

/// What is measured of a trained auto-encoder on images, or other examples, that it was not trained on.
public struct ModelMeasures: Sendable, Equatable {
  /// N
  public let images: Int
  /// P, pixels of an image.
  public let pixels: Int
  /// What the reconstruction loss is.
  public let loss: LikelihoodKind
  /// Whether the images are black and white: only then is binary cross-entropy a likelihood.
  public let areBinary: Bool
  /// The negative evidence lower bound with its parts `reconstruction` and `kl`, a latent point for each image.
  public let losses: Losses
  /// The importance-weighted bound, where more samples were asked for.
  public let importanceWeighted: (samples: Int, loss: Double)?
  /// The latent Gaussians.
  public let latents: LatentStatistics
  /// How the divergence splits.
  public let posterior: AggregatedPosterior
  /// The decoded means against the images.
  public let quality: ImageQuality
  /// What is counted by tokens; nil of examples that are no texts.
  public let tokens: TokenMeasures?
  /// What the means say about the labels; nil without labels.
  public let labels: LabelAccuracy?
  /// Dead units, saturated gates, odd weights.
  public let health: ModelHealth
  /// The share of the likelihood's variances or scales that are held by their lower bound; nil where it has none.
  public let spreadsAtBound: Double?

  public static func == (a: ModelMeasures, b: ModelMeasures) -> Bool {
    a.images == b.images && a.pixels == b.pixels && a.loss == b.loss && a.areBinary == b.areBinary
      && a.losses == b.losses && a.importanceWeighted?.samples == b.importanceWeighted?.samples
      && a.importanceWeighted?.loss == b.importanceWeighted?.loss && a.latents == b.latents
      && a.posterior == b.posterior && a.quality == b.quality && a.tokens == b.tokens && a.labels == b.labels
      && a.health == b.health
      && a.spreadsAtBound == b.spreadsAtBound
  }

  /// The bound in bits per pixel, or token; nil where the loss is not in nats.
  public var bitsPerPixel: Double? {
    loss.isInNats ? losses.total / ((tokens?.perText ?? Double(pixels)) * 2.0.logarithm) : nil
  }

  /// The perplexity of a token, of as many equally probable ones as it is as hard to guess: the exponential of the bound per
  /// token, which the true one is at most; nil of examples that are no texts.
  public var perplexity: Double? { tokens.map { (losses.total / $0.perText).exponential } }

  /// Whether the loss is a bound of a likelihood.
  public var isLikelihood: Bool { loss.isInNats && (loss.support != .binary || areBinary) }
}

extension SavedModel {
  /// Measures the model.
  ///
  /// Where the workers' sum is over several processes, each calls this with the same model and images. They share the
  /// images, and all get the same measures.
  ///
  /// - Parameters:
  ///   - images: at least one, of the model's size, with labels where it is conditional. What compares every image with
  ///     every other takes the first 10,000.
  ///   - samples: K of the importance-weighted bound; none for 1
  ///   - seed: of all that is drawn
  public func measures(
    on images: some Dataset, samples: Int = 1, seed: UInt64 = 0, workers: DataParallel
  ) -> ModelMeasures {
    require(images.count > 0, "SavedModel.measures: no examples")
    let nothing = Found(images.count, self)
    let windows = nothing.quality.windows
    // Of the images themselves nothing is kept.
    let found = workers.fold(images, as: "measuring", in: evaluationContext(seed: seed), into: nothing) { batch in
      let codes = model.encode(batch)
      let decoded = model.decode(codes.mean, labels: batch.labels).reshaped(to: batch.values.shape)
      return FoundPart(
        codes: LatentCodes(codes), tokens: TokenMeasures.Part(of: decoded, against: batch),
        quality: ImageQuality.Part(of: decoded, against: batch.values, shape: example, in: windows),
        areBinary: batch.values.isBlackAndWhite)
    } add: {
      $0.add($1)
    }
    var bounded = model
    bounded.objective = EvidenceLowerBound()
    let (mean, logVariance) = (found.codes.mean.tensor, found.codes.logVariance.tensor)
    let compared = 0..<min(images.count, 10_000)
    return ModelMeasures(
      images: images.count, pixels: example.count, loss: likelihood, areBinary: found.areBinary,
      losses: losses(of: images, seed: seed, on: workers),
      importanceWeighted: samples > 1
        ? (samples, losses(of: images, samples: samples, seed: seed, on: workers).total) : nil,
      latents: LatentStatistics(mean: mean, logVariance: logVariance),
      posterior: AggregatedPosterior(
        mean: mean[rows: compared], logVariance: logVariance[rows: compared], seed: seed, sharedBy: workers.sum),
      quality: ImageQuality(found.quality), tokens: TokenMeasures(found.tokens, of: example, texts: images.count),
      labels: images.labels.flatMap {
        LabelAccuracy(means: mean[rows: compared], labels: Array($0[compared]), sharedBy: workers.sum)
      },
      health: ModelHealth(of: bounded, on: images, workers: workers) { _ = $0.loss($1, tape: $2) },
      spreadsAtBound: shareAtBound(mean, labels: images.labels))
  }

  /// The share of the likelihood's spreads that their bound holds, over the first 256 examples at most, a few at a time: what
  /// is measured takes no more memory than training.
  private func shareAtBound(_ means: Tensor, labels: [UInt8]?) -> Double? {
    let (count, size) = (min(means.shape[0], 256), DataParallel.evaluationSize(elements: example.count))
    var sum = 0.0
    for start in stride(from: 0, to: count, by: size) {
      let rows = start..<min(start + size, count)
      guard let share = model.shareAtBound(means[rows: rows], labels: labels.map { Array($0[rows]) }) else {
        return nil
      }
      sum += share * Double(rows.count)
    }
    return count > 0 ? sum / Double(count) : nil
  }
}

/// What is kept of images while they come.
private struct Found: Sendable {
  var codes: JoinedCodes
  var quality: ImageQuality.Sums
  var tokens = TokenMeasures.Part()
  var areBinary = true

  init(_ count: Int, _ saved: SavedModel) {
    codes = JoinedCodes(count, of: saved)
    quality = ImageQuality.Sums(of: saved.example)
  }

  mutating func add(_ part: FoundPart) {
    codes.append(part.codes)
    quality.add(part.quality)
    tokens.add(part.tokens)
    areBinary = areBinary && part.areBinary
  }
}

/// What is found of a batch.
private struct FoundPart: Gatherable {
  let codes: LatentCodes
  let tokens: TokenMeasures.Part
  let quality: ImageQuality.Part
  let areBinary: Bool

  init(codes: LatentCodes, tokens: TokenMeasures.Part, quality: ImageQuality.Part, areBinary: Bool) {
    (self.codes, self.tokens, self.quality, self.areBinary) = (codes, tokens, quality, areBinary)
  }

  func write(to message: inout ShardMessage) {
    codes.write(to: &message)
    tokens.write(to: &message)
    quality.write(to: &message)
    areBinary.write(to: &message)
  }

  init(from message: inout ShardMessage) {
    codes = LatentCodes(from: &message)
    tokens = TokenMeasures.Part(from: &message)
    quality = ImageQuality.Part(from: &message)
    areBinary = Bool(from: &message)
  }
}

extension Tensor {
  /// Whether every element is 0 or 1.
  fileprivate var isBlackAndWhite: Bool {
    let x = Tape().constant(self)
    return (x * (1 - x)).abs().max().tensor.scalar == 0
  }
}
