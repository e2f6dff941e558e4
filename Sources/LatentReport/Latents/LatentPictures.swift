import Latent
import LatentData
import LatentFiles
import LatentMeasures
import LatentTraining
import LatentVAE

/// The pictures of what a trained auto-encoder has learned.
///
///     let saved = try SavedModel(contentsOf: "runs/first")
///     let pictures = try LatentPictures(of: saved, images: images, on: DataParallel(threads: 2, shards: 1))
///     try PNG.write(pictures.picture(.traversal), to: "traversal.png")
///
/// The same model, images and seed give the same pictures on any number of threads.
public struct LatentPictures: Sendable {
  /// What they are of.
  public let saved: SavedModel
  /// What is encoded; nil for the pictures of a model alone.
  public let images: (any Dataset)?
  /// The latent Gaussian of each image, mean and log-variance [N, Z]; nil without images.
  public let codes: (mean: Tensor, logVariance: Tensor)?
  /// What a conditional model decodes points as, in pictures that have no label of their own.
  public let label: UInt8?
  /// Of the samples and of t-SNE.
  public let seed: UInt64
  let workers: DataParallel

  /// - Parameters:
  ///   - images: of the model's size, with labels for a conditional model; all of them are encoded
  ///   - label: for a conditional model; nil for what each picture does without
  /// - Throws: ``LatentPictureError`` where the images don't fit the model, or its weights are not finite
  public init(
    of saved: SavedModel, images: (any Dataset)? = nil, label: UInt8? = nil, seed: UInt64 = 0, on workers: DataParallel
  ) throws(LatentPictureError) {
    (self.saved, self.images, self.label, self.seed, self.workers) = (saved, images, label, seed, workers)
    if let path = saved.model.parameters.first(where: { !$0.value.storage.isFinite() })?.path {
      throw LatentPictureError(nil, "the model's weights \(path) are not finite")
    }
    let example = saved.example
    if let label, !saved.classLabels.contains(label) {
      throw LatentPictureError(
        nil,
        !saved.classLabels.isEmpty
          ? "the model knows labels \(saved.classList), and not \(label)"
          : "the model is not conditional on labels, such as \(label)")
    }
    guard let images else {
      codes = nil
      return
    }
    guard images.shape.dimensions == example.dimensions, images.count > 0 else {
      throw LatentPictureError(
        nil,
        "the model is for \(example.plural) of \(example), and there are \(images.count) of "
          + "\(images.shape) in \(images.name)")
    }
    if !saved.classLabels.isEmpty {
      guard let labels = images.labels else {
        throw LatentPictureError(nil, "the model is conditional on labels, and \(images.name) has none")
      }
      let others = Set(labels).subtracting(saved.classLabels).sorted()
      guard others.isEmpty else {
        throw LatentPictureError(
          nil,
          "the model knows labels \(saved.classList), and \(images.name) has "
            + "\(LabelList(others, names: images.classNames))")
      }
    }
    codes = saved.encode(images, on: workers)
  }

  /// One of them.
  ///
  /// - Throws: ``LatentPictureError`` where it can't be made of this model and these images
  public func picture(_ kind: PictureKind) throws(LatentPictureError) -> Picture {
    if areTexts, kind.isOfExamples { throw LatentPictureError(kind, "texts are written, not drawn") }
    if areLines, let chart = try lines(kind) { return chart.picture() }
    return switch kind {
    case .reconstructions: try reconstructions()
    case .samples: try samples()
    case .interpolation: try interpolation()
    case .traversal: try traversal()
    case .manifold: try manifold()
    case .scatter: try scatter().picture()
    case .tsne: try tsne().picture()
    case .kl: try divergences().picture()
    case .curves: throw LatentPictureError(.curves, "they are drawn from the history of a run")
    }
  }

  /// The picture of series; nil for one that is the same of any examples.
  private func lines(_ kind: PictureKind) throws(LatentPictureError) -> SeriesChart? {
    switch kind {
    case .reconstructions: try seriesReconstructions()
    case .samples: seriesSamples()
    case .interpolation: try seriesInterpolation()
    case .traversal: seriesTraversal()
    case .manifold, .scatter, .tsne, .kl, .curves: nil
    }
  }

  var latentSize: Int { saved.latentSize }

  /// The latent dimensions, and the KL divergence of each in nats: those with the largest first. Without examples these are not
  /// known, and the dimensions are in their order.
  var rankedDimensions: (order: [Int], divergences: [Double]?) {
    guard let codes else { return (Array(0..<latentSize), nil) }
    let kl = LatentStatistics(mean: codes.mean, logVariance: codes.logVariance).divergences
    return (kl.indices.sorted { (kl[$0], $1) > (kl[$1], $0) }, kl)
  }

  /// Of the images.
  var scale: Int { ImageGrid.scale(height: saved.example.steps, width: columns) }

  /// Pixels of a row of an image.
  var columns: Int { saved.example.drawn?.width ?? saved.example.features }

  /// - Throws: ``LatentPictureError`` without images
  func encoded(
    for kind: PictureKind
  ) throws(LatentPictureError) -> (images: any Dataset, mean: Tensor, logVariance: Tensor) {
    guard let images, let codes else { throw LatentPictureError(kind, "it is made from images, and there are none") }
    guard codes.mean.storage.isFinite(), codes.logVariance.storage.isFinite() else {
      throw LatentPictureError(kind, "the codes are not finite")
    }
    return (images, codes.mean, codes.logVariance)
  }

  /// Latent points [N, Z] as images; the numbers that pixels are at first are not kept.
  func decoded(_ points: Tensor, labels: [UInt8]? = nil) -> ImageStack {
    let bytes = saved.decode(points, labels: labels, on: workers, into: [UInt8]()) { $0 += ImageStack.bytes(of: $1) }
    return ImageStack(bytes, of: saved.example)
  }

  /// The same, all as one class of a conditional model; nil for any other.
  func decoded(_ points: Tensor, as label: UInt8?) -> ImageStack {
    decoded(points, labels: label.map { [UInt8](repeating: $0, count: points.shape[0]) })
  }

  /// The label to decode as where the picture has none of its own; nil for a model without.
  var commonLabel: UInt8? { label ?? saved.classLabels.first }

  func name(of label: UInt8) -> String { knownName(of: label) ?? "class \(label)" }

  func shortName(of label: UInt8) -> String { knownName(of: label) ?? "\(label)" }

  private func knownName(of label: UInt8) -> String? {
    guard let names = saved.classNames ?? images?.classNames, Int(label) < names.count else { return nil }
    return names[Int(label)]
  }
}
