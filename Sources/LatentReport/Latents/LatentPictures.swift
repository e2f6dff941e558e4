import Latent
import LatentData
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
  public let images: Dataset?
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
    of saved: SavedModel, images: Dataset? = nil, label: UInt8? = nil, seed: UInt64 = 0, on workers: DataParallel
  ) throws(LatentPictureError) {
    (self.saved, self.images, self.label, self.seed, self.workers) = (saved, images, label, seed, workers)
    if let path = saved.model.parameters.first(where: { !$0.value.storage.isFinite() })?.path {
      throw LatentPictureError(nil, "the model's weights \(path) are not finite")
    }
    let form = saved.form
    if let label, Int(label) >= form.classes {
      throw LatentPictureError(
        nil,
        form.classes > 0
          ? "the model knows labels from 0 to \(form.classes - 1), and not \(label)"
          : "the model is not conditional on labels, such as \(label)")
    }
    guard let images else {
      codes = nil
      return
    }
    guard (images.height, images.width) == (form.height, form.width), images.count > 0 else {
      throw LatentPictureError(
        nil,
        "the model is for images of \(form.height)x\(form.width), and there are \(images.count) of "
          + "\(images.height)x\(images.width) in \(images.name)")
    }
    if form.classes > 0 && images.labels?.allSatisfy({ $0 < form.classes }) != true {
      throw LatentPictureError(
        nil, "the model needs labels below \(form.classes), and \(images.name) has others or none")
    }
    codes = saved.encode(images, on: workers)
  }

  /// One of them.
  ///
  /// - Throws: ``LatentPictureError`` where it can't be made of this model and these images
  public func picture(_ kind: PictureKind) throws(LatentPictureError) -> Picture {
    switch kind {
    case .reconstructions: try reconstructions()
    case .samples: samples()
    case .interpolation: try interpolation()
    case .traversal: traversal()
    case .manifold: try manifold()
    case .scatter: try scatter().picture()
    case .tsne: try tsne().picture()
    case .kl: try divergences().picture()
    case .curves: throw LatentPictureError(.curves, "they are drawn from the history of a run")
    }
  }

  var latentSize: Int { saved.form.sizes.latent }

  /// Of the images.
  var scale: Int { ImageGrid.scale(height: saved.form.height, width: saved.form.width) }

  /// - Throws: ``LatentPictureError`` without images
  func encoded(
    for kind: PictureKind
  ) throws(LatentPictureError) -> (images: Dataset, mean: Tensor, logVariance: Tensor) {
    guard let images, let codes else { throw LatentPictureError(kind, "it is made from images, and there are none") }
    guard codes.mean.storage.isFinite(), codes.logVariance.storage.isFinite() else {
      throw LatentPictureError(kind, "the codes are not finite")
    }
    return (images, codes.mean, codes.logVariance)
  }

  /// Latent points [N, Z] as images; the numbers that pixels are at first are not kept.
  func decoded(_ points: Tensor, labels: [UInt8]? = nil) -> ImageStack {
    let bytes = saved.decode(points, labels: labels, on: workers, into: [UInt8]()) { $0 += ImageStack.bytes(of: $1) }
    return ImageStack(bytes, height: saved.form.height, width: saved.form.width)
  }

  /// The same, all as one class of a conditional model; nil for any other.
  func decoded(_ points: Tensor, as label: UInt8?) -> ImageStack {
    decoded(points, labels: label.map { [UInt8](repeating: $0, count: points.shape[0]) })
  }

  /// The label to decode as where the picture has none of its own; nil for a model without.
  var commonLabel: UInt8? { saved.form.classes > 0 ? label ?? 0 : nil }

  func name(of label: UInt8) -> String {
    guard let names = images?.classNames, Int(label) < names.count else { return "class \(label)" }
    return names[Int(label)]
  }
}
