import Foundation
import Latent
import LatentFiles
import LatentReport

/// A named value for TensorBoard. A slash in the tag puts it into a section: `loss/kl`.
public enum Summary: Sendable {
  /// A number, which event files hold in single precision.
  case scalar(_ tag: String, Double)
  /// A picture, held as PNG.
  case image(_ tag: String, Picture)
  /// How a tensor's elements are spread, in 30 buckets.
  case histogram(_ tag: String, Tensor)
  /// A text in Markdown.
  case text(_ tag: String, String)

  /// What the file holds; nil for a histogram of numbers that are not all finite.
  func message() throws(FileError) -> Tensorboard_Summary.Value? {
    var value = Tensorboard_Summary.Value()
    switch self {
    case .scalar(let tag, let number):
      value.tag = tag
      value.simpleValue = Float(number)
    case .image(let tag, let picture):
      value.tag = tag
      value.image.encodedImageString = Data(try PNG.encode(picture))
      value.image.height = Int32(picture.height)
      value.image.width = Int32(picture.width)
      value.image.colorspace = Int32(picture.channels.rawValue)
    case .histogram(let tag, let tensor):
      guard let histogram = tensor.storage.histogram() else { return nil }
      value.tag = tag
      value.histo.min = histogram.limits.first!
      value.histo.max = histogram.limits.last!
      value.histo.num = Double(histogram.count)
      value.histo.sum = histogram.sum
      value.histo.sumSquares = histogram.sumOfSquares
      value.histo.bucketLimit = Array(histogram.limits.dropFirst())
      value.histo.bucket = histogram.counts.map(Double.init)
    case .text(let tag, let text):
      value.tag = tag
      value.metadata.pluginData.pluginName = "text"
      // A list of one: DT_STRING.
      value.tensor.dtype = 7
      value.tensor.tensorShape.dim = [.with { $0.size = 1 }]
      value.tensor.stringVal = [Data(text.utf8)]
    }
    return value
  }
}
