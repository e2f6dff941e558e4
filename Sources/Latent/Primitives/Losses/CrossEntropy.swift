import LatentKernels

/// Cross-entropy of classes from logits: -log softmax(logits)[label], averaged over the batch; nats per example.
///
///     logits [B, C]   labels: B classes in 0..<C   d/dlogits = (softmax(logits) - one-hot) / B
///
/// A class whose logit is -infinity is masked: it is not there for this example, and its gradient is 0. Where the logits are
/// a large dense layer's, ``crossEntropy(_:kernel:bias:labels:)-(Variable,_,_,_)`` takes less memory.
public func crossEntropy(logits: Variable, labels: [Int]) -> Variable {
  let shape = logits.shape
  require(
    shape.count == 2 && shape[0] == labels.count && !labels.isEmpty && areClasses(labels, of: shape[1]),
    of: [logits],
    "crossEntropy: logits \(shape) against \(labels.count) labels, which must be in 0..<\(shape.last ?? 0)")
  return meanOverBatch(crossEntropies(logits, labels.map(Int64.init), shape: [labels.count]))
}

/// Cross-entropy of classes, one by one: log(sum of exp(logits)) - logits[class] along the last axis; nats.
///
///     logits [..., C]   classes [...], whole numbers in 0..<C   result [...]   d/dlogits = dy (softmax(logits) - one-hot)
///
/// Where a class is `ignoring`, a number of 0..<C or any other, such as -1 for what has no label, loss and gradient are 0. The mean
/// over the others is the sum divided by how many they are. Any other number that is no class stops the process. Classes get no
/// gradient.
public func crossEntropies(logits: Variable, classes: Tensor, ignoring: Int? = nil) -> Variable {
  let count = logits.shape.last ?? 0
  require(
    count > 0 && Array(logits.shape.dropLast()) == classes.shape && classes.element == logits.tensor.element,
    of: [logits],
    "crossEntropies: logits \(logits.shape) of \(logits.tensor.element) against classes \(classes.shape) of "
      + "\(classes.element); they must have the logits' shape but for the last axis, and their type")
  let numbers = classes.storage.classNumbers(below: count)
  let ignored = ignoring.map { logits.tape.constant(classes) .== Double($0) }
  if numbers.contains(-1) {
    let isIgnored = ignored?.tensor.values
    let wrong = numbers.indices.first { numbers[$0] < 0 && isIgnored?[$0] != 1 }
    if let wrong { refuseClass(classes, wrong, count, ignoring, of: logits) }
  }
  let losses = crossEntropies(logits, numbers, shape: classes.shape)
  return ignored?.selecting(.selectWhereFalse, losses) ?? losses
}

private func refuseClass(_ classes: Tensor, _ number: Int, _ count: Int, _ ignoring: Int?, of logits: Variable) -> Never
{
  let place = zip(Shape.strides(classes.shape), classes.shape).map { number / $0 % $1 }
  refuse(
    [logits],
    "crossEntropies: the class at \(place) of \(classes.shape) is \(classes.values[number]), no whole number in 0..<\(count)"
      + (ignoring.map { " and not \($0), which is ignored" } ?? "; ignoring: passes over one that stands for no class"))
}

private func crossEntropies(_ logits: Variable, _ classes: [Int64], shape: [Int]) -> Variable {
  let (tape, z) = (logits.tape, logits.tensor.storage)
  if tape.isDifferentiatedAgain {
    let known = classes.map { $0 >= 0 && $0 < Int64(logits.shape[logits.shape.count - 1]) }
    func column(_ values: [Double]) -> Variable { tape.constant(Tensor(values, shape: shape, element: z.element)) }
    let places = column(zip(classes, known).map { $1 ? Double($0) : 0 }).expanded(at: -1)
    let picked = logits.gathered(at: places, axis: -1).reshaped(to: shape)
    return logits.logSumExp(axes: [-1]) - column(known.map { $0 ? 1 : 0 }).selecting(.selectWhereTrue, picked)
  }
  let statistics = tape.makeTensor([classes.count, 2], element: z.element).storage
  let losses = tape.makeTensor(shape, element: z.element)
  losses.storage.assignCrossEntropy(logits: z, classes: classes, statistics: statistics)
  return tape.record("crossEntropy", logits, output: losses) { backward in
    let upstream = backward.upstream.storage
    guard let (dz, isAccumulating) = backward.destination(0) else { return }
    dz.assignCrossEntropyGradient(
      logits: z, classes: classes, statistics: statistics, scale: upstream, accumulating: isAccumulating)
  }
}

/// Whether all are in 0..<count.
func areClasses(_ labels: [Int], of count: Int) -> Bool { labels.allSatisfy { $0 >= 0 && $0 < count } }

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
