import LatentKernels

/// Cross-entropy of classes from logits: -log softmax(logits)[label], averaged over the batch; nats per example.
///
///     logits [B, C]   labels: B classes in 0..<C   d/dlogits = (softmax(logits) - one-hot) / B
public func crossEntropy(logits: Variable, labels: [Int]) -> Variable {
  let shape = logits.shape
  require(
    shape.count == 2 && shape[0] == labels.count && !labels.isEmpty && labels.allSatisfy { $0 >= 0 && $0 < shape[1] },
    of: [logits],
    "crossEntropy: logits \(shape) against \(labels.count) labels, which must be in 0..<\(shape.last ?? 0)")
  let oneHot = logits.tape.constant(Tensor(oneHot: labels, classes: shape[1], element: logits.tensor.element))
  return meanOverBatch(logits.logSumExp(axes: [1])) - meanOverBatch(oneHot * logits)
}

extension Tensor {
  /// 1 at each row's class and 0 elsewhere: [labels.count, classes].
  public init(oneHot labels: [Int], classes: Int, element: ElementType = .float32) {
    let identity = Tensor(zeros: [classes, classes], element: element)
    let one = Tensor(repeating: 1, shape: [classes], element: element)
    identity.storage.assign(one.storage, strides: [1], toStrides: [classes + 1], shape: [classes])
    self.init(uninitialized: [labels.count, classes], element: element)
    storage.assignRows(labels, of: identity.storage, columns: classes)
  }

  /// The place of the largest element along the last axis, for each row.
  public func largestIndices() -> [Int] {
    require(!shape.isEmpty && shape[shape.count - 1] > 0, "largestIndices: the shape \(shape) has no last axis")
    return storage.largestIndices(columns: shape[shape.count - 1])
  }
}
