import LatentData
import LatentFiles
import LatentReport

extension RunFolder {
  /// The files of a run, in the order in which people look at them.
  public enum File: String, CaseIterable, Sendable {
    case config = "config.json"
    case history = "history.csv"
    case historyLines = "history.jsonl"
    case measures = "measures.csv"
    case digests = "digests.csv"
    case model = "model.safetensors"
    case best = "best.safetensors"
    case reconstructions = "reconstructions.png"
    case samples = "samples.png"
    case interpolation = "interpolation.png"
    case traversal = "traversal.png"
    case reconstructionTexts = "reconstructions.txt"
    case sampleTexts = "samples.txt"
    case interpolationTexts = "interpolation.txt"
    case traversalTexts = "traversal.txt"
    case manifold = "manifold.png"
    case scatter = "scatter.png"
    case kl = "kl.png"
    case epochs = "epochs.png"
    case curves = "curves.svg"
    case page = "report.html"

    /// What it is, for people.
    public var explanation: String {
      switch self {
      case .config: "settings, versions, data and results"
      case .history: "losses and times of each epoch"
      case .historyLines: "the same, a line of JSON for each epoch"
      case .measures: "what was measured after each epoch"
      case .digests: "checksums of the weights after each step"
      case .model: "the trained weights"
      case .best: "the weights of the best epoch"
      case .reconstructions, .samples, .interpolation, .traversal, .manifold, .scatter, .kl, .curves,
        .reconstructionTexts, .sampleTexts, .interpolationTexts, .traversalTexts:
        kind?.explanation ?? ""
      case .epochs: "reconstructions after each epoch (animated)"
      case .page: "everything on one page, with a playground for the decoder"
      }
    }

    /// The picture that it holds; nil where it is none of a model or run.
    package var kind: PictureKind? {
      switch self {
      case .curves: .curves
      default: isPicture || isText ? PictureKind(rawValue: String(rawValue.dropLast(4))) : nil
      }
    }

    /// Whether it is drawn.
    package var isPicture: Bool { rawValue.hasSuffix(".png") }
    /// Whether it is a text in place of a picture.
    package var isText: Bool { rawValue.hasSuffix(".txt") }

    /// Whether a run of such examples has it: of texts, what shows examples is written.
    package func isOf(_ example: ExampleShape) -> Bool {
      guard case .text = example else { return !isText }
      return isText || (self != .epochs && kind?.isOfExamples != true)
    }

    /// What a page says of it, where it is a picture.
    package var picture: (title: String, caption: String, alternative: String)? {
      switch self {
      case .reconstructions, .reconstructionTexts:
        (
          "Reconstructions", "Images, each above its reconstruction.",
          "Rows of images, each above its reconstruction by the model"
        )
      case .samples, .sampleTexts:
        (
          "Samples", "Decoded from random points of the prior.",
          "Ten rows of ten images decoded from random latent points"
        )
      case .interpolation, .interpolationTexts:
        (
          "Interpolation", "Decoded between the codes of two images.",
          "Rows of decoded images that change step by step from one image to another"
        )
      case .traversal, .traversalTexts:
        (
          "Traversal", "What each latent dimension does: one row for each, the others at 0.",
          "A row of decoded images for each latent dimension"
        )
      case .manifold:
        (
          "Manifold", "The whole latent plane, decoded at the quantiles of the prior.",
          "A grid of decoded images that covers the latent plane"
        )
      case .scatter:
        (
          "Codes", "Where images lie in the latent space, by class.", "A scatter plot of the images' codes by class"
        )
      case .kl:
        (
          "KL divergence", "How much each latent dimension says about an image.",
          "Bars of the KL divergence of each latent dimension"
        )
      case .epochs:
        (
          "Epochs", "How the reconstructions developed.",
          "An animation of images above their reconstructions after each epoch"
        )
      case .config, .history, .historyLines, .measures, .digests, .model, .best, .curves, .page: nil
      }
    }
  }
}
