import Latent
import LatentData
import LatentTraining

/// How near examples are to others, such as reconstructions to their originals. All are averages over the examples; pixels of
/// images are in 0...1.
public struct ImageQuality: Sendable, Equatable {
  /// The mean squared error of an element.
  public let meanSquaredError: Double
  /// The peak signal-to-noise ratio, decibels: the average of each image's 10 log10(1 / error). Infinite where an image is
  /// the same. Nil of examples that are no images, whose range is not known.
  public let signalToNoise: Double?
  /// The structural similarity (Wang, Bovik, Sheikh & Simoncelli 2004), from -1 to 1, which is for the same image: windows
  /// of 11x11 pixels weighted by a Gaussian of 1.5 pixels that lie inside of the image, K1 0.01, K2 0.03. Smaller images
  /// have a window of their own odd size. The average over channels; nil of examples that are no images.
  public let structuralSimilarity: Double?
  /// The share of the originals' variance around their average image that is explained: 1 for the same images, 0 for as good
  /// as the average image, below 0 for worse.
  public let explainedVariance: Double

  /// - Parameters:
  ///   - images: [N, T, D], or for a shape [N] and its dimensions
  ///   - originals: of the same shape
  ///   - shape: what an example is; where left out, a grey image
  public init(of images: Tensor, against originals: Tensor, shape: ExampleShape? = nil) {
    require(
      (shape != nil || images.shape.count == 3) && images.shape == originals.shape && images.count > 0,
      "ImageQuality: images \(images.shape), originals \(originals.shape) are not both [N, T, D]")
    let shape = shape ?? .image(height: images.shape[1], width: images.shape[2])
    require(
      images.count == images.shape[0] * shape.count, "ImageQuality: \(images.shape) are no examples of \(shape)")
    let size = DataParallel.evaluationSize(elements: shape.count)
    var sums = Sums(of: shape)
    for start in stride(from: 0, to: images.shape[0], by: size) {
      let range = start..<min(start + size, images.shape[0])
      sums.add(Part(of: images[rows: range], against: originals[rows: range], shape: shape, in: sums.windows))
    }
    self.init(sums)
  }

  /// What some images add to the sums.
  struct Part: Gatherable {
    let count: Int
    let error: Double, noise: Double, similarity: Double, squares: Double
    /// The originals' sum: [T, D].
    let total: Tensor

    /// - Parameters:
    ///   - images: [B] and the dimensions of an example
    ///   - originals: the same
    ///   - windows: those of ``Sums``
    init(of images: Tensor, against originals: Tensor, shape: ExampleShape, in windows: Windows?) {
      let tape = Tape()
      let stack = [images.shape[0], shape.steps, shape.features]
      let x = tape.constant(images.reshaped(to: stack).converted(to: .float64))
      let y = tape.constant(originals.reshaped(to: stack).converted(to: .float64))
      let errors = (x - y).squared().mean(axes: [1, 2])
      count = images.shape[0]
      error = errors.sum().tensor.scalar
      noise = (-10 / 10.0.logarithm * errors.log()).sum().tensor.scalar
      similarity =
        windows.map { windows in
          ImageQuality.similarity(x, y, tape.constant(windows.rows), tape.constant(windows.columns))
            .sum().tensor.scalar
        } ?? .nan
      squares = y.squared().sum().tensor.scalar
      total = y.sum(axes: [0]).tensor
    }

    func write(to message: inout ShardMessage) {
      count.write(to: &message)
      for number in [error, noise, similarity, squares] { number.write(to: &message) }
      total.write(to: &message)
    }

    init(from message: inout ShardMessage) {
      count = Int(from: &message)
      (error, noise) = (Double(from: &message), Double(from: &message))
      (similarity, squares) = (Double(from: &message), Double(from: &message))
      total = Tensor(from: &message)
    }
  }

  /// The places of a window along an image's rows and columns.
  struct Windows: Sendable {
    let rows: Tensor, columns: Tensor
  }

  /// Sums over images, which come a few at a time.
  struct Sums: Sendable {
    /// Nil of examples that are no images.
    let windows: Windows?
    private(set) var count = 0
    private(set) var error = 0.0, noise = 0.0, similarity = 0.0, squares = 0.0
    private(set) var total: Tensor

    init(of shape: ExampleShape) {
      if case .image(let height, let width, let channels) = shape {
        windows = Windows(rows: ImageQuality.window(height), columns: ImageQuality.window(width, channels: channels))
      } else {
        windows = nil
      }
      total = Tensor(zeros: [shape.steps, shape.features], element: .float64)
    }

    mutating func add(_ part: Part) {
      count += part.count
      error += part.error
      noise += part.noise
      similarity += part.similarity
      squares += part.squares
      let sum = Tensor(uninitialized: total.shape, element: .float64)
      sum.storage.assign(.add, total.storage, part.total.storage)
      total = sum
    }
  }

  init(_ sums: Sums) {
    let count = Double(sums.count)
    meanSquaredError = sums.error / count
    let variance = sums.squares - sums.total.storage.sumOfSquares() / count
    explainedVariance = variance > 0 ? 1 - sums.error * Double(sums.total.count) / variance : .nan
    signalToNoise = sums.windows == nil ? nil : sums.noise / count
    structuralSimilarity = sums.windows == nil ? nil : sums.similarity / count
  }

  /// The similarity of each image: [N, T, D] -> [N].
  fileprivate static func similarity(_ x: Variable, _ y: Variable, _ rows: Variable, _ columns: Variable) -> Variable {
    func averages(_ image: Variable) -> Variable { matmul(rows, matmul(image, columns.transposed())) }
    let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
    let (mx, my) = (averages(x), averages(y))
    let covariance = averages(x * y) - mx * my
    let variances = averages(x.squared()) - mx.squared() + averages(y.squared()) - my.squared()
    let structure = (2 * mx * my + c1) * (2 * covariance + c2)
    return (structure / ((mx.squared() + my.squared() + c1) * (variances + c2))).mean(axes: [1, 2])
  }

  /// The weights of each place of the window along a side of `size` pixels, for each channel: [places C, size C].
  fileprivate static func window(_ size: Int, channels: Int = 1) -> Tensor {
    let length = min(11, size - (size + 1) % 2)
    let offsets = (0..<length).map { Double($0 - length / 2) }
    let weights = offsets.map { (-$0 * $0 / (2 * 1.5 * 1.5)).exponential }
    let sum = weights.reduce(0, +)
    let places = size - length + 1
    let (rows, columns) = (places * channels, size * channels)
    var values = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for (offset, weight) in weights.enumerated() {
        values[row * columns + row + offset * channels] = weight / sum
      }
    }
    return Tensor(values, shape: [rows, columns], element: .float64)
  }
}
