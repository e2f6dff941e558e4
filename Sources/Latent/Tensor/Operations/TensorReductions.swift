import LatentKernels

/// Reductions over one axis or chosen axes; all of them where none are named. Axes count from 0, negative ones from the end. The
/// reduced axes are left out of the result, or stay with size 1 where dimensions are kept.
extension Tensor {
  /// The sum, added in double.
  public func sum(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.sum(axes: axes, keepingDimensions: keepingDimensions) }
  }
  /// The mean.
  public func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.mean(axes: axes, keepingDimensions: keepingDimensions) }
  }
  /// The mean squared distance from the mean, or with `unbiased` the sum over n - 1.
  public func variance(axes: [Int]? = nil, unbiased: Bool = false, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.variance(axes: axes, unbiased: unbiased, keepingDimensions: keepingDimensions) }
  }
  /// The largest element.
  public func max(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.max(axes: axes, keepingDimensions: keepingDimensions) }
  }
  /// The smallest element.
  public func min(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.min(axes: axes, keepingDimensions: keepingDimensions) }
  }
  /// log of the sum of exp(x), without overflow
  public func logSumExp(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.logSumExp(axes: axes, keepingDimensions: keepingDimensions) }
  }

  /// The sum along an axis, added in double.
  public func sum(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.sum(axis: axis, keepingDimensions: keepingDimensions) }
  }
  /// The mean along an axis.
  public func mean(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.mean(axis: axis, keepingDimensions: keepingDimensions) }
  }
  /// The mean squared distance from the mean along an axis, or with `unbiased` the sum over n - 1.
  public func variance(axis: Int, unbiased: Bool = false, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.variance(axis: axis, unbiased: unbiased, keepingDimensions: keepingDimensions) }
  }
  /// The largest element along an axis.
  public func max(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.max(axis: axis, keepingDimensions: keepingDimensions) }
  }
  /// The smallest element along an axis.
  public func min(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.min(axis: axis, keepingDimensions: keepingDimensions) }
  }
  /// log of the sum of exp(x) along an axis, without overflow
  public func logSumExp(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.logSumExp(axis: axis, keepingDimensions: keepingDimensions) }
  }
  /// exp(x) over its sum along an axis
  public func softmax(axis: Int = -1) -> Tensor { computed(self) { $0.softmax(axis: axis) } }
  /// log(softmax(x)), exact where the softmax is near 0
  public func logSoftmax(axis: Int = -1) -> Tensor { computed(self) { $0.logSoftmax(axis: axis) } }
}

/// Along one axis. Places are whole numbers of the element type.
extension Tensor {
  /// The place of the largest element along an axis, of the first where there are several.
  public func argmax(axis: Int = -1, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.argmax(axis: axis, keepingDimensions: keepingDimensions) }
  }
  /// The place of the smallest element along an axis, of the first where there are several.
  public func argmin(axis: Int = -1, keepingDimensions: Bool = false) -> Tensor {
    computed(self) { $0.argmin(axis: axis, keepingDimensions: keepingDimensions) }
  }
  /// The elements in rising order, or falling.
  public func sorted(axis: Int = -1, descending: Bool = false) -> Tensor {
    computed(self) { $0.sorted(axis: axis, descending: descending) }
  }
  /// The places of the elements in rising order, or falling.
  public func argsort(axis: Int = -1, descending: Bool = false) -> Tensor {
    computed(self) { $0.argsort(axis: axis, descending: descending) }
  }
  /// The `count` largest elements, falling, or with `smallest` the smallest ones, rising, and their places.
  public func topK(_ count: Int, axis: Int = -1, smallest: Bool = false) -> (values: Tensor, places: Tensor) {
    let results = computedList(self) {
      let (values, places) = $0.topK(count, axis: axis, smallest: smallest)
      return [values, places]
    }
    return (results[0], results[1])
  }
  /// The sums of the elements up to each place.
  public func cumulativeSum(axis: Int = -1) -> Tensor { computed(self) { $0.cumulativeSum(axis: axis) } }
  /// The products of the elements up to each place.
  public func cumulativeProduct(axis: Int = -1) -> Tensor { computed(self) { $0.cumulativeProduct(axis: axis) } }
}

/// Discrete Fourier transforms along an axis. Complex numbers are pairs along a last axis of 2, which `axis` does not count.
extension Tensor {
  /// The sum of x[j] exp(-2 pi i j k / n), of complex numbers [..., n, ..., 2].
  public func fft(axis: Int = -1) -> Tensor { computed(self) { $0.fft(axis: axis) } }
  /// The inverse of ``fft(axis:)``.
  public func ifft(axis: Int = -1) -> Tensor { computed(self) { $0.ifft(axis: axis) } }
  /// The first n / 2 + 1 complex numbers of the transform of n real ones: [..., n, ...] -> [..., n / 2 + 1, ..., 2].
  public func rfft(axis: Int = -1) -> Tensor { computed(self) { $0.rfft(axis: axis) } }
  /// The inverse of ``rfft(axis:)``: `count` real numbers, an even number where left out.
  public func irfft(count: Int? = nil, axis: Int = -1) -> Tensor {
    computed(self) { $0.irfft(count: count, axis: axis) }
  }
}
