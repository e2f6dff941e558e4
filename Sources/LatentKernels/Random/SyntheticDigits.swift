import CLatentKernels

/// Images of handwritten-looking digits that are drawn from a seed, the same bits on every machine.
public enum SyntheticDigits {
  /// Rows of an image.
  public static let height = Int(latent_synthetic_height)
  /// Pixels of a row.
  public static let width = Int(latent_synthetic_width)

  /// Draws images 0 ..< count of one series, on all ``Threads``.
  ///
  /// An image depends on the seed, the series and its index only. Each ten images from a multiple of ten hold each
  /// digit once.
  ///
  /// - Parameters:
  ///   - seed: Any number; each gives other images.
  ///   - series: Numbers independent sequences of images of one seed.
  ///   - pixels: [count, height, width] bytes to write, 0 for paper and 255 for ink.
  ///   - labels: [count] digits to write.
  public static func draw(
    seed: UInt64, series: UInt64, pixels: UnsafeMutableBufferPointer<UInt8>, labels: UnsafeMutableBufferPointer<UInt8>
  ) {
    let count = labels.count
    require(
      pixels.count == count * height * width,
      "SyntheticDigits.draw: \(pixels.count) bytes of pixels for \(count) labels; expected \(count * height * width)")
    guard let firstPixel = pixels.baseAddress, let firstLabel = labels.baseAddress else { return }
    // Each block writes rows of its own.
    nonisolated(unsafe) let pixels = firstPixel
    nonisolated(unsafe) let labels = firstLabel
    let block = 1000
    Threads.run(tasks: (count + block - 1) / block) { index in
      let first = index * block
      latent_synthetic_digits(
        seed, series, UInt64(first), min(block, count - first), pixels + first * height * width, labels + first)
    }
  }
}
