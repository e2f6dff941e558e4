import LatentKernels

/// Sums and products up to each place along an axis, in double.
extension Variable {
  /// y[i] = x[0] + ... + x[i]; dx[i] = dy[i] + ... + dy[n - 1]
  public func cumulativeSum(axis: Int = -1) -> Variable {
    let lines = lines("cumulativeSum", axis)
    let output = tape.makeTensor(like: tensor)
    output.storage.assignCumulativeSum(of: tensor.storage, outer: lines.outer, count: lines.count, inner: lines.inner)
    return tape.record("cumulativeSum", self, output: output) { backward in
      let upstream = backward.upstream.storage
      backward.accumulate(0) {
        $0.assignCumulativeSum(of: upstream, outer: lines.outer, count: lines.count, inner: lines.inner, reversed: true)
      }
    }.ruled([{ $0.flipped(axes: [axis]).cumulativeSum(axis: axis).flipped(axes: [axis]) }])
  }

  /// y[i] = x[0] ... x[i]; dx[i] = y[i - 1] s[i] with s[i] = dy[i] + x[i + 1] s[i + 1], right where elements are 0 too
  public func cumulativeProduct(axis: Int = -1) -> Variable {
    let lines = lines("cumulativeProduct", axis)
    if tape.isDifferentiatedAgain && lines.count > 0 {
      var products = [sliced(0..<1, axis: axis)]
      for place in 1..<lines.count { products.append(products[place - 1] * sliced(place..<place + 1, axis: axis)) }
      return Variable.concatenated(products, axis: axis)
    }
    let (x, output) = (tensor.storage, tape.makeTensor(like: tensor))
    output.storage.assignCumulativeProduct(of: x, outer: lines.outer, count: lines.count, inner: lines.inner)
    return tape.record("cumulativeProduct", self, output: output) { backward in
      let upstream = backward.upstream.storage
      backward.accumulate(0) {
        $0.assignCumulativeProductGradient(
          of: x, product: output.storage, upstream: upstream, outer: lines.outer, count: lines.count,
          inner: lines.inner)
      }
    }
  }
}
