import LatentKernels

/// Cross-entropy of classes from logits: -log softmax(logits)[label], averaged over the batch; nats per example.
///
///     logits [B, C]   labels: B classes in 0..<C   d/dlogits = (softmax(logits) - one-hot) / B
///
/// A class whose logit is -infinity is masked: it is not there for this example, and its gradient is 0.
public func crossEntropy(logits: Variable, labels: [Int]) -> Variable {
  let shape = logits.shape
  require(
    shape.count == 2 && shape[0] == labels.count && !labels.isEmpty && labels.allSatisfy { $0 >= 0 && $0 < shape[1] },
    of: [logits],
    "crossEntropy: logits \(shape) against \(labels.count) labels, which must be in 0..<\(shape.last ?? 0)")
  let normalizer = meanOverBatch(logits.logSumExp(axes: [1]))
  // The labels' logits are picked: a sum over one-hot rows would multiply a masked class's -infinity by 0, which is NaN.
  let places = labels.enumerated().map { row, label in row * shape[1] + label }
  let picked = logits.reshaped(to: [shape[0] * shape[1], 1]).gathered(rows: places)
  return normalizer - meanOverBatch(picked)
}

extension Tensor {
  /// 1 at each row's class and 0 elsewhere: [labels.count, classes].
  public init(oneHot labels: [Int], classes: Int, element: ElementType = .float32) {
    require(
      labels.allSatisfy { $0 >= 0 && $0 < classes }, "Tensor(oneHot:): the labels must be in 0..<\(classes)")
    self.init(zeros: [labels.count, classes], element: element)
    guard !labels.isEmpty else { return }
    let ones = Tensor(repeating: 1, shape: [labels.count], element: element)
    storage.addRows(ones.storage, at: labels.enumerated().map { $0 * classes + $1 }, columns: 1)
  }

  /// The place of the largest element along the last axis, for each row.
  public func largestIndices() -> [Int] {
    require(!shape.isEmpty && shape[shape.count - 1] > 0, "largestIndices: the shape \(shape) has no last axis")
    return storage.largestIndices(columns: shape[shape.count - 1])
  }
}
