import LatentKernels

/// Dropout (Srivastava et al. 2014): each element is 0 with a probability of `rate`, and divided by 1 - rate otherwise.
///
///     x, y [B, ...]   y = x mask / (1 - rate)   dx = dy mask / (1 - rate)
///
/// Which elements are kept is a function of the key, the example and the element's place in it alone: not of the batch,
/// the shard or the thread. The mask is not stored, but drawn again in the backward pass.
///
/// - Parameters:
///   - key: for this step and this place in the model: a child of the step's key
///   - examples: a number for each of the B examples, such as its index in the data set
public func dropout(_ x: Variable, rate: Double, key: RandomKey, examples: [UInt64]) -> Variable {
  require(
    (x.shape.first ?? 0) > 0 && examples.count == x.shape[0] && rate >= 0 && rate < 1, of: [x],
    "dropout: x \(x.shape) with \(examples.count) examples and a rate of \(rate); needs [B, ...], B and 0..<1")
  let y = x.tape.makeTensor(x.shape, element: x.tensor.element)
  y.storage.assignDropout(of: x.tensor.storage, rate: rate, key: key.bits, streams: examples)
  return x.tape.record("Dropout", inputs: [x], output: y) { backward in
    let upstream = backward.upstream.storage
    backward.accumulate(0) { $0.assignDropout(of: upstream, rate: rate, key: key.bits, streams: examples) }
  }.ruled([{ dropout($0, rate: rate, key: key, examples: examples) }])
}
