import LatentKernels

/// Discrete Fourier transforms along an axis, computed in double.
///
/// Complex numbers are pairs along a last axis of 2, the real part and then the imaginary part (`torch.view_as_real`). `axis` counts
/// the dimensions without it: -1 is the last dimension of the numbers, whether they are real or complex.
extension Variable {
  /// y[k] = sum of x[j] exp(-2 pi i j k / n), of complex numbers; dx = the sum of dy[k] exp(2 pi i j k / n)
  ///
  ///     x, y [..., n, ..., 2]
  public func fft(axis: Int = -1) -> Variable {
    let lines = signalLines("fft", axis, isComplex: true)
    return transformed("fft", lines, .init(count: lines.count, from: .complex, to: .complex), shape) {
      FourierTransform(count: $0, from: .complex, to: .complex, isInverse: true)
    }
  }

  /// The inverse of ``fft(axis:)``: y[j] = sum of x[k] exp(2 pi i j k / n) / n; dx = the sum of dy[j] exp(-2 pi i j k / n) / n
  ///
  ///     x, y [..., n, ..., 2]
  public func ifft(axis: Int = -1) -> Variable {
    let lines = signalLines("ifft", axis, isComplex: true)
    let scale = 1 / Double(lines.count)
    let inverse = FourierTransform(count: lines.count, from: .complex, to: .complex, isInverse: true, scale: scale)
    return transformed("ifft", lines, inverse, shape) {
      FourierTransform(count: $0, from: .complex, to: .complex, scale: scale)
    }
  }

  /// The first n / 2 + 1 of the numbers that ``fft(axis:)`` gives of real ones, whose others are the conjugates of these;
  /// dx = the real part of the sum of dy[k] exp(2 pi i j k / n) over them
  ///
  ///     x [..., n, ...]   y [..., n / 2 + 1, ..., 2]
  public func rfft(axis: Int = -1) -> Variable {
    let lines = signalLines("rfft", axis, isComplex: false)
    let result = shape(with: lines.count / 2 + 1, at: lines.axis) + [2]
    return transformed("rfft", lines, .init(count: lines.count, from: .real, to: .half), result) {
      FourierTransform(count: $0, from: .half, to: .real, isInverse: true)
    }
  }

  /// The inverse of ``rfft(axis:)``: the `count` real numbers of which the first count / 2 + 1 complex ones are these. The imaginary
  /// parts of the first one, and of the last one where `count` is even, are taken as 0.
  ///
  ///     x [..., count / 2 + 1, ..., 2]   y [..., count, ...]
  ///     dx[k] = w sum of dy[j] exp(-2 pi i j k / count) / count with w = 1 for these two and 2 for the others, which stand for
  ///     their conjugates too
  ///
  /// - Parameter count: the real numbers of a line; an even number where left out
  public func irfft(count: Int? = nil, axis: Int = -1) -> Variable {
    let lines = signalLines("irfft", axis, isComplex: true)
    let count = count ?? 2 * (lines.count - 1)
    require(
      count > 0 && lines.count == count / 2 + 1, of: [self],
      "irfft: \(lines.count) complex numbers along axis \(axis) of the shape \(shape) are not the half of \(count) real ones"
    )
    let result = Array(shape(with: count, at: lines.axis).dropLast())
    let scale = 1 / Double(count)
    let inverse = FourierTransform(
      count: count, from: .half, to: .real, isInverse: true, countsBoth: true, scale: scale)
    return transformed("irfft", lines, inverse, result) {
      FourierTransform(count: $0, from: .real, to: .half, countsBoth: true, scale: scale)
    }
  }

  /// - Parameter gradient: the transform of dy that gives dx, for lines of as many numbers
  private func transformed(
    _ name: String, _ lines: AxisLines, _ transform: FourierTransform, _ result: [Int],
    gradient: @escaping (_ count: Int) -> FourierTransform
  ) -> Variable {
    let output = tape.makeTensor(result, element: element)
    output.storage.assign(transform, of: tensor.storage, outer: lines.outer, inner: lines.inner)
    return tape.record(name, self, output: output) { backward in
      let upstream = backward.upstream.storage
      backward.accumulate(0) {
        $0.assign(gradient(transform.count), of: upstream, outer: lines.outer, inner: lines.inner)
      }
    }.ruled([
      // The transform of the gradient is the transpose of this one, whose own gradient it has.
      { $0.transformed(name, lines, gradient(transform.count), self.shape) { _ in transform } }
    ])
  }

  /// The lines of numbers along an axis, which has some.
  private func signalLines(_ name: String, _ axis: Int, isComplex: Bool) -> AxisLines {
    require(
      !isComplex || shape.last == 2, of: [self],
      "\(name): the shape \(shape) is none of complex numbers, whose last axis has a size of 2")
    let numbers = isComplex ? Array(shape.dropLast()) : shape
    guard let place = Shape.normalized(axis, rank: numbers.count) else {
      refuse([self], "\(name): axis \(axis) of the numbers \(numbers), for the shape \(shape)")
    }
    let lines = AxisLines(numbers, axis: place)
    require(lines.count > 0, of: [self], "\(name): no numbers along axis \(axis) of the shape \(shape)")
    return lines
  }
}
