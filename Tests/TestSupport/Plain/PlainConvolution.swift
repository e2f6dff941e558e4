extension Plain {
  /// A two-dimensional convolution or its transpose, as the list of all its multiplications: y[term.y] is the sum of
  /// x[term.x] kernel[term.kernel] over the terms. Images are [B, height, width, channels].
  public struct Convolution: Sendable {
    /// A multiplication, by flat indices.
    public typealias Term = (x: Int, kernel: Int, y: Int)

    /// [rows, columns] of the small images, on which the kernel has a place for each pixel, and of the large ones.
    public let small: (rows: Int, columns: Int), large: (rows: Int, columns: Int)
    public let terms: [Term]
    private let outputs: Int
    private let yCount: Int

    /// y[b, i, j, o] = sum over k, l, c of x[b, i s + k - top, j t + l - left, c] kernel[k, l, c, o]
    ///
    /// - Parameters:
    ///   - image: [B, height, width, C]
    ///   - kernel: [kernel height, kernel width, C, O]
    public init(image: [Int], kernel: [Int], strides: (Int, Int), isSame: Bool) {
      let down = Convolution.places(image[1], kernel[0], strides.0, isSame)
      let across = Convolution.places(image[2], kernel[1], strides.1, isSame)
      var terms: [Term] = []
      Convolution.forEachOverlap(
        batch: image[0], kernel, strides, small: (down.count, across.count), large: (image[1], image[2]),
        before: (down.before, across.before)
      ) { smallPixel, largePixel, tap in
        for c in 0..<kernel[2] {
          for o in 0..<kernel[3] {
            terms.append(
              (largePixel * kernel[2] + c, (tap * kernel[2] + c) * kernel[3] + o, smallPixel * kernel[3] + o))
          }
        }
      }
      self.terms = terms
      (small, large) = ((down.count, across.count), (image[1], image[2]))
      outputs = kernel[3]
      yCount = image[0] * down.count * across.count * outputs
    }

    /// The transpose: each pixel of x adds x[b, i, j, c] kernel[k, l, o, c] to y[b, i s + k - top, j t + l - left, o].
    ///
    /// - Parameters:
    ///   - image: [B, height, width, C]
    ///   - kernel: [kernel height, kernel width, O, C]
    ///   - fewer: rows and columns that y has less than it could
    public init(
      transposedImage image: [Int], kernel: [Int], strides: (Int, Int), isSame: Bool, fewer: (Int, Int) = (0, 0)
    ) {
      let rows = Convolution.enlarged(image[1], kernel[0], strides.0, isSame, fewer.0)
      let columns = Convolution.enlarged(image[2], kernel[1], strides.1, isSame, fewer.1)
      var terms: [Term] = []
      Convolution.forEachOverlap(
        batch: image[0], kernel, strides, small: (image[1], image[2]), large: (rows.size, columns.size),
        before: (rows.before, columns.before)
      ) { smallPixel, largePixel, tap in
        for o in 0..<kernel[2] {
          for c in 0..<kernel[3] {
            terms.append(
              (smallPixel * kernel[3] + c, (tap * kernel[2] + o) * kernel[3] + c, largePixel * kernel[2] + o))
          }
        }
      }
      self.terms = terms
      (small, large) = ((image[1], image[2]), (rows.size, columns.size))
      outputs = kernel[2]
      yCount = image[0] * rows.size * columns.size * outputs
    }

    /// x * kernel + bias, before the activation.
    public func preactivation(_ x: [Double], kernel: [Double], bias: [Double]) -> [Double] {
      var y = (0..<yCount).map { bias[$0 % outputs] }
      for term in terms { y[term.y] += x[term.x] * kernel[term.kernel] }
      return y
    }

    /// The gradients for x, kernel and bias, given that for what ``preactivation(_:kernel:bias:)`` returns.
    public func backward(
      _ x: [Double], kernel: [Double], upstream: [Double]
    ) -> (x: [Double], kernel: [Double], bias: [Double]) {
      var (dx, dKernel) = (x.map { _ in 0.0 }, kernel.map { _ in 0.0 })
      for term in terms {
        dx[term.x] += upstream[term.y] * kernel[term.kernel]
        dKernel[term.kernel] += upstream[term.y] * x[term.x]
      }
      return (dx, dKernel, Plain.columnSums(upstream, columns: outputs))
    }

    /// How often a kernel fits, and how many zeros come before the image; counted, not computed.
    private static func places(_ size: Int, _ kernel: Int, _ stride: Int, _ isSame: Bool) -> (count: Int, before: Int) {
      // Valid: every start from which the kernel stays inside. Same: every start that lies inside.
      let last = isSame ? size - 1 : size - kernel
      let count = Array(Swift.stride(from: 0, through: last, by: stride)).count
      let needed = (count - 1) * stride + kernel
      return (count, isSame && needed > size ? (needed - size) / 2 : 0)
    }

    /// What the kernel's places cover, which is cropped at both ends: half of it before, rounded down.
    private static func enlarged(
      _ size: Int, _ kernel: Int, _ stride: Int, _ isSame: Bool, _ fewer: Int
    ) -> (size: Int, before: Int) {
      if !isSame { return ((size - 1) * stride + max(kernel, stride) - fewer, 0) }
      let size = (covered: (size - 1) * stride + kernel, kept: size * stride - fewer)
      return (size.kept, max(size.covered - size.kept, 0) / 2)
    }

    private static func forEachOverlap(
      batch: Int, _ kernel: [Int], _ strides: (Int, Int), small: (Int, Int), large: (Int, Int), before: (Int, Int),
      _ body: (_ smallPixel: Int, _ largePixel: Int, _ tap: Int) -> Void
    ) {
      for b in 0..<batch {
        for i in 0..<small.0 {
          for j in 0..<small.1 {
            for k in 0..<kernel[0] {
              for l in 0..<kernel[1] {
                let (row, column) = (i * strides.0 + k - before.0, j * strides.1 + l - before.1)
                guard row >= 0, row < large.0, column >= 0, column < large.1 else { continue }
                body(
                  (b * small.0 + i) * small.1 + j, (b * large.0 + row) * large.1 + column, k * kernel[1] + l)
              }
            }
          }
        }
      }
    }
  }
}
