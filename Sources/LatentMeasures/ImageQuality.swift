import Latent
import LatentTraining

/// How near images are to others, such as reconstructions to their originals. All are averages over the images; pixels are
/// in 0...1.
public struct ImageQuality: Sendable, Equatable {
  /// The mean squared error of a pixel.
  public let meanSquaredError: Double
  /// The peak signal-to-noise ratio, decibels: the average of each image's 10 log10(1 / error). Infinite where an image is
  /// the same.
  public let signalToNoise: Double
  /// The structural similarity (Wang, Bovik, Sheikh & Simoncelli 2004), from -1 to 1, which is for the same image: windows
  /// of 11x11 pixels weighted by a Gaussian of 1.5 pixels that lie inside of the image, K1 0.01, K2 0.03. Smaller images
  /// have a window of their own odd size.
  public let structuralSimilarity: Double
  /// The share of the originals' variance around their average image that is explained: 1 for the same images, 0 for as good
  /// as the average image, below 0 for worse.
  public let explainedVariance: Double

  /// - Parameters:
  ///   - images: [N, T, D]
  ///   - originals: [N, T, D]
  public init(of images: Tensor, against originals: Tensor) {
    require(
      images.shape.count == 3 && images.shape == originals.shape && images.count > 0,
      "ImageQuality: images \(images.shape), originals \(originals.shape) are not both [N, T, D]")
    let size = DataParallel.evaluationSize(elements: images.count / images.shape[0])
    var sums = Sums(height: images.shape[1], width: images.shape[2])
    for start in stride(from: 0, to: images.shape[0], by: size) {
      let range = start..<min(start + size, images.shape[0])
      sums.add(Part(of: images[rows: range], against: originals[rows: range], in: sums.windows))
    }
    self.init(sums)
  }

  /// What some images add to the sums.
  struct Part: Sendable {
    let count: Int
    let error: Double, noise: Double, similarity: Double, squares: Double
    /// The originals' sum: [T, D].
    let total: Tensor

    /// - Parameters:
    ///   - images: [B, T, D]
    ///   - originals: [B, T, D]
    init(of images: Tensor, against originals: Tensor, in windows: (rows: Tensor, columns: Tensor)) {
      let tape = Tape()
      let x = tape.constant(images.converted(to: .float64))
      let y = tape.constant(originals.converted(to: .float64))
      let errors = (x - y).squared().mean(axes: [1, 2])
      count = images.shape[0]
      error = errors.sum().tensor.scalar
      noise = (-10 / 10.0.logarithm * errors.log()).sum().tensor.scalar
      similarity =
        ImageQuality.similarity(x, y, tape.constant(windows.rows), tape.constant(windows.columns))
        .sum().tensor.scalar
      squares = y.squared().sum().tensor.scalar
      total = y.sum(axes: [0]).tensor
    }
  }

  /// Sums over images, which come a few at a time.
  struct Sums: Sendable {
    let windows: (rows: Tensor, columns: Tensor)
    private(set) var count = 0
    private(set) var error = 0.0, noise = 0.0, similarity = 0.0, squares = 0.0
    private(set) var total: Tensor

    init(height: Int, width: Int) {
      windows = (ImageQuality.window(height), ImageQuality.window(width))
      total = Tensor(zeros: [height, width], element: .float64)
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
    signalToNoise = sums.noise / count
    structuralSimilarity = sums.similarity / count
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

  /// The weights of each place of the window along a side of `size` pixels: [places, size].
  fileprivate static func window(_ size: Int) -> Tensor {
    let length = min(11, size - (size + 1) % 2)
    let offsets = (0..<length).map { Double($0 - length / 2) }
    let weights = offsets.map { (-$0 * $0 / (2 * 1.5 * 1.5)).exponential }
    let sum = weights.reduce(0, +)
    let places = size - length + 1
    var values = [Double](repeating: 0, count: places * size)
    for place in 0..<places {
      for (offset, weight) in weights.enumerated() { values[place * size + place + offset] = weight / sum }
    }
    return Tensor(values, shape: [places, size], element: .float64)
  }
}
