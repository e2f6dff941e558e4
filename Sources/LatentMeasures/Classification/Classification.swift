import Latent
import LatentData
import LatentTraining

/// What a classifier says of examples, beside the classes that they have: what accuracy, F1 and the other measures of
/// classifiers begin with.
///
///     let found = Classification(logits: logits, labels: labels)
///     print(found.accuracy, found.confusion)
///
/// A trainer follows such measures from epoch to epoch:
/// ``LatentTraining/Trainer/classificationMetrics(_:classify:)``.
public struct Classification: Sendable {
  /// C: of a single column of logits, 2.
  public let classes: Int
  /// The class that each example has: [N], 0..<C.
  public let labels: [Int]
  /// The class that each is taken for: the one with the largest logit, the first of equal ones; of a single column, class 1
  /// where the logit is above 0.
  public let predictions: [Int]
  /// The probability of each class: [N, C], float64; nil where it was not kept.
  public let probabilities: Tensor?

  /// - Parameters:
  ///   - logits: [N, C] or of more dimensions before C, such as [B, T, C] of tokens; [N, 1] of two classes, for class 1
  ///   - labels: [N]: as many as rows of logits, each in 0..<C
  ///   - keepsProbabilities: whether areas under curves are wanted, which need them
  public init(logits: Tensor, labels: [Int], keepsProbabilities: Bool = true) {
    self.init(rows: Rows(logits, labels, keepsLogits: keepsProbabilities))
  }

  /// What a model says of all examples of a data set, computed on all workers; of several processes, by all of them together.
  ///
  /// - Parameters:
  ///   - keepsProbabilities: whether areas under curves are wanted
  ///   - classify: the logits of a batch, as above, and its labels; called by all workers at the same time
  public init<M: Module, D: TrainingData>(
    of model: M, on data: D, workers: DataParallel, keepsProbabilities: Bool = true,
    _ classify: @Sendable (_ model: M, _ batch: D.Batch, _ tape: Tape) -> (logits: Variable, labels: [Int])
  ) {
    let context = BatchContext(element: ParameterLayout(of: model).element)
    let precision = workers.precision
    let all = workers.map(data, in: context) { batch in
      let (logits, labels) = classify(model, batch, Tape(pass: Pass().repeatable, precision: precision))
      return Rows(logits.tensor, labels, keepsLogits: keepsProbabilities)
    }
    self.init(rows: Rows(joining: all))
  }

  private init(rows: Rows) {
    (classes, labels, predictions) = (rows.classes, rows.labels, rows.predictions)
    probabilities = rows.logits.isEmpty ? nil : Self.probabilities(rows.logits, labels.count, rows.columns)
  }

  /// Softmax; of one column, that of 0 and the logit.
  private static func probabilities(_ logits: [Double], _ rows: Int, _ columns: Int) -> Tensor {
    let all = columns > 1 ? logits : logits.flatMap { [0, $0] }
    return Tape().constant(Tensor(all, shape: [rows, max(columns, 2)], element: .float64)).softmax().tensor
  }

  /// The share of examples that are taken for what they are; NaN of none.
  public var accuracy: Double {
    labels.isEmpty ? .nan : Double(zip(labels, predictions).count { $0 == $1 }) / Double(labels.count)
  }

  /// How often each class is taken for each.
  public var confusion: ConfusionMatrix { ConfusionMatrix(classes: classes, labels: labels, predictions: predictions) }
}

/// Rows of logits with their labels, as one process gives them to the others.
private struct Rows: Gatherable {
  private(set) var columns = 0
  private(set) var labels: [Int] = []
  private(set) var predictions: [Int] = []
  /// Empty where they are not kept.
  private(set) var logits: [Double] = []

  var classes: Int { columns == 1 ? 2 : columns }

  init(_ logits: Tensor, _ labels: [Int], keepsLogits: Bool) {
    let columns = logits.shape.last ?? 0
    require(
      columns > 0 && logits.count == labels.count * columns,
      "Classification: logits \(logits.shape), \(labels.count) labels; a label for each row of the last axis")
    self.columns = columns
    self.labels = labels
    predictions = columns == 1 ? logits.values.map { $0 > 0 ? 1 : 0 } : logits.largestIndices()
    if keepsLogits { self.logits = logits.values }
    let classes = classes
    if let wrong = labels.first(where: { !(0..<classes).contains($0) }) {
      fatalError("Classification: the label \(wrong) is not in 0..<\(classes), the classes of logits \(logits.shape)")
    }
  }

  init(joining all: [Rows]) {
    columns = all.first?.columns ?? 0
    for rows in all {
      require(
        rows.columns == columns,
        "Classification: batches of \(columns) and of \(rows.columns) classes"
          + "; all must have as many")
      labels += rows.labels
      predictions += rows.predictions
      logits += rows.logits
    }
  }

  func write(to message: inout ShardMessage) {
    columns.write(to: &message)
    labels.write(to: &message)
    predictions.write(to: &message)
    logits.write(to: &message)
  }

  init(from message: inout ShardMessage) {
    columns = Int(from: &message)
    labels = [Int](from: &message)
    predictions = [Int](from: &message)
    logits = [Double](from: &message)
  }
}
