import Latent

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

  // Images at a time: the window's sums are some megabytes.
  private static let batch = 512

  /// - Parameters:
  ///   - images: [N, T, D]
  ///   - originals: [N, T, D]
  public init(of images: Tensor, against originals: Tensor) {
    require(
      images.shape.count == 3 && images.shape == originals.shape && images.count > 0,
      "ImageQuality: images \(images.shape), originals \(originals.shape) are not both [N, T, D]")
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let rows = Self.window(height)
    let columns = Self.window(width)
    var sums = (error: 0.0, noise: 0.0, similarity: 0.0, squares: 0.0)
    var total = Tape().constant(Tensor(zeros: [height, width], element: .float64))
    for start in stride(from: 0, to: count, by: Self.batch) {
      let range = start..<min(start + Self.batch, count)
      let tape = Tape()
      let x = tape.constant(images[rows: range].converted(to: .float64))
      let y = tape.constant(originals[rows: range].converted(to: .float64))
      let errors = (x - y).squared().mean(axes: [1, 2])
      sums.squares += y.squared().sum().tensor.scalar
      total = total.tape.constant((tape.constant(total.tensor) + y.sum(axes: [0])).tensor)
      sums.error += errors.sum().tensor.scalar
      sums.noise += (-10 / 10.0.logarithm * errors.log()).sum().tensor.scalar
      sums.similarity += Self.similarity(x, y, tape.constant(rows), tape.constant(columns)).sum().tensor.scalar
    }
    meanSquaredError = sums.error / Double(count)
    let variance = sums.squares - total.squared().sum().tensor.scalar / Double(count)
    explainedVariance = variance > 0 ? 1 - sums.error * Double(height * width) / variance : .nan
    signalToNoise = sums.noise / Double(count)
    structuralSimilarity = sums.similarity / Double(count)
  }

  /// The similarity of each image: [N, T, D] -> [N].
  private static func similarity(_ x: Variable, _ y: Variable, _ rows: Variable, _ columns: Variable) -> Variable {
    func averages(_ image: Variable) -> Variable { matmul(rows, matmul(image, columns.transposed())) }
    let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
    let (mx, my) = (averages(x), averages(y))
    let covariance = averages(x * y) - mx * my
    let variances = averages(x.squared()) - mx.squared() + averages(y.squared()) - my.squared()
    let structure = (2 * mx * my + c1) * (2 * covariance + c2)
    return (structure / ((mx.squared() + my.squared() + c1) * (variances + c2))).mean(axes: [1, 2])
  }

  /// The weights of each place of the window along a side of `size` pixels: [places, size].
  private static func window(_ size: Int) -> Tensor {
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
